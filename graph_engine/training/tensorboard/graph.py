"""A drawing as a GraphDef: one NodeDef per call of a layer, those inside a Model layer in a scope of its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from graph_engine.analysis import Analysis, PortInfo
from graph_engine.document import MAIN, Document, Port, nested_graph, wiring
from graph_engine.training.tensorboard.wire import block, integer
from graph_engine.values import TensorSpec

_PRODUCER: Final = 22  # of a graph any TensorBoard reads
_RESERVED: Final = re.compile(r"[/:^\s]")  # scopes, outputs, control inputs
_BYPASSED: Final = "Identity"


def graph_def(document: Document, analysis: Analysis) -> bytes:
    """All that the outputs of the main graph depend on. Names are those of the layers, made unique."""
    walk = _Walk(document, analysis)
    walk.graph(MAIN, "", {})
    return b"".join(block(1, node) for node in walk.nodes) + block(4, integer(1, _PRODUCER))


class _Walk:
    def __init__(self, document: Document, analysis: Analysis) -> None:
        self.document, self.analysis = document, analysis
        self.nodes: list[bytes] = []
        self._names: set[str] = set()

    def graph(self, graph_id: str, scope: str, fed: Mapping[str, str]) -> dict[Port, str]:
        """Tensors by port. ``fed``: the tensor from outside that reaches an Input node."""
        graph, wires = self.document.graphs[graph_id], wiring(self.document.graphs[graph_id])
        tensors: dict[Port, str] = {}
        for node_id in self.analysis.graphs[graph_id].order:
            node, record = graph.nodes[node_id], self.document.layer_of(graph_id, node_id)
            name = self._unique(scope + _RESERVED.sub("_", record.name))
            arriving = {edge.target.name: tensors[edge.source] for edge in wires.ordered_incoming(node_id)}
            inner = nested_graph(record)
            if inner is not None and not node.bypassed:
                found = self.graph(inner, f"{name}/", arriving)
                outputs = self.document.graphs[inner].outputs
                tensors |= {Port(node_id, output): found[Port(output, "output")] for output in outputs}
                continue
            ports = self.analysis.node(graph_id, node_id).outputs
            sources = [*arriving.values(), *([fed[node_id]] if node_id in fed else [])]
            self.nodes.append(_node_def(name, _BYPASSED if node.bypassed else record.type, sources, ports))
            tensors |= {
                Port(node_id, port.name): f"{name}:{index}" if index else name
                for index, port in enumerate(ports)
            }
        return tensors

    def _unique(self, name: str) -> str:
        found, count = name, 0
        while found in self._names:
            count += 1
            found = f"{name}_{count}"
        self._names.add(found)
        return found


def _node_def(name: str, op: str, sources: Iterable[str], ports: Iterable[PortInfo]) -> bytes:
    shapes = b"".join(block(7, _shape(port.spec)) for port in ports)
    attribute = block(1, "_output_shapes") + block(2, block(1, shapes))
    inputs = b"".join(block(3, source) for source in sources)
    return block(1, name) + block(2, op) + inputs + block(5, attribute)


def _shape(spec: TensorSpec | None) -> bytes:
    if spec is None:
        return integer(3, 1)  # of unknown rank
    return b"".join(block(2, integer(1, -1 if size is None else size)) for size in spec.shape)

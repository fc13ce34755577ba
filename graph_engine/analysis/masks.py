"""Where masks of padded steps go, and where a layer drops them, which a person should know.

Masks say nothing about shapes, and a nested graph has other ones in every call: so they are followed here, in a
walk of their own, and only in documents in which some layer makes one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graph_engine.analysis.records import GraphInfo, NodeInfo, Problem
from graph_engine.document import Document, Graph, Port, each_step, nested_graph, wiring
from graph_engine.layers.base import Layer

Flags = tuple[bool, ...]


def mask_problems(document: Document, graphs: Mapping[str, GraphInfo]) -> tuple[Problem, ...]:
    """A warning for every node that gets a mask and has no use for it."""
    if not any(info.makes_mask for graph in graphs.values() for info in graph.nodes.values()):
        return ()
    walk = _Walk(document, graphs)
    for graph in document.graphs:
        walk.outputs(graph, ())
    return tuple(walk.problems)


def masked_outputs(document: Document, graphs: Mapping[str, GraphInfo], graph: str) -> Flags:
    """Which of a graph's outputs have a mask."""
    return _Walk(document, graphs).outputs(graph, ())


def makes_mask(layer: Layer, ports: Mapping[str, bool]) -> bool:
    """Whether a mask leaves the layer though none arrives; ``ports``: the input ports, and which are wired."""
    explicit = tuple(wired and name.endswith("mask") for name, wired in ports.items())
    return any(_leaving(layer, explicit, tuple(ports)))


@dataclass(slots=True)
class _Walk:
    document: Document
    graphs: Mapping[str, GraphInfo]
    problems: dict[Problem, None] = field(default_factory=dict)
    done: dict[tuple[str, Flags], Flags] = field(default_factory=dict)

    def outputs(self, name: str, given: Flags) -> Flags:
        """Of a graph whose inputs have those masks; none where they are not told."""
        if (name, given) not in self.done:
            self.done[name, given] = self._outputs(self.document.graphs[name], given)
        return self.done[name, given]

    def _outputs(self, graph: Graph, given: Flags) -> Flags:
        masked: dict[Port, bool] = {
            Port(node, "output"): flag for node, flag in zip(graph.inputs, given, strict=False)
        }
        wires = wiring(graph)
        for node in self.graphs[graph.id].order:
            info = self.graphs[graph.id].nodes[node]
            sources = {name: edge.source for name, edge in wires.incoming(node).items()}
            ports = [port for port in info.inputs if port.enters]
            arriving = tuple(port.connected and masked.get(sources[port.name], False) for port in ports)
            leaving = self._call(graph, node, info, arriving)
            masked |= {Port(node, port.name): flag for port, flag in zip(info.outputs, leaving, strict=False)}
        return tuple(masked.get(Port(node, "output"), False) for node in graph.outputs)

    def _call(self, graph: Graph, node: str, info: NodeInfo, arriving: Flags) -> Flags:
        record = self.document.layers[graph.nodes[node].layer]
        if graph.nodes[node].bypassed:
            return arriving[:1] * len(info.outputs)
        inner = nested_graph(record)
        if inner is not None and each_step(record):  # the mask is about the steps, and goes around them
            self.outputs(inner, ())
            return arriving[:1] * len(info.outputs)
        if inner is not None:
            return self.outputs(inner, arriving) if inner in self.graphs else ()
        if info.layer is None or node in graph.inputs:
            return ()
        wired = {port.name for port in info.inputs if port.connected}
        if any(arriving) and not info.layer.heeds_mask(*wired):
            message = (
                f"{record.name} has no use for the mask of padded steps that reaches it: "
                "here, padded steps count like all others"
            )
            self.problems[Problem("mask-dropped", "warning", graph.id, node, "", message)] = None
        names = tuple(port.name for port in info.inputs if port.enters)
        explicit = (name in wired and name.endswith("mask") for name in names)
        flags = tuple(flag or brought for flag, brought in zip(arriving, explicit, strict=True))
        return _leaving(info.layer, flags, names)


def _leaving(layer: Layer, arriving: Flags, names: tuple[str, ...]) -> Flags:
    """One flag for each output. What is wired to a port called ``mask`` is the first input's."""
    brought = any(flag and name == "mask" for flag, name in zip(arriving, names, strict=True))
    found = layer.masked(*((arriving[0] or brought, *arriving[1:]) if arriving else ()))
    return found if isinstance(found, tuple) else (found,) * len(layer.output_ports())

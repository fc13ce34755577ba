"""Document -> Analysis. Incremental by memory: a node is inferred again only when what it sees changed.

The walk over a graph is cheap (a dictionary look-up a node); decoding, inference and weights are not, and
those are reused from the previous analysis while the node's layer record and arriving specs are the same.
An edit therefore costs what lies downstream of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass, field, replace

from graph_engine.analysis.infer import NodeResult, Surroundings, infer_node
from graph_engine.analysis.masks import mask_problems
from graph_engine.analysis.records import Analysis, GraphInfo, NodeInfo, Problem
from graph_engine.analysis.structure import live_nodes, structural_problems
from graph_engine.document import (
    Document,
    Edge,
    Graph,
    Layer,
    Node,
    Port,
    Wiring,
    nested_graph,
    topological_order,
    wiring,
)
from graph_engine.values import TensorSpec

# What a node's result depends on: its layer, whether it is bypassed, what arrives at each port (with the
# name of the layer it comes from, which error sentences mention), and the number of calls of the layer.
_Arriving = tuple[str, Port, str, TensorSpec | None]
_Seen = tuple[Layer, bool, tuple[_Arriving, ...], int]


@dataclass(frozen=True, slots=True)
class _GraphMemory:
    graph: Graph
    info: GraphInfo
    problems: tuple[Problem, ...]
    seen: Mapping[str, _Seen]
    results: Mapping[str, NodeResult]
    order: tuple[str, ...]  # sources first, then what lies on a cycle
    looping: tuple[str, ...]
    live: frozenset[str]


@dataclass(frozen=True, slots=True)
class _RememberingAnalysis(Analysis):
    """An Analysis with what the next one may reuse."""

    layers: Mapping[str, Layer] = field(default_factory=dict)
    calls: Mapping[str, int] = field(default_factory=dict)
    memory: Mapping[str, _GraphMemory] = field(default_factory=dict)


def analyze(document: Document, previous: Analysis | None = None) -> Analysis:
    """Shapes, weights and problems of every graph. ``previous`` makes it incremental; the result is equal."""
    before = previous if isinstance(previous, _RememberingAnalysis) else _RememberingAnalysis()
    calls = _call_counts(document)
    same_calls = calls == before.calls
    done: dict[str, _GraphMemory] = {}
    for graph in _innermost_first(document):
        known = before.memory.get(graph.id)
        if known and same_calls and _unchanged(document, graph, known, before, done):
            done[graph.id] = replace(known, graph=graph)
        else:
            done[graph.id] = _analyze_graph(document, graph, done, known, calls)
    infos = {name: done[name].info for name in document.graphs}
    problems = tuple(problem for name in document.graphs for problem in done[name].problems)
    return _RememberingAnalysis(
        infos,
        (*problems, *mask_problems(document, infos)),
        document.layers,
        calls,
        done,
    )


def _unchanged(
    document: Document,
    graph: Graph,
    known: _GraphMemory,
    before: _RememberingAnalysis,
    done: Mapping[str, _GraphMemory],
) -> bool:
    """Nothing that analysis reads has changed: a node was moved, or another graph was edited."""
    if known.graph.nodes is not graph.nodes or known.graph.edges is not graph.edges:
        return False
    if (known.graph.inputs, known.graph.outputs) != (graph.inputs, graph.outputs):
        return False
    if document.layers is before.layers:
        inner = {nested_graph(document.layers[node.layer]) for node in graph.nodes.values()} - {None}
        return all(
            name in before.memory and done[name].info is before.memory[name].info for name in inner if name
        )
    return False


def _analyze_graph(
    document: Document,
    graph: Graph,
    done: Mapping[str, _GraphMemory],
    known: _GraphMemory | None,
    calls: Mapping[str, int],
) -> _GraphMemory:
    wires = wiring(graph)
    same_wires = known is not None and known.graph.nodes is graph.nodes and known.graph.edges is graph.edges
    if known is not None and same_wires:
        order, looping, live = known.order, known.looping, known.live
    else:
        sources_first, on_cycles = topological_order(graph, wires)
        order, looping, live = tuple(sources_first), tuple(on_cycles), frozenset(live_nodes(graph, wires))
    walk = _Walk(document, graph, wires, done, known, calls, wiring(known.graph) if known else None)
    for node in (*order, *looping):
        walk.visit(node)
    nodes = {node: walk.results[node].info for node in graph.nodes}
    found = [problem for node in (*order, *looping) for problem in walk.results[node].problems]
    structural = structural_problems(document, graph, live, looping, [problem.node for problem in found])
    problems = [*structural, *(_weighed(problem, live) for problem in found)]
    alive = tuple(node for node in order if node in live)
    info = GraphInfo(nodes, alive, *_parameter_counts(document, graph, alive, nodes, done))
    return _GraphMemory(graph, info, tuple(problems), walk.seen, walk.results, order, looping, live)


def _weighed(problem: Problem, live: AbstractSet[str]) -> Problem:
    """What leads to no output cannot keep the model from running: a half-drawn branch only warns."""
    return problem if problem.node in live else replace(problem, severity="warning")


@dataclass(slots=True)
class _Walk:
    document: Document
    graph: Graph
    wires: Wiring
    done: Mapping[str, _GraphMemory]
    known: _GraphMemory | None
    calls: Mapping[str, int]
    old_wires: Wiring | None = None
    clean: set[str] = field(
        default_factory=set
    )  # nodes of which nothing has changed, their layer's name included
    seen: dict[str, _Seen] = field(default_factory=dict)
    results: dict[str, NodeResult] = field(default_factory=dict)

    def visit(self, node_id: str) -> None:
        node = self.graph.nodes[node_id]
        record = self.document.layers[node.layer]
        incoming = self.wires.incoming(node_id)
        if self._is_clean(node_id, node, record, incoming):
            assert self.known is not None
            self.clean.add(node_id)
            self.seen[node_id], self.results[node_id] = self.known.seen[node_id], self.known.results[node_id]
            return
        arriving = tuple(self._arriving(name, edge) for name, edge in incoming.items())
        seen: _Seen = (record, node.bypassed, arriving, self.calls[record.id])
        self.seen[node_id] = seen
        if self.known and _same(self.known.seen.get(node_id), seen) and not nested_graph(record):
            self.results[node_id] = self.known.results[node_id]
        else:
            around = Surroundings(self.document, self.graph, node, record, incoming, self._inner_info(record))
            self.results[node_id] = infer_node(around, {name: spec for name, _, _, spec in arriving}, seen[3])

    def _is_clean(self, node_id: str, node: Node, record: Layer, incoming: Mapping[str, Edge]) -> bool:
        """Whether a look at the node itself and at its sources says that nothing can have changed."""
        old = self.known.seen.get(node_id) if self.known else None
        if old is None or self.old_wires is None or nested_graph(record):
            return False
        if self.old_wires is not self.wires and self.old_wires.incoming(node_id) != incoming:
            return False
        if old[0] is not record or old[1] != node.bypassed or old[3] != self.calls[record.id]:
            return False
        return all(edge.source.node in self.clean for edge in incoming.values())

    def _arriving(self, name: str, edge: Edge) -> _Arriving:
        source = self.results.get(edge.source.node)
        port = source.info.output(edge.source.name) if source else None
        layer = self.document.layers[self.graph.nodes[edge.source.node].layer]
        return name, edge.source, layer.name, port.spec if port else None

    def _inner_info(self, record: Layer) -> GraphInfo | None:
        inner = nested_graph(record)
        return self.done[inner].info if inner and inner in self.done else None


def _same(old: _Seen | None, new: _Seen) -> bool:
    """Layer records are compared by identity: an edit makes a new one."""
    return old is not None and old[0] is new[0] and old[1:] == new[1:]


def _call_counts(document: Document) -> dict[str, int]:
    counts: dict[str, int] = {}
    for graph in document.graphs.values():
        for node in graph.nodes.values():
            counts[node.layer] = counts.get(node.layer, 0) + 1
    return counts


def _innermost_first(document: Document) -> list[Graph]:
    order: list[Graph] = []
    seen: set[str] = set()

    def visit(graph: Graph) -> None:
        if graph.id in seen:
            return
        seen.add(graph.id)
        for node in graph.nodes.values():
            inner = nested_graph(document.layers[node.layer])
            if inner and inner in document.graphs:
                visit(document.graphs[inner])
        order.append(graph)

    for graph in document.graphs.values():
        visit(graph)
    return order


def _parameter_counts(
    document: Document,
    graph: Graph,
    alive: Sequence[str],
    nodes: Mapping[str, NodeInfo],
    done: Mapping[str, _GraphMemory],
) -> tuple[int, int]:
    """All and trainable parameters, each layer once."""
    total = trainable = 0
    counted: set[str] = set()
    for node_id in alive:
        info = nodes[node_id]
        record = document.layers[graph.nodes[node_id].layer]
        if record.id in counted:
            continue
        counted.add(record.id)
        inner = nested_graph(record)
        total += info.parameters
        if not record.trainable:
            continue
        if inner and inner in done:
            trainable += done[inner].info.trainable_parameters
        else:
            trainable += sum(weight.size for weight in info.weights if weight.trainable)
    return total, trainable

"""Questions about a graph: neighbours, order, cycles, what uses what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from graph_engine.document.records import INPUT, MAIN, MODEL, OUTPUT, Document, Edge, Graph, Layer, Port


@dataclass(frozen=True, slots=True)
class Wiring:
    """The edges of a graph, found by the node they enter or leave. Built in one pass over the edges."""

    into: Mapping[str, Mapping[str, Edge]]  # node -> input port -> edge
    out_of: Mapping[str, tuple[Edge, ...]]  # node -> edges leaving any of its ports

    def incoming(self, node: str) -> Mapping[str, Edge]:
        return self.into.get(node, {})

    def outgoing(self, node: str) -> tuple[Edge, ...]:
        return self.out_of.get(node, ())

    def ordered_incoming(self, node: str) -> list[Edge]:
        """Edges into ``node``, by port: numbered ports in their order, then the others by name."""
        incoming = self.incoming(node)
        return [incoming[name] for name in sorted(incoming, key=port_order)]


class _Identity:
    """Hashes a mapping by identity, which tells two of them apart because records are never changed."""

    __slots__ = ("edges",)

    def __init__(self, edges: Mapping[str, Edge]) -> None:
        self.edges = edges

    def __hash__(self) -> int:
        return id(self.edges)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and self.edges is other.edges


def wiring(graph: Graph) -> Wiring:
    """The edges of a graph by node. The last few answers are kept: a hovering wire asks 30 times a second."""
    return _recent_wiring(_Identity(graph.edges))


@lru_cache(maxsize=8)
def _recent_wiring(identity: _Identity) -> Wiring:
    return wiring_of(identity.edges.values())


def wiring_of(edges: Iterable[Edge]) -> Wiring:
    into: dict[str, dict[str, Edge]] = defaultdict(dict)
    out_of: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        into[edge.target.node][edge.target.name] = edge
        out_of[edge.source.node].append(edge)
    return Wiring(dict(into), {node: tuple(found) for node, found in out_of.items()})


def is_numbered(port: str) -> bool:
    """Whether a port belongs to an ordered list. Only ASCII digits count: files may hold any text."""
    return port.isascii() and port.isdecimal()


def port_order(name: str) -> tuple[int, int, str]:
    return (0, int(name), "") if is_numbered(name) else (1, 0, name)


def topological_order(graph: Graph, wires: Wiring | None = None) -> tuple[list[str], list[str]]:
    """Node ids so that every source precedes its targets, and the ids on or behind a cycle.

    Kahn's algorithm over insertion order, so that equal documents give equal plans.
    """
    wires = wires or wiring(graph)
    waiting = {node: len(wires.incoming(node)) for node in graph.nodes}
    order = [node for node, count in waiting.items() if count == 0]
    for node in order:  # grows while it is walked
        for edge in wires.outgoing(node):
            target = edge.target.node
            waiting[target] -= 1
            if waiting[target] == 0:
                order.append(target)
    return order, [node for node, count in waiting.items() if count > 0]


def upstream(graph: Graph, nodes: Iterable[str], wires: Wiring | None = None) -> set[str]:
    """``nodes`` and everything they depend on."""
    wires = wires or wiring(graph)
    return _reach(nodes, lambda node: (edge.source.node for edge in wires.incoming(node).values()))


def downstream(graph: Graph, nodes: Iterable[str], wires: Wiring | None = None) -> set[str]:
    """``nodes`` and everything that depends on them."""
    wires = wires or wiring(graph)
    return _reach(nodes, lambda node: (edge.target.node for edge in wires.outgoing(node)))


def _reach(start: Iterable[str], neighbours: Callable[[str], Iterable[str]]) -> set[str]:
    seen: set[str] = set()
    todo = list(start)
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            todo.extend(neighbours(node))
    return seen


def would_cycle(graph: Graph, source: str, target: str) -> bool:
    """Whether a wire from ``source`` to ``target`` would close a cycle."""
    return reaches(wiring(graph), target, source)


def reaches(wires: Wiring, start: str, goal: str) -> bool:
    """Whether following the wires leads from ``start`` to ``goal``; a node reaches itself."""
    seen = {start}
    todo = [start]
    while todo:
        node = todo.pop()
        if node == goal:
            return True
        for edge in wires.outgoing(node):
            target = edge.target.node
            if target not in seen:
                seen.add(target)
                todo.append(target)
    return False


def free_numbered_port(graph: Graph, node: str) -> str:
    """The port a growing list offers next."""
    return str(sum(is_numbered(name) for name in wiring(graph).incoming(node)))


def calls_of(document: Document, layer: str) -> list[Port]:
    """Every call of a layer, as (graph, node) pairs. More than one: its weights are shared."""
    return [
        Port(graph.id, node.id)
        for graph in document.graphs.values()
        for node in graph.nodes.values()
        if node.layer == layer
    ]


def nested_graph(layer: Layer) -> str | None:
    """The graph a Model layer calls."""
    graph = layer.config.get("graph") if layer.type == MODEL else None
    return graph if isinstance(graph, str) else None  # a stranger's file may hold anything here


def each_step(layer: Layer) -> bool:
    """Whether a Model layer calls its graph for every step of a sequence by itself."""
    return layer.type == MODEL and layer.config.get("each_step") is True


def called_graphs(document: Document, graph: str) -> list[str]:
    """The graphs that ``graph`` calls, once for every call."""
    nodes = document.graphs[graph].nodes.values()
    called = (nested_graph(document.layers[node.layer]) for node in nodes)
    return [inner for inner in called if inner is not None and inner in document.graphs]


def nested_in(document: Document, graph: str, avoiding: str | None = None) -> set[str]:
    """``graph`` and every graph called from it, at any depth, by ways that do not enter ``avoiding``."""
    seen: set[str] = set()
    todo = [graph]
    while todo:
        current = todo.pop()
        if current not in seen and current != avoiding and current in document.graphs:
            seen.add(current)
            todo.extend(called_graphs(document, current))
    return seen


def encloses(document: Document, scope: str, graph: str) -> bool:
    """Whether every way from the main graph into ``graph`` leads through ``scope``.

    Only then does each call in ``graph`` know which use of ``scope`` owns its weights.
    """
    return scope in (graph, MAIN) or graph not in nested_in(document, MAIN, avoiding=scope)


def fixed_outputs(document: Document, graph: Graph, node: str) -> tuple[str, ...] | None:
    """The output ports of a node, where its type is structure; None where only the layer knows."""
    layer = document.layer_of(graph.id, node)
    if layer.type == MODEL:
        return document.graphs[layer.config["graph"]].outputs
    return {INPUT: ("output",), OUTPUT: ()}.get(layer.type)


def fixed_inputs(document: Document, graph: Graph, node: str) -> tuple[str, ...] | None:
    """The input ports of a node, where its type is structure; None where only the layer knows."""
    layer = document.layer_of(graph.id, node)
    if layer.type == MODEL:
        return document.graphs[layer.config["graph"]].inputs
    return {INPUT: (), OUTPUT: ("input",)}.get(layer.type)


def names_in_use(layers: Iterable[Layer], scope: str, kind: str) -> Iterator[str]:
    """Layer names that a new layer of ``kind`` may not repeat. Outputs have a name space of their own."""
    return (
        layer.name for layer in layers if layer.scope == scope and (layer.type == OUTPUT) == (kind == OUTPUT)
    )


def unique_name(wanted: str, taken: Iterable[str]) -> str:
    """``wanted``, or ``wanted_1``, ``wanted_2`` ... as Keras counts."""
    used = set(taken)
    if wanted not in used:
        return wanted
    count = 1
    while f"{wanted}_{count}" in used:
        count += 1
    return f"{wanted}_{count}"


def is_terminal(layer: Layer) -> bool:
    return layer.type in (INPUT, OUTPUT)

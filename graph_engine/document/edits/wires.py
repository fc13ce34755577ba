"""Wires: connected, moved, put through a new node, reordered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from graph_engine.document.draft import Draft, GraphDraft, Refused
from graph_engine.document.queries import is_numbered, port_order, reaches
from graph_engine.document.records import INPUT, MODEL, OUTPUT, Edge, Port


def connect(draft: Draft, graph: GraphDraft, source: Port, target: Port) -> str:
    """A new wire; what the input port held is replaced. A number past a port list's end means its end."""
    require_wire(draft, graph, source, target)
    held = held_by(graph, target)
    if held is not None:
        graph.edges.drop(held.id)
    return draft.put_edge(graph, source, target)


def move_wire(draft: Draft, graph: GraphDraft, edge: Edge, target: Port) -> None:
    """Lead a wire to another input port. Within one port list it takes its place in the order."""
    if edge.target.node == target.node and is_numbered(edge.target.name) and is_numbered(target.name):
        _reorder_one(graph, edge, int(target.name))
        return
    graph.edges.drop(edge.id)  # first: it must not count as a way round
    require_wire(draft, graph, edge.source, target)
    held = held_by(graph, target)
    if held is not None:
        graph.edges.drop(held.id)
    graph.edges.put(edge.id, replace(edge, target=target))


def _reorder_one(graph: GraphDraft, edge: Edge, index: int) -> None:
    others = [wire for wire in port_list(graph, edge.target.node) if wire.id != edge.id]
    others.insert(min(index, len(others)), edge)
    number(graph, edge.target.node, others)


def insert_numbered(draft: Draft, graph: GraphDraft, source: Port, target: Port) -> None:
    """A new wire into a port list that pushes the later ones back."""
    wires = port_list(graph, target.node)
    wires.insert(min(int(target.name), len(wires)), Edge(draft.fresh("e"), source, target))
    number(graph, target.node, wires)


def number(graph: GraphDraft, node: str, wires: Sequence[Edge]) -> None:
    """Make these wires, in this order, the node's port list."""
    for edge in port_list(graph, node):
        graph.edges.drop(edge.id)
    for index, edge in enumerate(wires):
        graph.edges.put(edge.id, replace(edge, target=Port(node, str(index))))


def port_list(graph: GraphDraft, node: str) -> list[Edge]:
    """The wires of a node's port list, in order."""
    wires = graph.wires().incoming(node)
    return [wires[name] for name in sorted(wires, key=port_order) if is_numbered(name)]


def put_through(
    draft: Draft, graph: GraphDraft, edge: Edge, node: str, input_port: str, output_port: str
) -> None:
    """Lead a wire through a node: source -> node -> target."""
    graph.edges.drop(edge.id)
    connect(draft, graph, edge.source, Port(node, input_port))
    connect(draft, graph, Port(node, output_port), edge.target)


def held_by(graph: GraphDraft, target: Port) -> Edge | None:
    """The wire that an input port holds."""
    return graph.wires().incoming(target.node).get(target.name)


def require_edge(graph: GraphDraft, edge: str) -> Edge:
    if edge not in graph.edges.rows:
        raise Refused("This wire is no longer on the canvas.")
    return graph.edges.rows[edge]


def require_wire(draft: Draft, graph: GraphDraft, source: Port, target: Port) -> None:
    """Raises Refused unless both ports may exist and a wire between them closes no loop."""
    start, end = draft.layer_of(graph, source.node), draft.layer_of(graph, target.node)
    outputs, inputs = _outputs(draft, graph, source), _inputs(draft, graph, target)
    if start.type == OUTPUT:
        raise Refused(f"{start.name} is an output: nothing leaves it.")
    if end.type == INPUT:
        raise Refused(f"{end.name} is an input: no wire leads into it.")
    if outputs is not None and source.name not in outputs:
        raise Refused(f"{start.name} no longer has this output.")
    if inputs is not None and target.name not in inputs:
        raise Refused(f"{end.name} no longer has this input.")
    if not 0 < len(source.name) <= 64 or not 0 < len(target.name) <= 64:
        raise Refused("A port's name has 1 to 64 characters.")
    if source.node == target.node:
        raise Refused(f"{start.name} cannot feed itself.")
    if reaches(graph.wires(), target.node, source.node):
        raise Refused(f"{end.name} already leads to {start.name}; a wire back would close a loop.")


def _outputs(draft: Draft, graph: GraphDraft, port: Port) -> tuple[str, ...] | None:
    inner = draft.nested(graph, port.node)
    return inner.outputs if inner else {INPUT: ("output",)}.get(draft.layer_of(graph, port.node).type)


def _inputs(draft: Draft, graph: GraphDraft, port: Port) -> tuple[str, ...] | None:
    inner = draft.nested(graph, port.node)
    return inner.inputs if inner else {OUTPUT: ("input",)}.get(draft.layer_of(graph, port.node).type)


def incoming_in_order(draft: Draft, graph: GraphDraft, node: str) -> list[Edge]:
    """Wires into a node: port lists by number, a Model layer's by the order of its inputs."""
    wires = graph.wires().incoming(node)
    layer = draft.layer_of(graph, node)
    order: Sequence[str] = sorted(wires, key=port_order)
    if layer.type == MODEL:
        order = draft.graph(layer.config["graph"]).inputs
    return [wires[name] for name in order if name in wires]

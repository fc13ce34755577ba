"""Nodes made into a model layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graph_engine.document.draft import Draft, GraphDraft, Refused
from graph_engine.document.edits.calls import add_call, add_layer, checked_point, free_name
from graph_engine.document.edits.wires import incoming_in_order
from graph_engine.document.fragment import comes_along
from graph_engine.document.queries import Wiring, nested_in
from graph_engine.document.records import INPUT, MAIN, MODEL, OUTPUT, Edge, Point, Port

Shapes = Mapping[Port, tuple[Sequence[int | None] | None, str]]
MARGIN = 220.0  # between the contents and the new inputs and outputs beside them


@dataclass(frozen=True, slots=True)
class Cut:
    """What a group takes with it: its nodes, and the wires inside, into and out of it."""

    nodes: list[str]
    inside: list[Edge]
    entering: list[Edge]
    leaving: list[Edge]


def group(
    draft: Draft,
    graph: GraphDraft,
    nodes: list[str],
    name: str,
    shapes: Shapes,
    expose_inputs: Sequence[Port],
    expose_outputs: Sequence[Port],
) -> str:
    """Replace nodes by one call of a model made of them. ``nodes`` in the graph's order."""
    cut = _cut(draft, graph, nodes)
    inner = draft.new_graph(name)
    place = _move_contents(graph, inner, cut)
    _hand_over_layers(draft, graph, inner)
    inputs = _make_inputs(draft, inner, cut, shapes, expose_inputs, graph)
    outputs = _make_outputs(draft, inner, cut, expose_outputs)
    layer = add_layer(draft, graph.id, MODEL, {"graph": inner.id}, free_name(draft, graph.id, MODEL, name))
    model = add_call(draft, graph, layer.id, place)
    for source, node in inputs.items():
        draft.put_edge(graph, source, Port(model, node))
    for edge in cut.leaving:
        graph.edges.put(edge.id, replace(edge, source=Port(model, outputs[edge.source])))
    return model


def _cut(draft: Draft, graph: GraphDraft, nodes: list[str]) -> Cut:
    """Raises Refused when the nodes cannot be one step of the graph."""
    wires, chosen = graph.wires(), set(nodes)
    for node in nodes:
        layer = draft.layer_of(graph, node)
        if layer.type in (INPUT, OUTPUT):
            raise Refused(
                f"{layer.name} is an {layer.type.lower()} of this model and cannot go into a group."
            )
    into = [edge for node in nodes for edge in incoming_in_order(draft, graph, node)]
    leaving = [
        edge
        for edge in graph.edges.rows.values()
        if edge.source.node in chosen and edge.target.node not in chosen
    ]
    between = _first_between(wires, chosen, leaving)
    if between is not None:
        name = draft.layer_of(graph, between).name
        raise Refused(
            f"{name} lies between the selected layers; select it too, or the group would feed itself."
        )
    inside = [edge for edge in into if edge.source.node in chosen]
    return Cut(nodes, inside, [edge for edge in into if edge.source.node not in chosen], leaving)


def _first_between(wires: Wiring, chosen: set[str], leaving: Sequence[Edge]) -> str | None:
    """A node outside that a wire leaves for, and from which a way leads back in."""
    leads_back = _upstream_outside(wires, chosen)
    return next((edge.target.node for edge in leaving if edge.target.node in leads_back), None)


def _upstream_outside(wires: Wiring, chosen: set[str]) -> set[str]:
    found: set[str] = set()
    todo = list(chosen)
    while todo:
        for edge in wires.incoming(todo.pop()).values():
            if edge.source.node not in chosen and edge.source.node not in found:
                found.add(edge.source.node)
                todo.append(edge.source.node)
    return found


def _move_contents(graph: GraphDraft, inner: GraphDraft, cut: Cut) -> Point | None:
    """Nodes keep their ids and positions. Returns the middle of where they were."""
    chosen = dict.fromkeys(cut.nodes)
    before = graph.done()
    for frame in before.frames.values():
        if comes_along(before, frame, chosen):
            inner.frames.put(frame.id, frame)
            graph.frames.drop(frame.id)
    for node in cut.nodes:
        inner.nodes.put(node, graph.nodes.rows[node])
        graph.nodes.drop(node)
        if node in graph.positions.rows:
            inner.positions.put(node, graph.positions.rows[node])
            graph.positions.drop(node)
    for edge in cut.inside:
        inner.edges.put(edge.id, edge)
        if edge.id in graph.bends.rows:
            inner.bends.put(edge.id, graph.bends.rows[edge.id])
    for edge in (*cut.inside, *cut.entering):
        graph.edges.drop(edge.id)
        graph.bends.drop(edge.id)
    for edge in cut.leaving:
        graph.bends.drop(edge.id)  # it starts elsewhere now
    return middle(list(inner.positions.rows.values()))


def _hand_over_layers(draft: Draft, graph: GraphDraft, inner: GraphDraft) -> None:
    """Layers used only inside belong to the new model from now on, so that a second use can have its own.

    The model is not called yet, so what cannot be reached from the main graph is what lies inside.
    """
    document = draft.peek()
    outside = nested_in(document, MAIN)
    inside = [one for one in nested_in(document, inner.id) if one not in outside]
    used_outside = {node.layer for one in outside for node in document.graphs[one].nodes.values()}
    for layer in {node.layer: None for one in inside for node in document.graphs[one].nodes.values()}:
        record = document.layers[layer]
        if record.scope == graph.id and layer not in used_outside:
            draft.layers.put(layer, replace(record, scope=inner.id))


def _make_inputs(
    draft: Draft, inner: GraphDraft, cut: Cut, shapes: Shapes, exposed: Sequence[Port], graph: GraphDraft
) -> dict[Port, str]:
    """One Input for each port outside that feeds the group, and one for each exposed port inside."""
    sources = list(dict.fromkeys(edge.source for edge in cut.entering))
    held = {edge.target for edge in (*cut.inside, *cut.entering)}
    free = [port for port in dict.fromkeys(exposed) if port.node in inner.nodes.rows and port not in held]
    column = _Column(inner, -MARGIN)
    single = len(sources) + len(free) == 1
    made = {}
    for source in sources:
        wanted = "input" if single else draft.layer_of(graph, source.node).name
        shape, dtype = shapes.get(source, (None, "float32"))
        made[source] = _terminal(draft, inner, INPUT, wanted, _input_config(shape, dtype), column.next())
    for edge in cut.entering:
        draft.put_edge(inner, Port(made[edge.source], "output"), edge.target)
    for port in free:
        wanted = "input" if single else draft.layer_of(inner, port.node).name
        shape, dtype = shapes.get(port, (None, "float32"))
        node = _terminal(draft, inner, INPUT, wanted, _input_config(shape, dtype), column.next())
        draft.put_edge(inner, Port(node, "output"), port)
    return made


def _make_outputs(draft: Draft, inner: GraphDraft, cut: Cut, exposed: Sequence[Port]) -> dict[Port, str]:
    """One Output for each port inside that feeds the outside, and for each exposed one."""
    free = [port for port in exposed if port.node in inner.nodes.rows]
    ports = list(dict.fromkeys([*(edge.source for edge in cut.leaving), *free]))
    column = _Column(inner, MARGIN)
    made = {}
    for port in ports:
        wanted = "output" if len(ports) == 1 else draft.layer_of(inner, port.node).name
        made[port] = _terminal(draft, inner, OUTPUT, wanted, {}, column.next())
        draft.put_edge(inner, port, Port(made[port], "input"))
    return made


def _input_config(shape: Sequence[int | None] | None, dtype: str) -> dict[str, Any]:
    return {"shape": None if shape is None else list(shape), "dtype": dtype}


def _terminal(
    draft: Draft, graph: GraphDraft, kind: str, wanted: str, config: Mapping[str, Any], position: Point | None
) -> str:
    layer = add_layer(draft, graph.id, kind, config, free_name(draft, graph.id, kind, wanted))
    return add_call(draft, graph, layer.id, position)


class _Column:
    """Places one above the other, beside the contents of a graph; None where nothing has a place."""

    def __init__(self, graph: GraphDraft, distance: float) -> None:
        points = graph.positions.rows.values()
        edge = min if distance < 0 else max
        self.top = min((point.y for point in points), default=None)
        self.x = edge((point.x for point in points), default=0.0) + distance

    def next(self) -> Point | None:
        if self.top is None:
            return None
        point = Point(self.x, self.top)
        self.top += 100.0
        return checked_point(point)


def middle(points: Sequence[Point]) -> Point | None:
    """The middle of the rectangle around some points."""
    if not points:
        return None
    xs, ys = [point.x for point in points], [point.y for point in points]
    return Point((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)

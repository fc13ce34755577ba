"""A model layer replaced by what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from graph_engine.document.draft import Draft, GraphDraft, Refused
from graph_engine.document.edits.calls import add_call, calls_in, checked_point, free_name
from graph_engine.document.edits.copying import ORIGIN, Copier, shifted
from graph_engine.document.edits.nesting import middle
from graph_engine.document.queries import each_step, nested_graph, nested_in
from graph_engine.document.records import INPUT, MODEL, OUTPUT, Edge, Layer, Point, Port


def ungroup(draft: Draft, graph: GraphDraft, node: str) -> tuple[str, ...]:
    """Returns the nodes that took the call's place.

    Weights stay shared exactly as they were: other calls of the same Model layer go on using the layers
    that are laid open here, and other Model layers of the same model keep their own.
    """
    model = draft.layer_of(graph, node)
    if model.type != MODEL:
        raise Refused(f"{model.name} is no group.")
    if graph.nodes.rows[node].bypassed:
        raise Refused(f"{model.name} is bypassed; switch it on before you ungroup it.")
    if each_step(model):
        raise Refused(f"{model.name} is called for every step; switch that off before you ungroup it.")
    if any(
        nested_graph(layer) == model.config["graph"] and layer.id != model.id
        for layer in draft.original.layers.values()
    ):
        _own_definition(draft, model)
    inner = draft.graph(draft.layers.rows[model.id].config["graph"])
    _lift_layers(draft, model, inner)
    last = calls_in(draft, model.id) == 1
    shift = _shift(graph, inner, node)
    _place_remarks(draft, graph, inner, shift, moved=last)
    names = _place_nodes(draft, graph, inner, shift, graph.nodes.rows[node].training, moved=last)
    _rewire(draft, graph, inner, node, names, shift, moved=last)
    graph.nodes.drop(node)
    return tuple(names.values())


def _own_definition(draft: Draft, model: Layer) -> None:
    """Give a Model layer a copy of its model, so that laying it open leaves the other uses alone."""
    document = draft.original
    original = document.graphs[model.config["graph"]]
    inside = nested_in(document, original.id)

    def link(graph: str) -> bool:
        nest = nested_in(document, graph)
        calls = {node.layer for one in nest for node in document.graphs[one].nodes.values()}
        return all((scope := document.layers[layer].scope) in nest or scope not in inside for layer in calls)

    copier = Copier(draft, document, model.scope, lambda layer: layer.scope not in inside, link)
    copied = draft.new_graph(original.name)
    copier.copy_into(original, copied)
    draft.layers.put(model.id, replace(model, config={**model.config, "graph": copied.id}))
    for one in draft.graph_ids():
        _rename_ports(draft.graph(one), model.id, copier.nodes)


def _rename_ports(graph: GraphDraft, layer: str, names: Mapping[str, str]) -> None:
    """A Model layer's ports are called after the nodes inside, which have new ids now."""
    calls = {node.id for node in graph.nodes.rows.values() if node.layer == layer}

    def renamed(port: Port) -> Port:
        return Port(port.node, names[port.name]) if port.node in calls else port

    for edge in list(graph.edges.rows.values()):
        graph.edges.put(edge.id, replace(edge, source=renamed(edge.source), target=renamed(edge.target)))


def _lift_layers(draft: Draft, model: Layer, inner: GraphDraft) -> None:
    """The model's layers belong to where the model belonged; a frozen model leaves frozen layers."""
    for layer in list(draft.layers.rows.values()):
        if layer.scope == inner.id and layer.type not in (INPUT, OUTPUT):
            name = free_name(draft, model.scope, layer.type, layer.name)
            trainable = layer.trainable and model.trainable
            draft.layers.put(layer.id, replace(layer, scope=model.scope, name=name, trainable=trainable))


def _place_nodes(
    draft: Draft, graph: GraphDraft, inner: GraphDraft, shift: Point, training: bool | None, moved: bool
) -> dict[str, str]:
    """New nodes by inner ones. The last call's move out under their own ids; others are called once more."""
    names: dict[str, str] = {}
    for old in list(inner.nodes.rows.values()):
        if draft.layer_of(inner, old.id).type in (INPUT, OUTPUT):
            continue
        names[old.id] = old.id if moved else add_call(draft, graph, old.layer, None)
        insisted = old.training if old.training is not None else training
        graph.nodes.put(names[old.id], replace(old, id=names[old.id], training=insisted))
        point = inner.positions.rows.get(old.id)
        if point is not None:
            graph.positions.put(names[old.id], checked_point(Point(point.x + shift.x, point.y + shift.y)))
    return names


def _shift(graph: GraphDraft, inner: GraphDraft, node: str) -> Point:
    """From the middle of the contents to where the model layer stands."""
    terminals = (*inner.inputs, *inner.outputs)
    contents = middle([point for key, point in inner.positions.rows.items() if key not in terminals])
    place = graph.positions.rows.get(node)
    if contents is None or place is None:
        return ORIGIN
    return Point(place.x - contents.x, place.y - contents.y)


def _rewire(
    draft: Draft,
    graph: GraphDraft,
    inner: GraphDraft,
    node: str,
    names: Mapping[str, str],
    shift: Point,
    moved: bool,
) -> None:
    """Inner wires, with the model's inputs and outputs cut out: what fed an input feeds what it fed."""
    wires, inside = graph.wires(), inner.wires()
    fed = {port: edge.source for port, edge in wires.incoming(node).items()}

    def outside(port: Port) -> Port | None:
        return Port(names[port.node], port.name) if port.node in names else fed.get(port.node)

    for edge in inner.edges.rows.values():
        source = outside(edge.source)
        if source is not None and edge.target.node in names:
            key = edge.id if moved else draft.fresh("e")
            graph.edges.put(key, Edge(key, source, Port(names[edge.target.node], edge.target.name)))
            if edge.id in inner.bends.rows and edge.source.node in names:
                graph.bends.put(key, shifted(inner.bends.rows[edge.id], shift))
    for edge in wires.outgoing(node):
        behind = inside.incoming(edge.source.name).get("input")
        source = outside(behind.source) if behind is not None else None
        graph.edges.drop(edge.id)
        graph.bends.drop(edge.id)
        if source is not None:
            graph.edges.put(edge.id, replace(edge, source=source))


def _place_remarks(draft: Draft, graph: GraphDraft, inner: GraphDraft, shift: Point, moved: bool) -> None:
    for frame in list(inner.frames.rows.values()):
        x, y = checked_point(Point(frame.x + shift.x, frame.y + shift.y))
        key = frame.id if moved else draft.fresh("f")
        graph.frames.put(key, replace(frame, id=key, x=x, y=y))
    for note in list(inner.notes.rows.values()):
        x, y = checked_point(Point(note.x + shift.x, note.y + shift.y))
        key = note.id if moved else draft.fresh("t")
        graph.notes.put(key, replace(note, id=key, x=x, y=y))

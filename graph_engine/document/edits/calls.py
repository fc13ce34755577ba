"""Layers and their calls: made, named, replaced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from graph_engine.document.draft import Draft, GraphDraft, Refused
from graph_engine.document.invariants import in_reach
from graph_engine.document.plain import DecodeError, name_fault, plain_mapping, plain_text
from graph_engine.document.queries import encloses, names_in_use, unique_name
from graph_engine.document.records import INPUT, MODEL, OUTPUT, Config, Layer, Node, Point
from graph_engine.params import snake_case


def add_layer(draft: Draft, scope: str, kind: str, config: Config, name: str | None = None) -> Layer:
    """A new layer. Without a name it is called after its type, numbered where that is taken."""
    if not kind:
        raise Refused("A layer needs a type.")
    values = plain_config(config)
    if kind == MODEL and not (isinstance(values.get("graph"), str) and draft.has_graph(values["graph"])):
        raise Refused("A Model layer needs the model that it calls.")
    taken = (
        checked_name(draft, scope, kind, name) if name else free_name(draft, scope, kind, snake_case(kind))
    )
    layer = Layer(draft.fresh("l"), kind, taken, scope, values)
    draft.layers.put(layer.id, layer)
    return layer


def add_call(draft: Draft, graph: GraphDraft, layer: str, position: Point | None) -> str:
    node = Node(draft.fresh("n"), layer)
    graph.nodes.put(node.id, node)
    if position is not None:
        graph.positions.put(node.id, checked_point(position))
    return node.id


def call_again(draft: Draft, graph: GraphDraft, layer_id: str, position: Point | None) -> str:
    """One more call of a layer, with the same weights."""
    layer = require_layer(draft, layer_id)
    if layer.type in (INPUT, OUTPUT):
        raise Refused(f"{layer.name} is an {layer.type.lower()}: it stands for one place and is used once.")
    if not encloses(draft.peek(), layer.scope, graph.id):
        home = draft.graph(layer.scope).name
        raise Refused(f"{layer.name} has its weights in {home} and can only be used inside of it.")
    return add_call(draft, graph, layer_id, position)


def call_alone(draft: Draft, graph: GraphDraft, node: str) -> bool:
    """Make a node call a layer of its own. Whether its layer had other calls."""
    layer = draft.layer_of(graph, node)
    if calls_in(draft, layer.id) < 2:
        return False
    name = free_name(draft, layer.scope, layer.type, layer.name)
    own = replace(layer, id=draft.fresh("l"), name=name)
    draft.layers.put(own.id, own)
    graph.nodes.put(node, replace(graph.nodes.rows[node], layer=own.id))
    return True


def calls_in(draft: Draft, layer: str) -> int:
    """How many nodes of all graphs call a layer."""
    graphs = (draft.graph(graph) for graph in draft.graph_ids())
    return sum(call.layer == layer for graph in graphs for call in graph.nodes.rows.values())


def plain_config(config: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return plain_mapping(config)
    except DecodeError as error:
        raise Refused(f"This value cannot be kept: {error}.") from None


def checked_text(text: str) -> str:
    try:
        return plain_text(text)
    except DecodeError as error:
        raise Refused(f"This text cannot be kept: {error}.") from None


def checked_point(point: Point) -> Point:
    if not in_reach(*point):
        raise Refused("This place lies outside of the canvas.")
    return Point(float(point[0]), float(point[1]))


def free_name(draft: Draft, scope: str, kind: str, wanted: str) -> str:
    return unique_name(wanted, names_in_use(draft.layers.rows.values(), scope, kind))


def checked_name(draft: Draft, scope: str, kind: str, name: str, own: str = "") -> str:
    """The name without blanks around it, if it is free; ``own`` is the layer that may already have it."""
    name = clean_name(name)
    others = (layer for layer in draft.layers.rows.values() if layer.id != own)
    if name in names_in_use(others, scope, kind):
        raise Refused(f"The name {name} is taken: names are unique within a model.")
    return name


def clean_name(name: str) -> str:
    """The name without blanks around it, if it can be one."""
    name = checked_text(name).strip()
    fault = name_fault(name)
    if fault:
        raise Refused(f"{fault[0].upper()}{fault[1:]}.")
    return name


def require_layer(draft: Draft, layer: str) -> Layer:
    if layer not in draft.layers.rows:
        raise Refused("This layer is no longer part of the project.")
    return draft.layers.rows[layer]


def require_nodes(draft: Draft, graph: GraphDraft, nodes: Iterable[str]) -> list[str]:
    """The nodes in the graph's order, each once. Raises Refused when there are none, or one is gone."""
    wanted = set(nodes)
    if not wanted:
        raise Refused("Nothing is selected.")
    for node in wanted:
        draft.layer_of(graph, node)
    return [node for node in graph.nodes.rows if node in wanted]

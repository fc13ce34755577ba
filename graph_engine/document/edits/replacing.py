"""A node given another layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from graph_engine.document.draft import Draft, GraphDraft, Refused
from graph_engine.document.edits.calls import add_layer, calls_in
from graph_engine.document.edits.wires import incoming_in_order
from graph_engine.document.records import INPUT, MODEL, OUTPUT, Config, Edge, Layer, Port
from graph_engine.params import snake_case


def replace_node(
    draft: Draft,
    graph: GraphDraft,
    node: str,
    kind: str,
    config: Config,
    inputs: Mapping[str, str],
    outputs: Mapping[str, str],
) -> None:
    old = draft.layer_of(graph, node)
    if {INPUT, OUTPUT} & {old.type, kind}:
        raise Refused("Inputs and outputs cannot be replaced; remove them and add another layer.")
    entering = incoming_in_order(draft, graph, node)
    leaving = list(graph.wires().outgoing(node))
    new = _replace_layer(draft, graph, node, kind, config)
    if MODEL in (old.type, kind):
        inputs = _matched_inputs(draft, new, entering) | dict(inputs)
        outputs = _matched_outputs(draft, old, new, leaving) | dict(outputs)
    for edge in entering:
        graph.edges.drop(edge.id)
    for edge in entering:
        name = edge.target.name
        graph.edges.put(edge.id, replace(edge, target=Port(node, inputs.get(name, name))))
    for edge in leaving:
        name = edge.source.name
        graph.edges.put(edge.id, replace(edge, source=Port(node, outputs.get(name, name))))
    _require_apart(graph, node, new)


def _replace_layer(draft: Draft, graph: GraphDraft, node: str, kind: str, config: Config) -> Layer:
    old = draft.layer_of(graph, node)
    shared = calls_in(draft, old.id) > 1
    if not shared:
        draft.layers.drop(old.id)  # first, so that its name is free
    name = None if shared or is_default_name(old) else old.name
    new = add_layer(draft, graph.id if shared else old.scope, kind, config, name)
    draft.layers.drop(new.id)
    # A layer that nobody shares stays the same one, and so keeps the weights that fit: they go by its id.
    new = replace(new, trainable=old.trainable, id=new.id if shared else old.id)
    draft.layers.put(new.id, new)
    graph.nodes.put(node, replace(graph.nodes.rows[node], layer=new.id))
    return new


def is_default_name(layer: Layer) -> bool:
    """Whether a layer is called after its type, as layers are that nobody named."""
    base = snake_case(layer.type)
    head, _, count = layer.name.rpartition("_")
    return layer.name == base or (head == base and count.isdecimal())


def _matched_inputs(draft: Draft, new: Layer, entering: list[Edge]) -> dict[str, str]:
    """Ports in order: a Model layer's inputs; another layer's one port, or its list for several wires."""
    if new.type == MODEL:
        ports = draft.graph(new.config["graph"]).inputs
        if len(ports) < len(entering):
            raise Refused(
                f"{new.name} has {len(ports)} inputs, but {len(entering)} wires lead into this layer."
            )
    else:
        ports = ("input",) if len(entering) == 1 else tuple(str(index) for index in range(len(entering)))
    return {edge.target.name: port for edge, port in zip(entering, ports, strict=False)}


def _matched_outputs(draft: Draft, old: Layer, new: Layer, leaving: list[Edge]) -> dict[str, str]:
    used = {edge.source.name for edge in leaving}
    order = draft.graph(old.config["graph"]).outputs if old.type == MODEL else sorted(used)
    names = [name for name in order if name in used]
    ports = draft.graph(new.config["graph"]).outputs if new.type == MODEL else ("output",)
    if len(ports) < len(names):
        raise Refused(
            f"{new.name} has {len(ports)} outputs, but {len(names)} outputs of this layer are in use."
        )
    return dict(zip(names, ports, strict=False))


def _require_apart(graph: GraphDraft, node: str, new: Layer) -> None:
    """Raises Refused when two wires would end in one port."""
    ports = [edge.target.name for edge in graph.edges.rows.values() if edge.target.node == node]
    if len(set(ports)) < len(ports):
        raise Refused(f"{new.name} has fewer inputs than wires lead into this layer.")

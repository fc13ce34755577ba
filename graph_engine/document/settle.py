"""What every edit ends with: the invariants that follow from a change are restored, in one place.

An edit only does what the person asked for; wires of removed nodes, gaps in port lists, layers and graphs
that nobody calls any more and objectives of removed outputs are looked after here. What cannot be
restored without losing something the person did not mean to lose is refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from graph_engine.document.draft import Draft, GraphDraft, Refused
from graph_engine.document.queries import is_numbered, nested_graph, nested_in, port_order
from graph_engine.document.records import INPUT, MAIN, MODEL, OUTPUT, Document, Edge, Graph, Port
from graph_engine.document.structure import has_models, self_calling, size_fault, strays


def settle(before: Document, after: Document) -> Document:
    """``after`` with all invariants, given that ``before`` had them. Raises Refused."""
    if after is before:
        return after
    if not _same_calls(before, after):
        _refuse_self_calls(after)
        names = {key: graph.name for key, graph in after.graphs.items()}
        after = _without_uncalled(after)
        after = _with_whole_graphs(after)
        after = _with_known_bindings(after)
        _refuse_strays(after, names)
    return _with_settled_wires(before, after)


def _same_calls(before: Document, after: Document) -> bool:
    """True of most edits: moved, wired, renamed, configured. Nothing below then needs to be looked at."""
    return (
        before.graphs.keys() == after.graphs.keys()
        and all(graph.nodes is before.graphs[key].nodes for key, graph in after.graphs.items())
        and (before.layers is after.layers or _models(before) == _models(after))
    )


def _models(document: Document) -> dict[str, str | None]:
    """Which graph each Model layer calls."""
    return {key: nested_graph(layer) for key, layer in document.layers.items() if layer.type == MODEL}


def _refuse_self_calls(document: Document) -> None:
    graph = self_calling(document)
    if graph is not None:
        raise Refused(f"The model {document.graphs[graph].name} would contain itself.")


def _refuse_strays(document: Document, names: Mapping[str, str]) -> None:
    """``names`` of graphs, also of those that nobody calls any more: a layer's home may be one of them."""
    for layer, graph in strays(document):
        home, place = names[layer.scope], names[graph]
        reason = f"{place} would also be used outside of {home}, where {layer.name} has its weights"
        raise Refused(f"{reason}.")
    fault = size_fault(document)
    if fault:
        raise Refused(fault)


def _without_uncalled(document: Document) -> Document:
    reached = nested_in(document, MAIN) if has_models(document) else {MAIN}
    called = {node.layer for graph in reached for node in document.graphs[graph].nodes.values()}
    if len(reached) < len(document.graphs):
        graphs = {key: graph for key, graph in document.graphs.items() if key in reached}
        document = replace(document, graphs=graphs)
    if len(called) < len(document.layers):
        layers = {key: layer for key, layer in document.layers.items() if key in called}
        document = replace(document, layers=layers)
    return document


def _with_whole_graphs(document: Document) -> Document:
    draft = Draft(document)
    for graph in document.graphs:
        _complete_terminals(draft, draft.graph(graph))
    for graph in document.graphs:
        _drop_loose_parts(draft, draft.graph(graph))
    return draft.done()


def _complete_terminals(draft: Draft, graph: GraphDraft) -> None:
    """Inputs and outputs keep their order; new ones come last."""
    layers = draft.layers.rows
    kinds = {node.id: layers[node.layer].type for node in graph.nodes.rows.values()}
    graph.inputs = _in_order(graph.inputs, [node for node, kind in kinds.items() if kind == INPUT])
    graph.outputs = _in_order(graph.outputs, [node for node, kind in kinds.items() if kind == OUTPUT])


def _in_order(listed: tuple[str, ...], present: list[str]) -> tuple[str, ...]:
    here = set(present)
    return tuple(dict.fromkeys([*(node for node in listed if node in here), *present]))


def _drop_loose_parts(draft: Draft, graph: GraphDraft) -> None:
    nodes, layers = graph.nodes.rows, draft.layers.rows
    graph.positions.keep(nodes)
    models = {node.id for node in nodes.values() if layers[node.layer].type == MODEL}
    for edge in list(graph.edges.rows.values()):
        source, target = edge.source, edge.target
        loose = source.node not in nodes or target.node not in nodes
        if not loose and models:
            entered, left = _entered(draft, graph, models, target), _entered(draft, graph, models, source)
            loose = entered is not None and target.name not in entered.inputs
            loose = loose or (left is not None and source.name not in left.outputs)
        if loose:
            graph.edges.drop(edge.id)


def _entered(draft: Draft, graph: GraphDraft, models: set[str], port: Port) -> GraphDraft | None:
    return draft.nested(graph, port.node) if port.node in models else None


def _with_known_bindings(document: Document) -> Document:
    main, data, training = document.main, document.data, document.training
    bound = {
        node: binding
        for node, binding in data.bindings.items()
        if (node in main.inputs or node in main.outputs) and binding.source in data.sources
    }
    objectives = {node: goal for node, goal in training.objectives.items() if node in main.outputs}
    if len(bound) < len(data.bindings):
        document = replace(document, data=replace(data, bindings=bound))
    if len(objectives) < len(training.objectives):
        document = replace(document, training=replace(training, objectives=objectives))
    return document


def _with_settled_wires(before: Document, after: Document) -> Document:
    """Close the gaps in every port list of the graphs whose wires changed, and forget where lost wires bent."""
    changed = {
        key: settled
        for key, graph in after.graphs.items()
        if ((old := before.graphs.get(key)) is None or old.edges is not graph.edges)
        and (settled := _without_lost_bends(dense_ports(graph))) is not graph
    }
    return replace(after, graphs={**after.graphs, **changed}) if changed else after


def _without_lost_bends(graph: Graph) -> Graph:
    if graph.bends.keys() <= graph.edges.keys():
        return graph
    return replace(graph, bends={key: points for key, points in graph.bends.items() if key in graph.edges})


def dense_ports(graph: Graph) -> Graph:
    """The graph with every port list counted 0, 1, 2 ...; the order of the wires stays."""
    lists: dict[str, list[Edge]] = defaultdict(list)
    for edge in graph.edges.values():
        if is_numbered(edge.target.name):
            lists[edge.target.node].append(edge)
    moved: dict[str, Edge] = {}
    for node, wires in lists.items():
        wires.sort(key=lambda edge: port_order(edge.target.name))
        for index, edge in enumerate(wires):
            if edge.target.name != str(index):
                moved[edge.id] = replace(edge, target=Port(node, str(index)))
    return replace(graph, edges={**graph.edges, **moved}) if moved else graph

"""Taking things off the canvas. What depended on them is put in order when the edit settles."""

from __future__ import annotations

from collections.abc import Iterable

from graph_engine.document.draft import Draft, GraphDraft
from graph_engine.document.edits.wires import incoming_in_order, number, port_list
from graph_engine.document.queries import is_numbered, topological_order
from graph_engine.document.records import Edge, Port


def remove_nodes(graph: GraphDraft, nodes: Iterable[str]) -> None:
    for node in nodes:
        graph.nodes.drop(node)


def bridge(draft: Draft, graph: GraphDraft, removed: set[str]) -> None:
    """Wire what fed the removed nodes to what they fed.

    A port list takes every source in the place of the removed one; a single port takes the first.
    """
    sources = _standing_in(draft, graph, removed)
    leaving = [
        edge for node in removed for edge in graph.wires().outgoing(node) if edge.target.node not in removed
    ]
    lists = {edge.target.node: None for edge in _in_order(graph, leaving) if is_numbered(edge.target.name)}
    for node in lists:
        _bridge_list(draft, graph, node, sources)
    for edge in _in_order(graph, leaving):
        if not is_numbered(edge.target.name):
            graph.edges.drop(edge.id)
            for source in sources[edge.source.node][:1]:
                draft.put_edge(graph, source, edge.target)


def _in_order(graph: GraphDraft, edges: list[Edge]) -> list[Edge]:
    """In the graph's order, so that equal edits of equal documents give equal documents."""
    wanted = {edge.id for edge in edges}
    return [edge for edge in list(graph.edges.rows.values()) if edge.id in wanted]


def _bridge_list(draft: Draft, graph: GraphDraft, node: str, sources: dict[str, list[Port]]) -> None:
    wires: list[Edge] = []
    for edge in port_list(graph, node):
        if edge.source.node in sources:
            wires.extend(Edge(draft.fresh("e"), source, edge.target) for source in sources[edge.source.node])
        else:
            wires.append(edge)
    number(graph, node, wires)


def _standing_in(draft: Draft, graph: GraphDraft, removed: set[str]) -> dict[str, list[Port]]:
    """For each removed node the kept ports that feed it, directly or through other removed nodes.

    Nodes on a cycle, which only a stranger's file can hold, are fed by nothing.
    """
    found: dict[str, list[Port]] = {node: [] for node in removed}
    order, _ = topological_order(graph.done(), graph.wires())
    for node in order:
        if node in removed:
            fed: dict[Port, None] = {}
            for edge in incoming_in_order(draft, graph, node):
                fed.update(dict.fromkeys(found.get(edge.source.node, [edge.source])))
            found[node] = list(fed)
    return found

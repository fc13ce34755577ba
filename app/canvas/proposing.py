"""An edit that is only considered: what of the drawing it would make or change, and what it would mean."""

from __future__ import annotations

from graph_engine.analysis import Analysis
from graph_engine.document import Document


def made_or_changed(before: Document, after: Document, graph: str) -> tuple[set[str], set[str]]:
    """Nodes and wires of a graph that are new, and nodes whose layer is set otherwise. Records are never changed."""
    old, new = before.graphs.get(graph), after.graphs[graph]
    nodes, edges = (old.nodes, old.edges) if old else ({}, {})
    made = {
        name
        for name, node in new.nodes.items()
        if nodes.get(name) is not node or before.layers.get(node.layer) is not after.layers[node.layer]
    }
    return made, {name for name, edge in new.edges.items() if edges.get(name) is not edge}


def consequence(before: Analysis, after: Analysis) -> str:
    """What would be left of the problems."""
    was, left = len(before.errors), len(after.errors)
    if not left:
        return "Shown as it would be: no problem would be left."
    beside = "" if left < was else ", as many as now" if left == was else ", more than now"
    return f"Shown as it would be: {left} problem{'' if left == 1 else 's'} would be left{beside}."

"""Which wires are shortcuts: they leave the long way to a merge and come back to it, so a residual looks like one.

A shortcut takes the colour of its merge, as does the projection on it, and may arc over what it passes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graph_engine.document import Edge, Graph, Wiring, topological_order, wiring

LONGEST_SIDE = 2  # nodes on a shortcut: a projection and its normalization, not a branch of a module


@dataclass(frozen=True, slots=True)
class Shortcuts:
    """Edge id -> the merge it belongs to."""

    merge: Mapping[str, str] = field(default_factory=dict)


def shortcuts(graph: Graph, joins: Mapping[str, bool]) -> Shortcuts:
    """``joins``: the merge nodes; True where layers are joined element by element, as residuals are.

    What is concatenated are branches in their own right, so there only a bare wire counts as a shortcut.
    """
    wires = wiring(graph)
    depth = _depths(graph, wires)
    merge: dict[str, str] = {}
    for node, elementwise in joins.items():
        incoming = wires.incoming(node)
        if len(incoming) < 2:
            continue
        deepest = max(depth[edge.source.node] for edge in incoming.values())
        for edge in incoming.values():
            if depth[edge.source.node] == deepest:
                continue
            side = _side_of(edge, wires, LONGEST_SIDE if elementwise else 0)
            merge.update((piece.id, node) for piece in side)
    return Shortcuts(merge)


def _depths(graph: Graph, wires: Wiring) -> dict[str, int]:
    order, looping = topological_order(graph, wires)
    depth = dict.fromkeys(looping, 0)
    for node in order:
        depth[node] = max((depth[edge.source.node] + 1 for edge in wires.incoming(node).values()), default=0)
    return depth


def _side_of(edge: Edge, wires: Wiring, longest: int) -> list[Edge]:
    """The edges from the fork to the merge; none when the way begins at an input or is too long."""
    side = [edge]
    while len(wires.outgoing(side[-1].source.node)) == 1:
        before = wires.incoming(side[-1].source.node)
        if len(before) != 1 or len(side) > longest:
            return []
        side.append(next(iter(before.values())))
    return side

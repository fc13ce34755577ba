"""What differs between two documents. Tables that are shared are not looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graph_engine.document.records import Document, Graph


@dataclass(frozen=True, slots=True)
class Changes:
    """Ids of one table, each list in the table's order."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    @property
    def present(self) -> tuple[str, ...]:
        """Added or changed: what the later document holds anew."""
        return self.added + self.changed


NOTHING: Final = Changes()


@dataclass(frozen=True, slots=True)
class GraphDiff:
    """``header``: the graph's name, or the order or set of its inputs and outputs."""

    nodes: Changes = NOTHING
    edges: Changes = NOTHING
    positions: Changes = NOTHING
    frames: Changes = NOTHING
    notes: Changes = NOTHING
    bends: Changes = NOTHING
    header: bool = False

    def __bool__(self) -> bool:
        return self.header or any(
            (self.nodes, self.edges, self.positions, self.frames, self.notes, self.bends)
        )


@dataclass(frozen=True, slots=True)
class Diff:
    """``graphs`` holds the graphs with changes; new and removed ones are compared with an empty graph."""

    graphs: Mapping[str, GraphDiff] = field(default_factory=dict)
    added_graphs: tuple[str, ...] = ()
    removed_graphs: tuple[str, ...] = ()
    layers: Changes = NOTHING
    data: bool = False
    training: bool = False
    description: bool = False

    def __bool__(self) -> bool:
        return bool(self.graphs or self.added_graphs or self.removed_graphs or self.layers) or any(
            (self.data, self.training, self.description)
        )

    def graph(self, graph: str) -> GraphDiff:
        return self.graphs.get(graph, GraphDiff())


def diff(before: Document, after: Document) -> Diff:
    if before is after:
        return Diff()
    graphs = _compare(before.graphs, after.graphs)
    keys = (*graphs.removed, *after.graphs)
    return Diff(
        {key: found for key in keys if (found := _graph_diff(before, after, key))},
        graphs.added,
        graphs.removed,
        _compare(before.layers, after.layers),
        before.data != after.data,
        before.training != after.training,
        before.description != after.description,
    )


def _graph_diff(before: Document, after: Document, graph: str) -> GraphDiff:
    old = before.graphs.get(graph, Graph(graph, ""))
    new = after.graphs.get(graph, Graph(graph, ""))
    if old is new:
        return GraphDiff()
    return GraphDiff(
        _compare(old.nodes, new.nodes),
        _compare(old.edges, new.edges),
        _compare(old.positions, new.positions),
        _compare(old.frames, new.frames),
        _compare(old.notes, new.notes),
        _compare(old.bends, new.bends),
        (old.name, old.inputs, old.outputs) != (new.name, new.inputs, new.outputs),
    )


def _compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    if before is after:
        return NOTHING
    differing = [key for key, value in after.items() if before.get(key) is not value]
    added = tuple(key for key in differing if key not in before)
    changed = tuple(key for key in differing if key in before and before[key] != after[key])
    removed: tuple[str, ...] = ()
    if len(before) + len(added) > len(after):
        removed = tuple(key for key in before if key not in after)
    return Changes(added, removed, changed) if added or removed or changed else NOTHING

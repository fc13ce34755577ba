"""Labelled undo and redo by snapshots. Documents share what did not change: a step costs what it changed."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from graph_engine.document.diff import diff
from graph_engine.document.records import Document

STEPS: Final = 1_000
BYTES: Final = 256 * 2**20  # of tables kept for undo; at 10,000 nodes a move keeps about 0.3 MB


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """A document and the step that led to it."""

    document: Document
    label: str = ""
    merge_key: Hashable | None = None
    cost: int = 0


class History:
    """States in a row, the present one among them. The first has no step that led to it."""

    def __init__(self, document: Document, steps: int = STEPS, size: int = BYTES) -> None:
        self._states = [State(document)]
        self._at = 0
        self._saved: State | None = self._states[0]
        self._sealed = False
        self._steps, self._size = steps, size

    @property
    def document(self) -> Document:
        return self._states[self._at].document

    @property
    def undo_label(self) -> str | None:
        """The step that ``undo`` would take back; None when there is none."""
        return self._states[self._at].label if self._at > 0 else None

    @property
    def redo_label(self) -> str | None:
        return self._states[self._at + 1].label if self._at + 1 < len(self._states) else None

    @property
    def is_dirty(self) -> bool:
        """Whether the present state is another than the one marked as saved."""
        return self._states[self._at] is not self._saved

    def mark_saved(self) -> None:
        self._saved = self._states[self._at]

    def seal(self) -> None:
        """End the present step: the next one is not merged into it."""
        self._sealed = True

    def record(self, document: Document, label: str, merge_key: Hashable | None = None) -> None:
        """Add a step after the present state. What could have been redone is forgotten."""
        if not diff(self.document, document):
            self._states[self._at] = self._with_ids_of(document)
            return
        if self._merges(merge_key):
            self._at -= 1
        self._sealed = False
        del self._states[self._at + 1 :]
        before = self.document
        if diff(before, document):
            self._states.append(State(document, label, merge_key, _cost(before, document)))
            self._at += 1
            self._trim()
        else:  # a gesture that ended where it began is no step
            self._states[self._at] = self._with_ids_of(document)

    def _merges(self, merge_key: Hashable | None) -> bool:
        """Whether the present step goes on. A saved state stays as it is: undo must lead back to it."""
        present = self._states[self._at]
        same_step = merge_key is not None and merge_key == present.merge_key and self._at > 0
        return same_step and not self._sealed and present is not self._saved

    def undo(self) -> Document:
        """Raises IndexError when there is nothing to undo."""
        if self._at == 0:
            raise IndexError("nothing to undo")
        return self._go(self._at - 1)

    def redo(self) -> Document:
        """Raises IndexError when there is nothing to redo."""
        if self._at + 1 == len(self._states):
            raise IndexError("nothing to redo")
        return self._go(self._at + 1)

    def _go(self, at: int) -> Document:
        """Ids are never given out twice, not even for things that undo took away."""
        latest = self.document
        self._at = at
        self._states[at] = self._with_ids_of(latest)
        self._sealed = True
        return self.document

    def _with_ids_of(self, latest: Document) -> State:
        state = self._states[self._at]
        if latest.next_id <= state.document.next_id:
            return state
        fresh = replace(state, document=replace(state.document, next_id=latest.next_id))
        if state is self._saved:
            self._saved = fresh
        return fresh

    def _trim(self) -> None:
        surplus = max(0, len(self._states) - 1 - self._steps)
        kept = sum(state.cost for state in self._states[surplus:])
        while kept > self._size and surplus < self._at - 1:
            kept -= self._states[surplus].cost
            surplus += 1
        del self._states[:surplus]
        self._at -= surplus


def _cost(before: Document, after: Document) -> int:
    """Bytes of the tables that the later document does not share with the earlier one."""
    shared = {id(table) for table in _tables(before)}
    return sum(sys.getsizeof(table) for table in _tables(after) if id(table) not in shared)


def _tables(document: Document) -> Iterator[Mapping[str, Any]]:
    yield document.layers
    for graph in document.graphs.values():
        yield from (graph.nodes, graph.edges, graph.positions, graph.frames, graph.notes, graph.bends)

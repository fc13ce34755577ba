"""Commands that copy parts of the drawing."""

from __future__ import annotations

from dataclasses import dataclass

from graph_engine.document.commands.base import DraftCommand, counted
from graph_engine.document.draft import Draft, Refused
from graph_engine.document.edits.pasting import paste
from graph_engine.document.fragment import Fragment, copy
from graph_engine.document.records import Point

BESIDE = Point(40.0, 40.0)


@dataclass(frozen=True, slots=True)
class Paste(DraftCommand):
    """A fragment's contents, as new layers; with ``keep_inputs`` wired to what fed the originals."""

    graph: str
    fragment: Fragment
    offset: Point = BESIDE
    keep_inputs: bool = False

    @property
    def label(self) -> str:
        return f"Paste {counted(len(self.fragment.document.main.nodes), 'layer')}"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        graph = draft.graph(self.graph)
        return paste(draft, graph, self.fragment, self.offset, keep_inputs=self.keep_inputs)


@dataclass(frozen=True, slots=True)
class Duplicate(DraftCommand):
    """Copies of nodes, frames and notes beside them; ``shared`` ones share the weights of the originals."""

    graph: str
    nodes: tuple[str, ...]
    offset: Point = BESIDE
    shared: bool = False

    @property
    def label(self) -> str:
        return f"Duplicate {counted(len(self.nodes), 'item')}{' sharing weights' if self.shared else ''}"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        graph = draft.graph(self.graph)
        fragment = copy(draft.original, self.graph, self.nodes)
        created = paste(draft, graph, fragment, self.offset, share=self.shared)
        if not created:
            raise Refused("Nothing is selected.")
        return created

"""Another document in the place of this one, as a step that can be undone."""

from __future__ import annotations

from dataclasses import dataclass, replace

from graph_engine.document.commands.base import Command, Edit
from graph_engine.document.records import Document


@dataclass(frozen=True, slots=True)
class Become(Command):
    """The drawing, the data and the settings of another document, such as the one a run was trained with."""

    other: Document
    label: str = "Open another graph"

    def apply(self, document: Document) -> Edit:
        if replace(self.other, next_id=document.next_id) == document:
            return Edit(document)
        return Edit(replace(self.other, next_id=max(document.next_id, self.other.next_id)))

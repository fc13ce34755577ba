"""Commands on frames and notes."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

from graph_engine.document.commands.base import DraftCommand
from graph_engine.document.draft import Draft, Refused
from graph_engine.document.edits.calls import checked_text
from graph_engine.document.invariants import in_reach
from graph_engine.document.records import Frame, Note


@dataclass(frozen=True, slots=True)
class AddFrame(DraftCommand):
    graph: str
    title: str
    x: float
    y: float
    width: float
    height: float
    colour: str = ""

    @property
    def label(self) -> str:
        return "Add frame"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        frame = Frame(draft.fresh("f"), self.title, self.x, self.y, self.width, self.height, self.colour)
        draft.graph(self.graph).frames.put(frame.id, _checked_frame(frame))
        return (frame.id,)


@dataclass(frozen=True, slots=True)
class EditFrame(DraftCommand):
    """A frame's title, colour or rectangle; None leaves a field."""

    graph: str
    frame: str
    title: str | None = None
    colour: str | None = None
    x: float | None = None
    y: float | None = None
    width: float | None = None
    height: float | None = None
    gesture: str = ""

    @property
    def label(self) -> str:
        return "Edit frame"

    @property
    def merge_key(self) -> Hashable | None:
        return ("frame", self.graph, self.frame, self.gesture) if self.gesture else None

    def edit(self, draft: Draft) -> tuple[str, ...]:
        frames = draft.graph(self.graph).frames
        if self.frame not in frames.rows:
            raise Refused("This frame is no longer on the canvas.")
        old = frames.rows[self.frame]
        frame = Frame(
            old.id,
            old.title if self.title is None else self.title,
            old.x if self.x is None else self.x,
            old.y if self.y is None else self.y,
            old.width if self.width is None else self.width,
            old.height if self.height is None else self.height,
            old.colour if self.colour is None else self.colour,
        )
        frames.put(frame.id, _checked_frame(frame))
        return ()


@dataclass(frozen=True, slots=True)
class AddNote(DraftCommand):
    graph: str
    text: str
    x: float
    y: float
    width: float = 240.0

    @property
    def label(self) -> str:
        return "Add note"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        note = Note(draft.fresh("t"), self.text, self.x, self.y, self.width)
        draft.graph(self.graph).notes.put(note.id, _checked_note(note))
        return (note.id,)


@dataclass(frozen=True, slots=True)
class EditNote(DraftCommand):
    """A note's text or width; None leaves a field."""

    graph: str
    note: str
    text: str | None = None
    width: float | None = None
    gesture: str = ""

    @property
    def label(self) -> str:
        return "Edit note"

    @property
    def merge_key(self) -> Hashable | None:
        return ("note", self.graph, self.note, self.gesture) if self.gesture else None

    def edit(self, draft: Draft) -> tuple[str, ...]:
        notes = draft.graph(self.graph).notes
        if self.note not in notes.rows:
            raise Refused("This note is no longer on the canvas.")
        old = notes.rows[self.note]
        text = old.text if self.text is None else self.text
        width = old.width if self.width is None else self.width
        notes.put(old.id, _checked_note(replace(old, text=text, width=width)))
        return ()


def _checked_frame(frame: Frame) -> Frame:
    checked_text(frame.title)
    checked_text(frame.colour)
    if not in_reach(frame.x, frame.y, frame.width, frame.height) or min(frame.width, frame.height) < 0:
        raise Refused("This frame lies outside of the canvas.")
    return frame


def _checked_note(note: Note) -> Note:
    checked_text(note.text)
    if not in_reach(note.x, note.y, note.width) or note.width < 0:
        raise Refused("This note lies outside of the canvas.")
    return note

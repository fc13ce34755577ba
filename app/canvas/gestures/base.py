"""A gesture: what happens between a press that has begun to move and its release."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent

from app.canvas.stage import Stage

NO_KEYS = Qt.KeyboardModifier.NoModifier


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the pointer is in the view, and which keys are held."""

    at: QPointF
    keys: Qt.KeyboardModifier = NO_KEYS

    @classmethod
    def of(cls, event: QMouseEvent) -> Pointer:
        return cls(event.position(), event.modifiers())

    @property
    def shift(self) -> bool:
        return bool(self.keys & Qt.KeyboardModifier.ShiftModifier)

    @property
    def control(self) -> bool:
        return bool(self.keys & Qt.KeyboardModifier.ControlModifier)

    @property
    def alt(self) -> bool:
        return bool(self.keys & Qt.KeyboardModifier.AltModifier)


class Gesture:
    """Base: nothing happens. A gesture leaves no trace but the command it dispatches on release."""

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, stage: Stage, start: Pointer) -> None:
        self.stage = stage
        self.start = start

    def move(self, pointer: Pointer) -> None:
        """The pointer has moved, or a modifier key has changed under it."""

    def release(self, pointer: Pointer) -> None:
        """The button is up: do it."""

    def cancel(self) -> None:
        """Given up: everything as it was."""

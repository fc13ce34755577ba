"""Moving the paper."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from app.canvas.gestures.base import Gesture, Pointer
from app.canvas.stage import Stage


class Pan(Gesture):
    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, stage: Stage, start: Pointer) -> None:
        super().__init__(stage, start)
        self._last: QPointF = start.at

    def move(self, pointer: Pointer) -> None:
        by = (pointer.at - self._last).toPoint()
        self._last += QPointF(by)  # what was rounded away is left for the next move
        self.stage.view.pan(by)

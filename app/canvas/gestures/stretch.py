"""A frame or a note made larger or smaller at its corner."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.canvas.geometry import snapped
from app.canvas.gestures.base import Gesture, Pointer
from app.canvas.stage import Stage
from graph_engine.document import Command, EditFrame, EditNote

SMALLEST = 80.0, 60.0


class Stretch(Gesture):
    """Shift keeps to the grid. One undo step, written on release."""

    cursor = Qt.CursorShape.SizeFDiagCursor

    def __init__(self, stage: Stage, start: Pointer, remark: str) -> None:
        super().__init__(stage, start)
        self._remark = remark
        self._from = stage.view.scene_point(start.at)
        self._size = stage.scene.remarks[remark].size
        self._now = self._size

    def move(self, pointer: Pointer) -> None:
        by = self.stage.view.scene_point(pointer.at) - self._from
        width, height = self._size[0] + by.x(), self._size[1] + by.y()
        if pointer.shift:
            width, height = snapped(width), snapped(height)
        self._now = max(SMALLEST[0], round(width)), max(SMALLEST[1], round(height))
        self.stage.scene.remarks[self._remark].stretch(*self._now)

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        if self._now != self._size:
            self.stage.do(self._command())

    def _command(self) -> Command:
        graph, (width, height) = self.stage.graph, self._now
        if self._remark in graph.frames:
            return EditFrame(graph.id, self._remark, width=width, height=height)
        return EditNote(graph.id, self._remark, width=width)

    def cancel(self) -> None:
        self.stage.scene.remarks[self._remark].stretch(*self._size)

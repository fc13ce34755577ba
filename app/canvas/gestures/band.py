"""A box drawn around what is to be selected."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from app.canvas.gestures.base import Gesture, Pointer
from app.canvas.marks import BandMark
from app.canvas.stage import Stage


class Band(Gesture):
    """With Shift or Ctrl what was selected before stays so."""

    def __init__(self, stage: Stage, start: Pointer) -> None:
        super().__init__(stage, start)
        before = stage.scene.selected_items()
        self._before = before
        self._kept = before if start.shift or start.control else ()
        self._mark = BandMark(stage.view, stage.scene.look)
        self._corner = stage.view.scene_point(start.at)

    def move(self, pointer: Pointer) -> None:
        rect = QRectF(self.stage.view.view_point(self._corner), pointer.at).normalized()
        self._mark.show(rect)
        inverse = self.stage.view.viewportTransform().inverted()[0]
        found = self.stage.scene.inside(inverse.mapRect(rect))
        self.stage.scene.select((*self._kept, *found))

    def release(self, pointer: Pointer) -> None:
        self._mark.hide()

    def cancel(self) -> None:
        self._mark.hide()
        self.stage.scene.select(self._before)

"""A stroke that cuts every wire it crosses."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from app.canvas.gestures.base import Gesture, Pointer
from app.canvas.marks import StrokeMark
from app.canvas.stage import Stage
from graph_engine.document import Disconnect


class Cut(Gesture):
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, stage: Stage, start: Pointer) -> None:
        super().__init__(stage, start)
        self._points = [start.at]
        self._mark = StrokeMark(stage.view, stage.scene.look)

    def move(self, pointer: Pointer) -> None:
        self._points.append(pointer.at)
        self._mark.show(self._points)

    def release(self, pointer: Pointer) -> None:
        self._mark.hide()
        crossed = self._crossed()
        if crossed:
            self.stage.do(Disconnect(self.stage.graph.id, crossed))

    def cancel(self) -> None:
        self._mark.hide()

    def _crossed(self) -> tuple[str, ...]:
        stroke: list[QPointF] = [self.stage.view.scene_point(point) for point in self._points]
        wires = self.stage.scene.wires.items()
        return tuple(edge for edge, wire in wires if wire.course and wire.course.crosses(stroke))

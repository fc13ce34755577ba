"""A point of a wire in hand: the wire is led through it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from app.canvas.geometry import snapped
from app.canvas.gestures.base import Gesture, Pointer
from app.canvas.stage import Stage
from graph_engine.document import Bend, Point


class BendWire(Gesture):
    """Moves a dot, or, where ``dot`` is -1, a new one. Shift keeps to the grid. One undo step, written on release."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, stage: Stage, start: Pointer, edge: str, dot: int) -> None:
        super().__init__(stage, start)
        self._edge = edge
        self._before = stage.graph.bends.get(edge, ())
        if dot < 0:
            at = stage.scene_point(start.at)
            dot = place_for(stage, edge, at)
            self._points = [*self._before[:dot], at, *self._before[dot:]]
        else:
            self._points = list(self._before)
        self._dot = dot

    def move(self, pointer: Pointer) -> None:
        x, y = self.stage.scene_point(pointer.at)
        if pointer.shift:
            x, y = snapped(x), snapped(y)
        self._points[self._dot] = Point(round(x), round(y))
        self.stage.scene.bend(self._edge, self._points)

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        self.stage.do(Bend(self.stage.graph.id, self._edge, tuple(self._points)))

    def cancel(self) -> None:
        self.stage.scene.bend(self._edge, self._before)


def place_for(stage: Stage, edge: str, at: Point) -> int:
    """Where among a wire's dots a new one belongs: on the piece that it lies nearest to."""
    wire, record, nodes = stage.scene.wires[edge], stage.graph.edges[edge], stage.scene.nodes
    start = nodes[record.source.node].spot(record.source.name, is_input=False)
    end = nodes[record.target.node].spot(record.target.name, is_input=True)
    spots = [start, *wire.dots, end]
    here = QPointF(*at)

    def detour(index: int) -> float:
        start, end = spots[index], spots[index + 1]
        return _length(start - here) + _length(here - end) - _length(start - end)

    return min(range(len(spots) - 1), key=detour)


def _length(way: QPointF) -> float:
    return float((way.x() ** 2 + way.y() ** 2) ** 0.5)

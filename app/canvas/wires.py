"""The course of wires: pure functions from two ends to a path and to the points a pointer can hit."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import hypot, log10

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QPolygonF

from graph_engine.values import TensorSpec

RISE = 64.0  # how far an arc travels sideways while it climbs


class Course:
    """A wire's path, and, once a pointer asks, the same as points."""

    __slots__ = ("_points", "bounds", "path")

    def __init__(self, path: QPainterPath) -> None:
        self.path = path
        self.bounds = path.controlPointRect()
        self._points: tuple[tuple[float, float], ...] = ()

    def distance(self, x: float, y: float) -> float:
        """From a point to the nearest piece of the wire."""
        self._points = self._points or _sampled(self.path)
        return min(_to_piece(x, y, *start, *end) for start, end in pairwise(self._points))

    def crosses(self, stroke: Sequence[QPointF]) -> bool:
        """Whether a line through some points cuts the wire."""
        line = QPolygonF(list(stroke))
        if not line.boundingRect().adjusted(-1, -1, 1, 1).intersects(self.bounds.adjusted(-1, -1, 1, 1)):
            return False
        self._points = self._points or _sampled(self.path)
        pieces = list(pairwise(self._points))
        cuts = [(a.x(), a.y(), b.x(), b.y()) for a, b in pairwise(stroke)]
        return any(_meet(*cut, *start, *end) for cut in cuts for start, end in pieces)

    def middle(self) -> QPointF:
        return self.path.pointAtPercent(0.5)


def direct(start: QPointF, end: QPointF) -> Course:
    """One cubic that leaves and arrives level."""
    across = end.x() - start.x()
    reach = across / 2 if across >= 0 else min(240.0, 60 - across * 0.6)
    reach = max(reach, min(48.0, hypot(across, end.y() - start.y()) / 2))
    path = QPainterPath(start)
    path.cubicTo(QPointF(start.x() + reach, start.y()), QPointF(end.x() - reach, end.y()), end)
    return Course(path)


def arc(start: QPointF, end: QPointF, level: float) -> Course:
    """Up (or down) to a level, along it, and back: a wire that passes over what lies between."""
    rise = min(RISE, max(12.0, (end.x() - start.x()) / 2))
    left, right = start.x() + rise, end.x() - rise
    path = QPainterPath(start)
    path.cubicTo(start.x() + 0.5 * rise, start.y(), start.x() + 0.3 * rise, level, left, level)
    path.lineTo(right, level)
    path.cubicTo(end.x() - 0.3 * rise, level, end.x() - 0.5 * rise, end.y(), end.x(), end.y())
    return Course(path)


def through(start: QPointF, points: Sequence[QPointF], end: QPointF) -> Course:
    """A wire led through points: it leaves and arrives level, and passes each point in the way from the one before it
    to the one after it."""
    stops = [start, *points, end]
    path = QPainterPath(start)
    for index, (here, there) in enumerate(pairwise(stops)):
        span = hypot(there.x() - here.x(), there.y() - here.y()) / 3
        path.cubicTo(here + _heading(stops, index) * span, there - _heading(stops, index + 1) * span, there)
    return Course(path)


def _heading(stops: Sequence[QPointF], index: int) -> QPointF:
    """The direction, of length 1, in which a wire passes a stop."""
    if index in (0, len(stops) - 1):
        return QPointF(1.0, 0.0)
    way = stops[index + 1] - stops[index - 1]
    length = hypot(way.x(), way.y())
    return way / length if length else QPointF(1.0, 0.0)


def thickness(spec: TensorSpec | None) -> float:
    """Grows mildly with the tensor: 1.5 for a scalar, 3 for a million numbers."""
    if spec is None:
        return 1.5
    size = 1
    for length in spec.sample_shape:
        size *= length or 1
    return 1.5 + min(1.5, log10(max(size, 1)) / 4)


def _sampled(path: QPainterPath) -> tuple[tuple[float, float], ...]:
    polygons: list[QPolygonF] = path.toSubpathPolygons()
    points = [(point.x(), point.y()) for polygon in polygons for point in polygon.toList()]
    return tuple(points)


def _to_piece(x: float, y: float, x1: float, y1: float, x2: float, y2: float) -> float:
    dx, dy = x2 - x1, y2 - y1
    square = dx * dx + dy * dy
    along = 0.0 if square == 0 else max(0.0, min(1.0, ((x - x1) * dx + (y - y1) * dy) / square))
    return hypot(x - x1 - along * dx, y - y1 - along * dy)


def _meet(ax: float, ay: float, bx: float, by: float, cx: float, cy: float, dx: float, dy: float) -> bool:
    """Whether two straight pieces cross: the ends of each lie on different sides of the other."""

    def side(px: float, py: float, qx: float, qy: float, x: float, y: float) -> bool:
        return (qx - px) * (y - py) > (qy - py) * (x - px)

    return side(ax, ay, bx, by, cx, cy) != side(ax, ay, bx, by, dx, dy) and side(
        cx, cy, dx, dy, ax, ay
    ) != side(cx, cy, dx, dy, bx, by)

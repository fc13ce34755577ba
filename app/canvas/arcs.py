"""How high arcs pass: over the nodes between their ends, on the emptier side, and beside each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

CLEARANCE = 26.0  # between the tops of nodes and an arc over them
LANE = 10.0  # between arcs that run side by side
CELL = 512.0


@dataclass(frozen=True, slots=True)
class Span:
    """A shortcut that wants to arc: its edge, its ends and the two nodes it joins."""

    edge: str
    start: QPointF
    end: QPointF
    nodes: tuple[str, str]


class Strips:
    """Rectangles by vertical strips of the plane, so that what lies between two x is found quickly."""

    def __init__(self, rects: Iterable[tuple[str, QRectF]]) -> None:
        self._strips: dict[int, list[tuple[str, QRectF]]] = {}
        for name, rect in rects:
            for strip in range(int(rect.left() // CELL), int(rect.right() // CELL) + 1):
                self._strips.setdefault(strip, []).append((name, rect))

    def between(self, left: float, right: float) -> dict[str, QRectF]:
        strips = range(int(left // CELL), int(right // CELL) + 1)
        return {
            name: rect
            for strip in strips
            for name, rect in self._strips.get(strip, ())
            if rect.right() > left and rect.left() < right
        }


def levels(spans: Iterable[Span], strips: Strips) -> dict[str, float]:
    """The height of every arc that has something to pass over. Short arcs first: longer ones lie outside."""
    found: dict[str, float] = {}
    taken: dict[int, list[tuple[float, float, float]]] = {}
    for span in sorted(spans, key=lambda span: (span.end.x() - span.start.x(), span.edge)):
        level = _own_level(span, strips)
        if level is not None:
            outwards = -LANE if level < span.start.y() else LANE
            found[span.edge] = _beside_others(span, level, outwards, taken)
    return found


def _own_level(span: Span, strips: Strips) -> float | None:
    """Above or below all that stands in the way of the straight wire; None where nothing does."""
    left, right = span.start.x(), span.end.x()
    if right - left < 24:
        return None
    rects = [rect for name, rect in strips.between(left, right).items() if name not in span.nodes]
    blocking = [rect for rect in rects if _blocks(rect, span)]
    if not blocking:
        return None
    over = _cleared(min(span.start.y(), span.end.y()), blocking, upwards=True)
    under = _cleared(max(span.start.y(), span.end.y()), blocking, upwards=False)
    return over if _hits(over, rects) <= _hits(under, rects) else under


def _blocks(rect: QRectF, span: Span) -> bool:
    """Whether a straight line between the ends would cross the rectangle, or pass it closely."""
    low, high = sorted((_height_at(span, rect.left()), _height_at(span, rect.right())))
    return rect.top() - 4 < high and rect.bottom() + 4 > low


def _height_at(span: Span, x: float) -> float:
    width = span.end.x() - span.start.x()
    along = max(0.0, min(1.0, (x - span.start.x()) / width))
    return span.start.y() + along * (span.end.y() - span.start.y())


def _cleared(level: float, blocking: list[QRectF], *, upwards: bool) -> float:
    if upwards:
        return min(level, *(rect.top() for rect in blocking)) - CLEARANCE
    return max(level, *(rect.bottom() for rect in blocking)) + CLEARANCE


def _hits(level: float, rects: list[QRectF]) -> int:
    return sum(rect.top() - 4 < level < rect.bottom() + 4 for rect in rects)


def _beside_others(
    span: Span, level: float, outwards: float, taken: dict[int, list[tuple[float, float, float]]]
) -> float:
    left, right = span.start.x(), span.end.x()
    cells = range(int(left // CELL), int(right // CELL) + 1)
    while any(
        other_left < right - 1 and other_right > left + 1 and abs(other - level) < LANE - 1
        for cell in cells
        for other_left, other_right, other in taken.get(cell, ())
    ):
        level += outwards
    for cell in cells:
        taken.setdefault(cell, []).append((left, right, level))
    return level

"""Gentle alignment of what is dragged with what stands: edges meet edges, middles meet middles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

Line = tuple[QPointF, QPointF]


@dataclass(frozen=True, slots=True)
class Snap:
    """How far to move on so that things align, and the lines to show for it."""

    dx: float = 0.0
    dy: float = 0.0
    lines: tuple[Line, ...] = ()


def snap(moving: QRectF, standing: Iterable[QRectF], reach: float) -> Snap:
    """``reach``: how near lines must be, in the same units as the rectangles."""
    rects = list(standing)
    best_x = _nearest(_upright(moving), [(x, rect) for rect in rects for x in _upright(rect)], reach)
    best_y = _nearest(_level(moving), [(y, rect) for rect in rects for y in _level(rect)], reach)
    dx, dy = (best_x[0] if best_x else 0.0), (best_y[0] if best_y else 0.0)
    settled = moving.translated(dx, dy)
    lines: list[Line] = []
    if best_x:
        top, bottom = _span(settled.top(), settled.bottom(), best_x[2].top(), best_x[2].bottom())
        lines.append((QPointF(best_x[1], top), QPointF(best_x[1], bottom)))
    if best_y:
        left, right = _span(settled.left(), settled.right(), best_y[2].left(), best_y[2].right())
        lines.append((QPointF(left, best_y[1]), QPointF(right, best_y[1])))
    return Snap(dx, dy, tuple(lines))


def _upright(rect: QRectF) -> tuple[float, ...]:
    return rect.left(), rect.right()


def _level(rect: QRectF) -> tuple[float, ...]:
    return rect.center().y(), rect.top(), rect.bottom()


def _nearest(
    mine: tuple[float, ...], theirs: list[tuple[float, QRectF]], reach: float
) -> tuple[float, float, QRectF] | None:
    """The smallest move that brings like to like, the line it ends on, and whose line that is."""
    best: tuple[float, float, QRectF] | None = None
    count = len(mine)
    for index, (line, rect) in enumerate(theirs):
        move = line - mine[index % count]
        if abs(move) <= reach and (best is None or abs(move) < abs(best[0])):
            best = move, line, rect
    return best


def _span(*ends: float) -> tuple[float, float]:
    return min(ends), max(ends)

"""The grid of dots behind the drawing, thinned when zoomed out so that it never becomes a pattern of its own."""

from __future__ import annotations

from math import floor

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen, QPolygonF

from app.canvas.geometry import GRID
from app.canvas.look import Look, color

CLOSEST = 15.0  # device-independent pixels between dots before every other row is left out


def dot_step(scale: float) -> float:
    """Scene units between dots at a zoom."""
    step = GRID
    while step * scale < CLOSEST:
        step *= 2
    return step


def paint_backdrop(painter: QPainter, exposed: QRectF, scale: float, look: Look) -> None:
    """In scene coordinates."""
    painter.fillRect(exposed, color(look.theme.canvas))
    step = dot_step(scale)
    left, top = floor(exposed.left() / step) * step, floor(exposed.top() / step) * step
    columns = int((exposed.right() - left) / step) + 1
    row = QPolygonF([QPointF(left + step * index, 0.0) for index in range(columns)])
    dots = QPen(color(look.theme.dot), max(1.4, min(2.4, 1.6 * scale)) / scale)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(dots)
    y = top
    while y <= exposed.bottom():
        painter.drawPoints(row.translated(0.0, y))
        y += step

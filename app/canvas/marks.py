"""What gestures paint over the drawing while they last, in the view's coordinates."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF

from app.canvas.lettering import advance
from app.canvas.look import Look, color, pen
from app.canvas.view import CanvasView
from app.theme import fonts


class Mark:
    """Painted by the view from the first `show` on, until it is hidden."""

    def __init__(self, view: CanvasView, look: Look) -> None:
        self._view = view
        self._shown = False
        self.look = look

    def hide(self) -> None:
        if self._shown:
            self._shown = False
            self._view.undecorate(self)

    def _change(self, before: QRectF) -> None:
        """After a change: paints where it was and where it is."""
        if not self._shown:
            self._shown = True
            self._view.decorate(self)
        else:
            self._view.touch(before)
            self._view.touch(self.bounds())

    @abstractmethod
    def bounds(self) -> QRectF:
        """Where it paints."""

    @abstractmethod
    def paint(self, painter: QPainter) -> None:
        """Paints it."""


class BandMark(Mark):
    """A selection box."""

    _rect = QRectF()

    def show(self, rect: QRectF) -> None:
        before, self._rect = self._rect, rect
        self._change(before)

    def bounds(self) -> QRectF:
        return self._rect

    def paint(self, painter: QPainter) -> None:
        accent = self.look.theme.accent
        painter.setPen(pen(accent, 1.0))
        painter.setBrush(color(accent, 0.10))
        painter.drawRect(self._rect)


class StrokeMark(Mark):
    """A stroke that cuts wires."""

    _line = QPolygonF()

    def show(self, points: Sequence[QPointF]) -> None:
        before, self._line = self._line.boundingRect(), QPolygonF(list(points))
        self._change(before)

    def bounds(self) -> QRectF:
        return self._line.boundingRect()

    def paint(self, painter: QPainter) -> None:
        painter.setPen(pen(self.look.theme.bad, 1.5, dashed=True))
        painter.drawPolyline(self._line)


class GuideMark(Mark):
    """Lines along edges that a dragged node shares with others."""

    _lines: tuple[tuple[QPointF, QPointF], ...] = ()

    def show(self, lines: Sequence[tuple[QPointF, QPointF]]) -> None:
        before, self._lines = self.bounds(), tuple(lines)
        self._change(before)

    def bounds(self) -> QRectF:
        result = QRectF()
        for start, end in self._lines:
            result = result.united(QRectF(start, end).normalized().adjusted(-1, -1, 1, 1))
        return result

    def paint(self, painter: QPainter) -> None:
        painter.setPen(pen(self.look.theme.accent, 1.0))
        for start, end in self._lines:
            painter.drawLine(start, end)


class GhostMark(Mark):
    """The wire in hand, and at its end the shape it carries or would give."""

    _path = QPainterPath()
    _end = QPointF()
    text = ""
    _tint = ""

    def show(self, path: QPainterPath, end: QPointF, text: str, tint: str) -> None:
        before = self.bounds()
        self._path, self._end, self.text, self._tint = path, end, text, tint
        self._change(before)

    def bounds(self) -> QRectF:
        wire = self._path.controlPointRect().adjusted(-8, -8, 8, 8)
        return wire.united(self._chip()) if self.text else wire

    def _chip(self) -> QRectF:
        width = advance(fonts.mono(), self.text) + 12
        return QRectF(self._end.x() + 10, self._end.y() - 26, width, 18)

    def paint(self, painter: QPainter) -> None:
        painter.setPen(pen(self._tint, 1.8, dashed=True))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._path)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(self._tint))
        painter.drawEllipse(self._end, 4.0, 4.0)
        if self.text:
            chip = self._chip()
            painter.drawRoundedRect(chip, 4, 4)
            painter.setPen(color(self.look.theme.on_accent))
            painter.setFont(fonts.mono())
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, self.text)

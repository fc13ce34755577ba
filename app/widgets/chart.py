"""A small painted chart: lines, points, bars, and a line to compare with. It needs no plotting library."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import appearance, current, fonts
from app.widgets.rounding import round_step

LEFT, RIGHT, TOP, BOTTOM = 60, 12, 8, 34
REACH: Final = 12.0  # pixels from a point that still mean it
_TICKS: Final = 5


@dataclass(frozen=True, slots=True)
class Series:
    """``style``: how points are drawn. ``notes``: what the pointer is told of each."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    style: Literal["line", "points", "bars"] = "line"
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """All a chart shows. ``compare``: two ends of a dashed line, in data terms; ``empty``: said where nothing is."""

    series: Sequence[Series] = ()
    x_title: str = ""
    y_title: str = ""
    x_range: tuple[float, float] = (0.0, 1.0)
    y_range: tuple[float, float] = (0.0, 1.0)
    compare: tuple[tuple[float, float], tuple[float, float]] | None = None
    empty: str = ""
    picks: Sequence[int] = field(default_factory=tuple)  # what each point of the first series asks for


class Chart(QWidget):
    """The nearest point under the pointer says its values; a click on it asks for its sample."""

    picked = Signal(int)
    pointed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = Picture()
        self._near: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        appearance().changed.connect(self.update)

    def show_picture(self, picture: Picture) -> None:
        self._picture, self._near = picture, None
        self.setAccessibleName(f"{picture.y_title} over {picture.x_title}")
        self.update()

    @property
    def picture(self) -> Picture:
        return self._picture

    def sizeHint(self) -> QSize:
        return QSize(320, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, 100)

    def at(self, x: float, y: float) -> QPointF:
        """Where a value lies, in pixels."""
        area, (low, high), (floor, top) = self._area(), self._picture.x_range, self._picture.y_range
        return QPointF(
            area.left() + (x - low) / ((high - low) or 1.0) * area.width(),
            area.bottom() - (y - floor) / ((top - floor) or 1.0) * area.height(),
        )

    def mouseMoveEvent(self, event: QMouseEvent, /) -> None:
        near = self._nearest(event.position())
        if near != self._near:
            self._near = near
            self.pointed.emit(self._words(near) if near else "")
            self.update()
        picks = near is not None and near[0] == 0 and self._picture.picks
        self.setCursor(Qt.CursorShape.PointingHandCursor if picks else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        near = self._nearest(event.position())
        if near is not None and near[0] == 0 and self._picture.picks:
            self.picked.emit(self._picture.picks[near[1]])

    def leaveEvent(self, event: QEvent, /) -> None:
        super().leaveEvent(event)
        self._near = None
        self.pointed.emit("")
        self.update()

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Grid, series, axes."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not any(len(series.x) for series in self._picture.series):
            painter.setPen(QColor(current().dim))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._picture.empty)
            return
        self._paint_grid(painter)
        for index, series in enumerate(self._picture.series):
            self._paint_series(painter, series, QColor(_colour(index)))
        if self._near is not None:
            series = self._picture.series[self._near[0]]
            place = self.at(series.x[self._near[1]], series.y[self._near[1]])
            painter.setBrush(QColor(_colour(self._near[0])))
            painter.setPen(QPen(QColor(current().panel), 1.5))
            painter.drawEllipse(place, 4.5, 4.5)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(LEFT, TOP, -RIGHT, -BOTTOM)

    def _paint_grid(self, painter: QPainter) -> None:
        theme, area = current(), self._area()
        painter.setFont(fonts.mono(10))
        for value in ticks(*self._picture.y_range):
            y = self.at(0, value).y()
            painter.setPen(QPen(QColor(theme.grid), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(theme.dim))
            place = QRectF(12, y - 8, LEFT - 18, 16)
            painter.drawText(
                place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{value:,g}"
            )
        for value in ticks(*self._picture.x_range):
            x = self.at(value, 0).x()
            painter.drawText(
                QRectF(x - 30, area.bottom() + 4, 60, 14), Qt.AlignmentFlag.AlignCenter, f"{value:,g}"
            )
        painter.setFont(fonts.tiny())
        painter.setPen(QColor(theme.faint))
        below = QRectF(area.left(), area.bottom() + 17, area.width(), 16)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._picture.x_title)
        painter.save()
        painter.translate(0, area.bottom())
        painter.rotate(-90)
        beside = QRectF(0, 0, area.height(), 14)
        painter.drawText(beside, Qt.AlignmentFlag.AlignCenter, self._picture.y_title)
        painter.restore()
        if self._picture.compare is not None:
            painter.setPen(QPen(QColor(theme.faint), 1, Qt.PenStyle.DashLine))
            painter.drawLine(*(self.at(*end) for end in self._picture.compare))

    def _paint_series(self, painter: QPainter, series: Series, colour: QColor) -> None:
        places = [self.at(x, y) for x, y in zip(series.x, series.y, strict=True)]
        if series.style == "line":
            painter.setPen(QPen(colour, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(QPolygonF(places))
            return
        painter.setPen(Qt.PenStyle.NoPen)
        if series.style == "points":
            colour.setAlpha(130)
            painter.setBrush(colour)
            for place in places:
                painter.drawEllipse(place, 2.5, 2.5)
            return
        painter.setBrush(colour)
        floor, width = self.at(0, 0).y(), self._area().width() / max(1, len(places))
        for place in places:
            painter.drawRect(
                QRectF(place.x() - width / 2 + 1, place.y(), max(1.0, width - 2), floor - place.y())
            )

    def _nearest(self, position: QPointF) -> tuple[int, int] | None:
        best, found = REACH**2, None
        for number, series in enumerate(self._picture.series):
            for index, (x, y) in enumerate(zip(series.x, series.y, strict=True)):
                away = self.at(x, y) - position
                if series.style == "bars":  # the whole column means it
                    away = QPointF(away.x(), min(0.0, away.y()))
                distance = away.x() ** 2 + away.y() ** 2
                if distance < best:
                    best, found = distance, (number, index)
        return found

    def _words(self, near: tuple[int, int]) -> str:
        series = self._picture.series[near[0]]
        if series.notes:
            return series.notes[near[1]]
        x, y = series.x[near[1]], series.y[near[1]]
        picture = self._picture
        return f"{series.name}: {picture.y_title} {y:.3g} at {picture.x_title} {x:.3g}".removeprefix(": ")


def ticks(low: float, high: float) -> list[float]:
    """Round numbers between two ends, about five."""
    span = high - low
    if not math.isfinite(span) or span <= 0:
        return [low]
    step = round_step(span / _TICKS)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]


def _colour(index: int) -> str:
    series = current().series
    return series[index % len(series)]

"""The drawn part of a plot: lines over epochs, axes that hold still, and the pointer's line."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from app import theme
from app.plots.curve import Curve
from app.plots.curves import Curves
from app.plots.legend import Line
from app.theme import fonts

HEIGHT: Final = 140
_LIGHT: Final = 110  # of 255: batches stand behind epochs
_MOST_DOTS: Final = 60
_TICKS: Final = 5
_EPOCH_TICKS: Final = 10
_HIGHEST_WORDS: Final = 0.92  # of a plot's height: what a mark says
_WORDS_APART: Final = 0.11
_WORDS_ROWS: Final = 4
_FLAT: Final = 1e-9  # of a height: what differs less is the same
_NOTHING: Final = 1e-100
_BEHIND: Final = -1000
_MARGIN: Final = 0.02  # of a range, so that dots at the edge are whole
_MARGIN_HIGH: Final = 0.06  # and the numbers beside it


class Drawing(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Batches light, epochs strong. The mouse moves nothing but the pointer's line."""

    pointed = Signal(object)  # the epoch under the pointer, or None

    def __init__(self, curves: Curves, parent: QWidget | None = None) -> None:
        self._heights_axis = _Heights("left")
        super().__init__(parent, axisItems={"left": self._heights_axis})
        self._curves = curves
        self._lines: tuple[Line, ...] = ()
        self._light: dict[str, Any] = {}
        self._strong: dict[str, Any] = {}
        self._marks: list[Any] = []
        self._drawn: dict[tuple[str, bool], tuple[int, int]] = {}
        self._ranges: dict[str, tuple[float, float, float]] = {}
        self._logarithmic = False
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._cursor.hide()
        self.setMinimumHeight(HEIGHT)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self.getViewBox().disableAutoRange()
        self.addItem(self._cursor, ignoreBounds=True)
        self.scene().sigMouseMoved.connect(self._point)

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        for item in (*self._light.values(), *self._strong.values()):
            self.removeItem(item)
        self._lines = lines
        self._drawn.clear()
        self._light = {line.name: self.plot(antialias=True) for line in lines}
        self._strong = {line.name: self.plot(antialias=True) for line in lines}
        self.dress()

    def show_logarithmic(self, logarithmic: bool) -> None:
        self._logarithmic = logarithmic
        self._drawn.clear()
        self._heights_axis.exponents = logarithmic
        self._ranges.clear()
        self.refresh()

    def refresh(self) -> None:
        """Draws what is new."""
        for line in self._lines:
            self._draw(line, self._light[line.name], self._curves.batches.get(line.name), False)
            self._draw(line, self._strong[line.name], self._curves.epochs.get(line.name), True)
        self._draw_marks()
        self._set_ranges()

    def dress(self) -> None:
        """In the colours of the theme."""
        tokens = theme.current()
        self.setBackground(tokens.panel)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(pg.mkPen(tokens.line if side == "bottom" else None))
            axis.setTickPen(pg.mkPen(tokens.line))
            axis.setTextPen(pg.mkPen(tokens.dim))
            axis.setTickFont(fonts.mono(10))
            axis.setStyle(
                tickLength=0,
                tickTextOffset=6,
                autoExpandTextSpace=True,
                tickAlpha=255,
                hideOverlappingLabels=False,
            )
            axis.setZValue(_BEHIND)  # the grid belongs to it
        self.showGrid(y=True, x=False)
        self._cursor.setPen(pg.mkPen(tokens.faint, style=Qt.PenStyle.DotLine))
        for line in self._lines:
            light = QColor(line.colour)
            light.setAlpha(_LIGHT)
            dashes = Qt.PenStyle.DashLine if line.is_dashed else Qt.PenStyle.SolidLine
            self._light[line.name].setPen(pg.mkPen(light, width=1, style=dashes))
            self._strong[line.name].setPen(pg.mkPen(line.colour, width=1, style=dashes))
            self._strong[line.name].setSymbolBrush(line.colour)
        self._marks_are_old = True

    def leaveEvent(self, event: QEvent) -> None:
        """No value is pointed at any more."""
        super().leaveEvent(event)
        self._cursor.hide()
        self.pointed.emit(None)

    def _draw(self, line: Line, item: Any, curve: Curve | None, dots: bool) -> None:
        state = (id(curve), curve.count if curve else 0)
        if self._drawn.get((line.name, dots)) == state:
            return
        self._drawn[line.name, dots] = state
        xs, ys = (curve.x, self._heights(curve.y)) if curve else ([], [])
        symbol = "o" if dots and 0 < len(xs) <= _MOST_DOTS else None
        item.setData(xs, ys, symbol=symbol, symbolSize=4, symbolPen=None, symbolBrush=line.colour)

    def _draw_marks(self) -> None:
        if len(self._marks) == len(self._curves.marks) and not self._marks_are_old:
            return
        for item in self._marks:
            self.removeItem(item)
        pen = pg.mkPen(theme.current().warn, style=Qt.PenStyle.DashLine)
        self._marks = []
        for index, mark in enumerate(self._curves.marks):
            height = _HIGHEST_WORDS - _WORDS_APART * (index % _WORDS_ROWS)  # so that neighbours can be read
            words = {"position": height, "color": theme.current().warn, "anchors": [(0, 0.5), (0, 0.5)]}
            item = pg.InfiniteLine(mark.x, angle=90, pen=pen, label=mark.text, labelOpts=words)
            item.label.setFont(fonts.tiny())
            self._marks.append(item)
        for item in self._marks:
            self.addItem(item, ignoreBounds=True)
        self._marks_are_old = False

    def _heights(self, values: Sequence[float]) -> list[float]:
        if not self._logarithmic:
            return [value if math.isfinite(value) else math.nan for value in values]
        return [math.log10(value) if 0 < value < math.inf else math.nan for value in values]

    def _set_ranges(self) -> None:
        """Both change only when a curve leaves them, so that nothing trembles and axes are drawn seldom."""
        curves = [*self._curves.batches.items(), *self._curves.epochs.items()]
        names = {line.name for line in self._lines}
        shown = (y for name, curve in curves if name in names for y in self._heights(curve.y))
        self._set_range("left", *round_bounds(shown, least=1.0 if self._logarithmic else 0.0))
        length = max(1, self._curves.length)
        self._set_range("bottom", 0, length, max(1.0, round_step(length / _EPOCH_TICKS)))

    def _set_range(self, side: str, low: float, high: float, step: float) -> None:
        if self._ranges.get(side) == (low, high, step):
            return
        self._ranges[side] = (low, high, step)
        if side == "left":
            self.setYRange(low, high, padding=_MARGIN_HIGH)
        else:
            self.setXRange(low, high, padding=_MARGIN)
        self.getAxis(side).setTickSpacing(levels=[(step, 0)])

    def _point(self, position: QPointF) -> None:
        view = self.getViewBox()
        if not view.sceneBoundingRect().contains(position):
            self._cursor.hide()
            self.pointed.emit(None)
            return
        at = view.mapSceneToView(position).x()
        self._cursor.setPos(at)
        self._cursor.show()
        self.pointed.emit(at)


class _Heights(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Numbers at round heights, or the powers of ten that they are exponents of, without lines between them."""

    exponents = False

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if not self.exponents:
            return list(super().tickStrings(values, scale, spacing))
        return [f"{10.0**value:.3g}" for value in values]


def round_bounds(values: Iterable[float], least: float = 0.0) -> tuple[float, float, float]:
    """Round numbers around all values that are numbers, and the step between those to write at the axis.

    ``least``: no smaller step; 1 for exponents.
    """
    finite = [value for value in values if math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=1.0)
    size = max(abs(low), abs(high))
    if high - low <= _FLAT * size or size < _NOTHING:
        room = 0.5 * size if size >= _NOTHING else 0.5
        low, high = low - room, high + room
    step = max(least, round_step((high - low) / _TICKS))
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, step


def round_step(size: float) -> float:
    """1, 2 or 5 times a power of ten, at least ``size``."""
    power: float = 10.0 ** math.floor(math.log10(size))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= size * (1 - 1e-9))

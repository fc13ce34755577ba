"""The drawn part of a plot: lines over epochs, axes that hold still, the pointer's line, zoom and pan."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from app import theme
from app.plots.axes import Heights, Range, moved, round_bounds, zoomed
from app.plots.curve import Curve, Series
from app.plots.curves import Curves, Group
from app.plots.legend import Line
from app.plots.marking import Marks
from app.plots.thinning import Smoothed, thinned
from app.theme import fonts
from app.theme.colors import mix
from app.widgets.rounding import round_step

HEIGHT: Final = 140
_LIGHT: Final = 0.45  # of a colour: batches stand behind epochs, and raw curves behind smoothed ones
_MOST_DOTS: Final = 60
_EPOCH_TICKS: Final = 10
_BEHIND: Final = -1000
_MARGIN: Final = 0.02  # of a range, so that dots at the edge are whole
_MARGIN_HIGH: Final = 0.06  # and the numbers beside it
_NOTCH: Final = 0.8  # what one notch of the wheel leaves of what is seen
_NOTCH_ANGLE: Final = 120
_NONE: Final = np.empty(0)
_LEFT = Qt.MouseButton.LeftButton


class Drawing(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Batches light, epochs strong; smoothed, what was logged is light and the smoothed curve strong.

    The wheel zooms epochs, with Ctrl heights; a drag moves what is seen; a double click shows everything.
    """

    pointed = Signal(object)  # the epoch under the pointer, or None
    sightChanged = Signal(bool)  # whether less than everything is seen

    def __init__(self, curves: Curves, parent: QWidget | None = None) -> None:
        self._heights_axis = Heights("left")
        super().__init__(parent, axisItems={"left": self._heights_axis}, enableMenu=False)
        self._curves = curves
        self._group = Group("", ())
        self._lines: tuple[Line, ...] = ()
        self._light: dict[str, Any] = {}
        self._strong: dict[str, Any] = {}
        self._drawn: dict[tuple[str, bool], tuple[Any, ...]] = {}
        self._ranges: dict[str, tuple[float, float, float]] = {}
        self._smoothed: dict[str, Smoothed] = {}
        self._marks = Marks(self)
        self.keep = 0.0  # of the smoothed curve from point to point
        self._logarithmic = False
        self._across: Range | None = None  # the epochs that are seen; None: all
        self._high: Range | None = None  # the heights
        self._held: QPointF | None = None
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._set_up()

    def _set_up(self) -> None:
        self._cursor.hide()
        self.setMinimumHeight(HEIGHT)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)  # hands are its own: see below
        self.getViewBox().disableAutoRange()
        self.addItem(self._cursor, ignoreBounds=True)
        self.scene().sigMouseMoved.connect(self._point)

    # What is shown

    @property
    def is_zoomed(self) -> bool:
        return self._across is not None or self._high is not None

    @property
    def across(self) -> Range:
        """The epochs that are seen."""
        return self._across or self.whole

    @property
    def whole(self) -> Range:
        """The epochs there are, and room for some more: it grows in steps, until it is as long as the training."""
        reached, length = self._curves.reached, float(max(1, self._curves.length))
        return 0.0, min(length, round_step(reached)) if reached > 0 else length

    def show_lines(self, group: Group, lines: tuple[Line, ...]) -> None:
        for item in (*self._light.values(), *self._strong.values()):
            self.removeItem(item)
        self._group, self._lines = group, lines
        self._drawn.clear()
        self._light = {line.name: self.plot(antialias=True) for line in lines}
        self._strong = {line.name: self.plot(antialias=True) for line in lines}
        self._see(self._across, None)
        self.dress()

    def show_logarithmic(self, logarithmic: bool) -> None:
        self._logarithmic = logarithmic
        self._heights_axis.exponents = logarithmic
        self._ranges.clear()
        self._see(self._across, None)

    def show_smoothed(self, keep: float) -> None:
        """``keep``: see `thinning.Smoothed`; 0 shows what was logged alone."""
        self.keep = keep
        self.refresh()

    def show_all(self) -> None:
        """Everything, neither zoomed nor moved."""
        self._see(None, None)

    def refresh(self) -> None:
        """Draws what is new."""
        for line in self._lines:
            batches, epochs = self._curves.curves(self._group, line.name)
            if self.keep:
                raw, keep = (batches, self.keep) if batches else (epochs, self.keep**self._curves.steps)
                self._draw(line, self._light[line.name], raw, 0.0, dots=False)
                self._draw(line, self._strong[line.name], raw, keep, dots=False)
            else:
                behind, front = (batches, epochs) if self._group.logged else (None, batches)
                self._draw(line, self._light[line.name], behind, 0.0, dots=False)
                self._draw(line, self._strong[line.name], front, 0.0, dots=self._group.logged)
        self._marks.show(self._curves.marks, self.across)
        self._set_ranges()

    def dress(self) -> None:
        """In the colours of the theme."""
        tokens = theme.current()
        self.setBackground(tokens.panel)
        for side in ("left", "bottom"):
            self._dress_axis(self.getAxis(side), tokens.line if side == "bottom" else None)
        self.showGrid(y=True, x=False)
        self._cursor.setPen(pg.mkPen(tokens.faint, style=Qt.PenStyle.DotLine))
        for line in self._lines:
            light = mix(line.colour, tokens.panel, _LIGHT)  # opaque: what overlaps would be darker
            dashes = Qt.PenStyle.DashLine if line.is_dashed else Qt.PenStyle.SolidLine
            self._light[line.name].setPen(pg.mkPen(light, width=1, style=dashes))
            self._strong[line.name].setPen(pg.mkPen(line.colour, width=1, style=dashes))
            self._strong[line.name].setSymbolBrush(line.colour)
        self._marks.forget()

    def _dress_axis(self, axis: Any, pen: str | None) -> None:
        tokens = theme.current()
        axis.setPen(pg.mkPen(pen))
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

    def _draw(self, line: Line, item: Any, curve: Curve | None, keep: float, *, dots: bool) -> None:
        """Anew only where the curve or what is seen of it has changed."""
        columns = max(64, round(self.getViewBox().width()))
        state = (
            id(curve),
            curve.version if curve else 0,
            keep,
            self._logarithmic,
            self.across,
            columns,
            dots,
        )
        if self._drawn.get((line.name, item is self._strong[line.name])) == state:
            return
        self._drawn[line.name, item is self._strong[line.name]] = state
        xs, ys = _NONE, _NONE
        if curve is not None:
            heights = self._smooth(line.name, curve, keep) if keep else curve.y
            xs, ys = thinned(curve.x, heights, *self.across, columns)
        ys = self._heights(ys)
        if not np.isfinite(ys).any():
            xs, ys = _NONE, _NONE
        symbol = "o" if dots and 0 < len(xs) <= _MOST_DOTS else None
        item.setData(xs, ys, symbol=symbol, symbolSize=4, symbolPen=None, connect="finite")
        item.setSymbolBrush(line.colour)

    def _smooth(self, name: str, curve: Curve, keep: float) -> Series:
        known = self._smoothed.get(name)
        if known is None or known.curve is not curve or known.keep != keep:
            known = self._smoothed[name] = Smoothed(curve, keep)
        return known.values()

    def _heights(self, values: Series) -> Series:
        if not self._logarithmic:
            return values
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(values > 0, np.log10(values), np.nan)

    def _set_ranges(self) -> None:
        """Both change only when a curve leaves them, so that nothing trembles and axes are drawn seldom."""
        drawn = [item.getData() for item in (*self._light.values(), *self._strong.values())]
        least = 1.0 if self._logarithmic else 0.0
        ends = [edge for xs, ys in drawn if xs is not None for edge in _edges(xs, ys, self.across)]
        low, high, step = round_bounds(self._high or ends, least=0.0 if self._high else least)
        self._set_range("left", *(self._high or (low, high)), step)
        low, high = self.across
        least = 1.0 if high - low >= _EPOCH_TICKS / 2 else 0.0
        self._set_range("bottom", low, high, max(least, round_step((high - low) / _EPOCH_TICKS)))

    def _set_range(self, side: str, low: float, high: float, step: float) -> None:
        if self._ranges.get(side) == (low, high, step):
            return
        self._ranges[side] = (low, high, step)
        if side == "left":
            self.setYRange(low, high, padding=_MARGIN_HIGH)
        else:
            self.setXRange(low, high, padding=0.0 if self._across else _MARGIN)
        self.getAxis(side).setTickSpacing(levels=[(step, 0)])

    # Hands

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms at the pointer."""
        at = self._place(event.position())
        factor = _NOTCH ** (event.angleDelta().y() / _NOTCH_ANGLE)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            low, high, _ = self._ranges["left"]
            self._see(self._across, zoomed((low, high), at.y(), factor, (-np.inf, np.inf)))
        else:
            self._see(zoomed(self.across, at.x(), factor, self.whole), self._high)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == _LEFT:
            self._held = self._place(event.position())
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Moves what is seen with the pointer."""
        super().mouseMoveEvent(event)
        if self._held is None or not event.buttons() & _LEFT:
            return
        by = self._held - self._place(event.position())
        across = self._across and moved(self._across, by.x(), self.whole)
        high = self._high and moved(self._high, by.y(), (-np.inf, np.inf))
        self._see(across, high)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.show_all()
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """No value is pointed at any more."""
        super().leaveEvent(event)
        self.leave()

    def leave(self) -> None:
        """The pointer is elsewhere."""
        self._cursor.hide()
        self.pointed.emit(None)

    def _see(self, across: Range | None, high: Range | None) -> None:
        was = self.is_zoomed
        self._across, self._high = across, high
        self.refresh()
        if was != self.is_zoomed:
            self.sightChanged.emit(self.is_zoomed)

    def _place(self, position: QPointF) -> QPointF:
        """A point of the widget in epochs and heights."""
        place: QPointF = self.getViewBox().mapSceneToView(self.mapToScene(position.toPoint()))
        return place

    def _point(self, position: QPointF) -> None:
        view = self.getViewBox()
        if not view.sceneBoundingRect().contains(position):
            self.leave()
            return
        at = view.mapSceneToView(position).x()
        self._cursor.setPos(at)
        self._cursor.show()
        self.pointed.emit(at)


def _edges(xs: Series, ys: Series, across: Range) -> tuple[float, ...]:
    """The lowest and the highest that are seen."""
    seen = ys[np.isfinite(ys) & (xs >= across[0]) & (xs <= across[1])]
    return (float(seen.min()), float(seen.max())) if len(seen) else ()

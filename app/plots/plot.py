"""One plot: train and validation curves of a group of logs, with the value under the pointer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app import theme
from app.plots.curves import VALIDATION, Curve, Curves, Group
from app.theme import fonts, label

HEIGHT = 150


class Plot(QWidget):
    """Colours: train and validation where there is one curve; else one colour an output, validation dashed."""

    def __init__(self, group: Group, curves: Curves, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.group = group
        self._curves = curves
        self._values: dict[str, QLabel] = {}
        self._lines: dict[str, Any] = {}
        self._area = pg.PlotWidget()
        self._area.setMinimumHeight(HEIGHT)
        self._area.setMenuEnabled(False)
        self._area.hideButtons()
        self._area.setMouseEnabled(x=False, y=False)
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._cursor.hide()
        self._logarithmic = QToolButton()
        self._logarithmic.setText("log")
        self._logarithmic.setCheckable(True)
        self._logarithmic.setToolTip("Logarithmic scale")
        self._logarithmic.toggled.connect(self._scale)
        self._lay_out()
        self._area.addItem(self._cursor, ignoreBounds=True)
        self._area.scene().sigMouseMoved.connect(self._point)
        theme.appearance().changed.connect(self.dress)
        self.dress()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(label(self.group.title, "title"))
        for name in self._shown():
            self._values[name] = label("", "small")
            self._values[name].setTextFormat(Qt.TextFormat.RichText)
            top.addWidget(self._values[name])
        top.addStretch(1)
        top.addWidget(self._logarithmic)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._area, 1)
        self._lines = {name: self._area.plot(antialias=True) for name in self._shown()}

    def _shown(self) -> list[str]:
        return [name for base in self.group.names for name in (base, VALIDATION + base)]

    def refresh(self) -> None:
        """Draws what is new."""
        for name in self._shown():
            curve = self._curve(name)
            self._lines[name].setData(curve.x if curve else [], self._heights(curve.y) if curve else [])
            self._values[name].setVisible(curve is not None)
        self._area.setXRange(0, max(1, self._curves.length), padding=0.02)
        self._tell(None)

    def dress(self) -> None:
        """In the colours of the theme."""
        tokens = theme.current()
        self._area.setBackground(tokens.panel)
        for side in ("left", "bottom"):
            axis = self._area.getAxis(side)
            axis.setPen(pg.mkPen(tokens.line))
            axis.setTextPen(pg.mkPen(tokens.dim))
            axis.setTickFont(fonts.mono(10))
            axis.setStyle(tickLength=0, tickTextOffset=6, autoExpandTextSpace=True)
        self._area.getAxis("left").setPen(pg.mkPen(None))
        self._area.showGrid(y=True, x=False, alpha=0.16)
        self._cursor.setPen(pg.mkPen(tokens.faint, style=Qt.PenStyle.DotLine))
        for name, line in self._lines.items():
            dashed = len(self.group.names) > 1 and name.startswith(VALIDATION)
            style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
            line.setPen(pg.mkPen(self._colour(name), width=1.5, style=style))
        self._tell(None)

    def _colour(self, name: str) -> str:
        series = theme.current().series
        if len(self.group.names) == 1:
            return series[int(name.startswith(VALIDATION))]
        return series[self.group.names.index(name.removeprefix(VALIDATION)) % len(series)]

    def _heights(self, values: Sequence[float]) -> list[float]:
        if not self._logarithmic.isChecked():
            return list(values)
        return [math.log10(value) if value > 0 else math.nan for value in values]

    def _scale(self, logarithmic: bool) -> None:
        self._area.getAxis("left").setLogMode(y=logarithmic)
        self.refresh()

    def _curve(self, name: str) -> Curve | None:
        return self._curves.batches.get(name) or self._curves.epochs.get(name)

    def _point(self, position: QPointF) -> None:
        inside = self._area.sceneBoundingRect().contains(position)
        self._cursor.setVisible(inside)
        at = self._area.getViewBox().mapSceneToView(position).x() if inside else None
        if at is not None:
            self._cursor.setPos(at)
        self._tell(at)

    def _tell(self, at: float | None) -> None:
        """Names with their values: at the pointer, else the newest."""
        for name, shown in self._values.items():
            curve = self._curve(name)
            if curve is None or not curve.x:
                continue
            index = -1 if at is None else min(range(len(curve.x)), key=lambda i: abs(curve.x[i] - at))
            value = curve.y[index]
            shown.setText(
                f'<span style="color:{self._colour(name)}">\u25cf</span> {self._word(name)} {number(value)}'
            )

    def _word(self, name: str) -> str:
        base = name.removeprefix(VALIDATION)
        side = "validation" if name != base else "train"
        if len(self.group.names) == 1:
            return side
        head = "total" if base == "loss" else base.removesuffix("_loss")
        return f"{head} {side}" if name == base else "validation"


def number(value: float) -> str:
    """Three significant figures."""
    return f"{value:.3g}" if math.isfinite(value) else str(value)

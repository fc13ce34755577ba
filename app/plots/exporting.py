"""Plots as files: a picture (PNG), a drawing (SVG), or their numbers (CSV)."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from app import theme
from app.plots.curves import Curves
from app.theme import fonts
from graph_engine.values import LayerloomError

if TYPE_CHECKING:
    from app.plots.curve import Curve
    from app.plots.plot import Plot

KINDS: Final = ("png", "svg", "csv")
_SCALE: Final = 2.0  # of a picture
_MARGIN: Final = 16
_HEADING: Final = 24


def save(path: Path, plots: Sequence[Plot], curves: Curves) -> None:
    """Writes what the file's name asks for. Raises LayerloomError when it cannot be written."""
    try:
        match path.suffix:
            case ".csv":
                _write_numbers(path, curves)
            case ".svg":
                _write_drawing(path, plots)
            case _:
                _write_picture(path, plots)
    except OSError as error:
        raise LayerloomError(f"{path.name} could not be written: {error.strerror}.") from None


def _write_picture(path: Path, plots: Sequence[Plot]) -> None:
    size = _size(plots)
    image = QImage(size * _SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SCALE)
    painter = QPainter(image)
    _paint(painter, plots)
    painter.end()
    if not image.save(str(path)):
        raise LayerloomError(f"{path.name} could not be written there.")


def _write_drawing(path: Path, plots: Sequence[Plot]) -> None:
    drawing = QSvgGenerator()
    drawing.setFileName(str(path))
    drawing.setSize(_size(plots))
    drawing.setViewBox(QRect(QPointF().toPoint(), _size(plots)))
    drawing.setTitle("Training")
    painter = QPainter()
    if not painter.begin(drawing):
        raise LayerloomError(f"{path.name} could not be written there.")
    _paint(painter, plots)
    painter.end()


def _size(plots: Sequence[Plot]) -> QSize:
    width = sum(plot.width() + _MARGIN for plot in plots) + _MARGIN
    return QSize(width, max(plot.drawing.height() for plot in plots) + _HEADING + 2 * _MARGIN)


def _paint(painter: QPainter, plots: Sequence[Plot]) -> None:
    """Side by side, each below its title and its legend's words."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(QRect(QPointF().toPoint(), _size(plots)), QColor(theme.current().panel))
    left = _MARGIN
    for plot in plots:
        _paint_heading(painter, plot, left)
        size = plot.drawing.size()
        plot.drawing.leave()
        target = QRectF(left, _MARGIN + _HEADING, size.width(), size.height())
        plot.drawing.render(painter, target, plot.drawing.viewport().rect())
        left += plot.width() + _MARGIN


def _paint_heading(painter: QPainter, plot: Plot, left: int) -> None:
    base = QPointF(left, _MARGIN + 12)
    painter.setFont(fonts.title())
    painter.setPen(QColor(theme.current().text))
    painter.drawText(base, plot.group.title)
    base += QPointF(painter.fontMetrics().horizontalAdvance(plot.group.title) + _MARGIN, 0)
    painter.setFont(fonts.tiny())
    for tint, words in plot.legend.parts():
        painter.setPen(QColor(tint))
        painter.drawText(base, f"\u25cf {words}")
        base += QPointF(painter.fontMetrics().horizontalAdvance(f"\u25cf {words}") + _MARGIN, 0)


def _write_numbers(path: Path, curves: Curves) -> None:
    """One row for each place at which there is a number, one column for each curve."""
    columns = dict(_columns(curves))
    places = np.unique(np.concatenate([curve.x for curve in columns.values()] or [np.empty(0)]))
    rows = np.full((len(places), len(columns)), np.nan)
    there = np.zeros(rows.shape, bool)
    for number, curve in enumerate(columns.values()):
        at = np.searchsorted(places, curve.x)
        rows[at, number], there[at, number] = curve.y, True
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["epoch", *columns])
        for place, row, known in zip(places.tolist(), rows.tolist(), there.tolist(), strict=True):
            writer.writerow(
                [place, *(value if is_there else "" for value, is_there in zip(row, known, strict=True))]
            )


def _columns(curves: Curves) -> Iterator[tuple[str, Curve]]:
    for name, curve in curves.epochs.items():
        yield name, curve
    for name, curve in curves.batches.items():
        yield f"{name} of batches", curve
    for title, plotted in curves.plotted.items():
        for name, curve in plotted.items():
            yield name if name.lower() == title.lower() else f"{title}: {name}", curve

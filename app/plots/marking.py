"""Marks on a plot: a dashed line with a word where something was done while training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from app import theme
from app.plots.axes import Range
from app.plots.curves import Mark
from app.theme import fonts

_HIGHEST: Final = 0.92  # of a plot's height: what a mark says
_APART: Final = 0.11
_MOST_WORDS: Final = 12
_ROWS: Final = 4  # so that neighbours can be read
_GROUND: Final = 200  # of 255: behind words, so that curves do not cross them out
_RIGHT: Final = 0.75  # of the width: from here on words stand at the line's left


class Marks:
    """The lines of one plot."""

    def __init__(self, plot: Any) -> None:
        self._plot = plot
        self._shown: tuple[tuple[Mark, ...], Range] | None = None
        self.items: list[Any] = []

    def forget(self) -> None:
        """The colours have changed."""
        self._shown = None

    def show(self, marks: Sequence[Mark], across: Range) -> None:
        """``across``: the part of the plot that is seen."""
        wanted = tuple(marks), across
        if wanted == self._shown:
            return
        self._shown = wanted
        for item in self.items:
            self._plot.removeItem(item)
        seen = [mark for mark in marks if across[0] <= mark.x <= across[1]]
        every = -(-len(seen) // _MOST_WORDS)  # of many, such as a schedule's, some say what they are
        self.items = [_line(mark, n, across, has_words=n % every == 0) for n, mark in enumerate(seen)]
        for item in self.items:
            self._plot.addItem(item, ignoreBounds=True)


def _line(mark: Mark, row: int, across: Range, *, has_words: bool) -> Any:
    tint = theme.current().warn
    is_right = mark.x > across[0] + _RIGHT * (across[1] - across[0])
    anchor = (1.0 if is_right else 0.0, 0.5)
    ground = QColor(theme.current().panel)
    ground.setAlpha(_GROUND)
    place = _HIGHEST - _APART * (row % _ROWS)
    words = {"position": place, "color": tint, "fill": ground, "anchors": [anchor, anchor]}
    pen = pg.mkPen(tint, style=Qt.PenStyle.DashLine)
    item = pg.InfiniteLine(mark.x, angle=90, pen=pen, label=mark.text if has_words else None, labelOpts=words)
    if has_words:
        item.label.setFont(fonts.tiny())
    return item

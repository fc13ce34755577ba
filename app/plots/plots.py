"""All plots of a training side by side, and what is there before the first one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedLayout, QWidget

from app.plots.curves import Curves
from app.theme import label

if TYPE_CHECKING:
    from app.plots.plot import Plot

FRAME_MS = 33
NARROWEST = 260


class Plots(QWidget):
    """`curves` is the callback to follow; what it hears is drawn at most once in `FRAME_MS`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curves = Curves()
        self.plots: list[Plot] = []
        self._drawn = 0
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(24)
        self._stack = QStackedLayout(self)
        empty = label("Press Run: the loss and every metric are drawn here while the model learns.", "dim")
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setWordWrap(True)
        self._stack.addWidget(empty)
        self._stack.addWidget(self._scrolled())
        self._timer = QTimer(self, interval=FRAME_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()

    def show_history(self, history: Mapping[str, Sequence[float]]) -> None:
        """A training of the past, or an empty one."""
        self.curves.show(history)
        self.refresh()

    def refresh(self) -> None:
        """Draws what came since the last time."""
        if self.curves.version == self._drawn or not self.isVisible():
            return
        self._drawn = self.curves.version
        if tuple(plot.group for plot in self.plots) != self.curves.groups:
            self._make_plots()
        for plot in self.plots:
            plot.refresh()
        self._stack.setCurrentIndex(1 if self.curves.epochs or self.curves.batches else 0)

    def _make_plots(self) -> None:
        from app.plots.plot import (
            Plot,
        )  # pyqtgraph takes a while to import: with the first plot, not the window

        for plot in self.plots:
            self._row.removeWidget(plot)
            plot.hide()
            plot.deleteLater()
        self.plots = [Plot(group, self.curves) for group in self.curves.groups]
        for plot in self.plots:
            plot.setMinimumWidth(NARROWEST)
            self._row.addWidget(plot, 1)

    def _scrolled(self) -> QScrollArea:
        content = QWidget()
        content.setLayout(self._row)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        return area

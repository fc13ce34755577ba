"""All plots of a training: losses, beside them the metrics, and what is there before the first batch."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget

from app.plots.curves import Curves, Group
from app.theme import label

if TYPE_CHECKING:
    from app.plots.plot import Plot

FRAME_MS: Final = 50  # an eye sees no difference, and training has the time instead


class Plots(QWidget):
    """`curves` is the callback to follow. After `wake`, what it heard is drawn, at most once in `FRAME_MS`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curves = Curves()
        self.plots: list[Plot] = []
        self._drawn = 0
        self._groups: tuple[Group, ...] = ()
        self._module: ModuleType | None = None
        empty = label("Press Run: the loss and every metric are drawn here while the model learns.", "dim")
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setWordWrap(True)
        content = QWidget()
        self._row = QHBoxLayout(content)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(24)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(empty)
        self._stack.addWidget(content)
        self._timer = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._timer.timeout.connect(self.refresh)

    def warm_up(self) -> None:
        """Imports pyqtgraph, which takes longer than a frame.

        In the window's own thread: its import looks through all of Qt, and Qt's bindings crash when they are
        first used in two threads at once.
        """
        if self._module is None:
            self._module = importlib.import_module("app.plots.plot")

    def wake(self) -> None:
        """There is something to draw."""
        if not self._timer.isActive() and self.isVisible():
            self._timer.start()

    def show_history(self, history: Mapping[str, Sequence[float]]) -> None:
        """A training of the past, or an empty one."""
        self.curves.show(history)
        self.wake()

    @property
    def is_zoomed(self) -> bool:
        """Whether less than everything is seen of some plot."""
        return any(plot.drawing.is_zoomed for plot in self.plots)

    def show_all(self) -> None:
        """Everything of every plot, neither zoomed nor moved."""
        for plot in self.plots:
            plot.drawing.show_all()

    def save(self, path: Path) -> None:
        """As PNG, SVG or CSV, by the name's ending. Raises LayerloomError when it cannot be written."""
        from app.plots.exporting import save  # plots and their drawing come with it

        self.refresh()
        save(path, self.plots, self.curves)

    def showEvent(self, event: QShowEvent) -> None:
        """Draws what came while nobody could see it."""
        super().showEvent(event)
        self.wake()

    def refresh(self) -> None:
        """Draws what came since the last time."""
        if self.curves.version == self._drawn or not self.isVisible():
            return
        is_empty = not self.curves.epochs and not self.curves.batches
        if not is_empty:
            self._make_plots()
            for plot in self.plots:
                plot.refresh()
        self._drawn = self.curves.version
        self._stack.setCurrentIndex(0 if is_empty else 1)

    def _make_plots(self) -> None:
        """Anew only where the training logs other things than the last one; plots of callbacks join later."""
        self.warm_up()
        groups = self.curves.groups
        if self._module is None or self._groups == groups:
            return
        parts = [part for part in (groups[:1], groups[1:]) if part]
        if self._groups[:1] != groups[:1] or len(parts) != len(self.plots):
            self._replace_plots(parts, self._module)
        for plot, part in zip(self.plots, parts, strict=True):
            plot.show_groups(part)
        self._groups = groups

    def _replace_plots(self, parts: Sequence[tuple[Group, ...]], module: ModuleType) -> None:
        for plot in self.plots:
            self._row.removeWidget(plot)
            plot.hide()
            plot.deleteLater()
        self.plots = [module.Plot(part, self.curves, self) for part in parts]
        for plot in self.plots:
            self._row.addWidget(plot, 1)

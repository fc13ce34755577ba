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
MOST: Final = 2  # plots: the losses, and the metrics


class Plots(QWidget):
    """`curves` is the callback to follow. After `wake`, what it heard is drawn, at most once in `FRAME_MS`.

    Whatever takes a while is done piece by piece, with the window's other events in between: a plot is made, and drawn,
    in a turn of its own.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curves = Curves()
        self.plots: list[Plot] = []
        self._drawn = self._begun = 0  # versions of the curves: on all plots, and on the first of a round
        self._next = 0  # whose turn it is to be drawn
        self._spares: list[Plot] = []
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
        self._timer = QTimer(self, singleShot=True, interval=FRAME_MS // MOST)
        self._timer.timeout.connect(self._take_turn)

    def warm_up(self) -> None:
        """Imports pyqtgraph, which takes longer than a frame.

        In the window's own thread: its import looks through all of Qt, and Qt's bindings crash when they are
        first used in two threads at once.
        """
        if self._module is None:
            self._module = importlib.import_module("app.plots.plot")

    def prepare(self) -> bool:
        """One piece of what the first training needs, each longer than a frame: for quiet moments. Whether there is
        more."""
        if self._module is None:
            self.warm_up()
        elif len(self.plots) + len(self._spares) < MOST:
            spare = self._module.Plot((Group("", ()),), self.curves, self)
            spare.hide()
            spare.grab()  # styles and fonts are looked up when it is first painted
            self._spares.append(spare)
        return len(self.plots) + len(self._spares) < MOST

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
        """Draws at once what came since the last time."""
        while self._has_news:
            self._take_turn()
        self._timer.stop()

    @property
    def _has_news(self) -> bool:
        return self.curves.version != self._drawn and self.isVisible()

    def _take_turn(self) -> None:
        """Makes a plot that is missing, or draws the next one."""
        if not self._has_news:
            return
        if not self.curves.epochs and not self.curves.batches:
            self._drawn = self.curves.version
            self._stack.setCurrentIndex(0)
        elif self._are_made():
            self._stack.setCurrentIndex(1)
            self._draw_next()
        if self._has_news:
            self._timer.start()

    def _draw_next(self) -> None:
        if self._next == 0:
            self._begun = self.curves.version
        self.plots[self._next].refresh()
        self._next = (self._next + 1) % len(self.plots)
        if self._next == 0:
            self._drawn = self._begun

    def _are_made(self) -> bool:
        """Whether all plots are there; else one is made. Anew only where the training logs other things than the last
        one; plots of callbacks join later."""
        self.warm_up()
        groups = self.curves.groups
        if self._groups == groups:
            return True
        parts = [part for part in (groups[:1], groups[1:]) if part]
        if self._groups[:1] != groups[:1] or len(parts) < len(self.plots):
            self._remove_plots()
        if len(self.plots) < len(parts):
            self._add_plot(parts[len(self.plots)])
            self._groups = groups[:1]  # of the plots there are
            return False
        for plot, part in zip(self.plots, parts, strict=True):
            plot.show_groups(part)
        self._groups = groups
        return True

    def _remove_plots(self) -> None:
        for plot in self.plots:
            self._row.removeWidget(plot)
            plot.hide()
            plot.deleteLater()
        self.plots, self._next = [], 0

    def _add_plot(self, part: tuple[Group, ...]) -> None:
        assert self._module is not None, "imported before"
        plot = self._spares.pop() if self._spares else self._module.Plot(part, self.curves, self)
        plot.show_groups(part)
        self._row.addWidget(plot, 1)
        plot.show()
        self.plots.append(plot)

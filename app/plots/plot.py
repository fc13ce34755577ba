"""One plot: a heading, the legend with its values, and the drawing. The only module that needs pyqtgraph."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QSlider,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.plots.curves import Curves, Group
from app.plots.drawing import Drawing
from app.plots.legend import Legend, Line, Readout, lines_of
from app.theme import label, set_icon, set_look, style_combo

FINE: Final = 100  # steps of the smoothing slider
_TEN_FOLD: Final = FINE / 3  # of them smooth over ten times as many points
_SLIDER: Final = 48
_BUTTON: Final = 36
_WIDEST: Final = 148


class Plot(QWidget):
    """Of several groups it shows one, chosen in its heading. The legend has the newest values, and a box beside the
    pointer those under it."""

    def __init__(self, groups: tuple[Group, ...], curves: Curves, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._groups: tuple[Group, ...] = ()
        self._curves = curves
        self._at: float | None = None
        self._lines: tuple[Line, ...] = ()
        self.drawing = Drawing(curves, self)
        self.legend, self.readout = Legend(), Readout(self)
        self.choice, self._title = QComboBox(), label("", "title")
        self._heading = QStackedWidget()
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.logarithmic, self.whole = QToolButton(), QToolButton()
        self._set_up()
        self._lay_out()
        self.show_groups(groups)
        theme.appearance().changed.connect(self.dress)

    @property
    def group(self) -> Group:
        return self._groups[max(0, self.choice.currentIndex())]

    def show_groups(self, groups: tuple[Group, ...]) -> None:
        """What can be chosen; what is chosen stays, where it is still there."""
        if groups == self._groups:
            return
        chosen = self.group.title if self._groups else ""
        titles = [group.title for group in groups]
        self._groups = groups
        self.choice.blockSignals(True)
        self.choice.clear()
        self.choice.addItems(titles)
        self.choice.setCurrentIndex(titles.index(chosen) if chosen in titles else 0)
        self.choice.blockSignals(False)
        self._title.setText(titles[0])
        self._heading.setCurrentIndex(len(titles) > 1)
        shown = self.choice if len(titles) > 1 else self._title
        self._heading.setFixedWidth(min(_WIDEST, shown.sizeHint().width()))
        self._show(0)

    def refresh(self) -> None:
        """Draws what is new."""
        self.drawing.refresh()
        self._tell()

    def dress(self) -> None:
        """In the colours of the theme."""
        self.drawing.dress()
        set_icon(self.whole, "fit", "dim")
        self.refresh()

    def _set_up(self) -> None:
        style_combo(self.choice)
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.choice.setToolTip("Which metric is drawn")
        self.choice.currentIndexChanged.connect(self._show)
        self.smoothing.setRange(0, FINE)
        self.smoothing.setFixedWidth(_SLIDER)
        self.smoothing.setAccessibleName("Smoothing")
        self.smoothing.valueChanged.connect(self._smooth)
        self._smooth(0)
        for button in (self.logarithmic, self.whole):
            set_look(button, "quiet")
            button.setFixedWidth(_BUTTON)
        self.logarithmic.setText("log")
        self.logarithmic.setCheckable(True)
        self.logarithmic.setToolTip("Logarithmic scale")
        self.logarithmic.toggled.connect(self.drawing.show_logarithmic)
        self.whole.setToolTip(
            "Show everything (double click)\nWheel: zoom epochs, with Ctrl heights. Drag: move."
        )
        self.whole.setAccessibleName("Show everything")
        set_icon(self.whole, "fit", "dim")
        self.whole.setEnabled(False)
        self.whole.clicked.connect(self.drawing.show_all)
        self.drawing.sightChanged.connect(self.whole.setEnabled)
        self.drawing.pointed.connect(self._point)

    def _lay_out(self) -> None:
        self._heading.addWidget(self._title)
        self._heading.addWidget(self.choice)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._heading)
        top.addWidget(self.legend, 1)
        top.addWidget(self.smoothing)
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        buttons.addWidget(self.logarithmic)
        buttons.addWidget(self.whole)
        top.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self.drawing, 1)

    def _show(self, _index: int) -> None:
        self._lines = lines_of(self.group)
        self.legend.show_lines(self._lines)
        self.drawing.show_lines(self.group, self._lines)
        self.refresh()

    def _smooth(self, step: int) -> None:
        """The slider's right end smooths over about a thousand points."""
        points = 10.0 ** (step / _TEN_FOLD)
        self.drawing.show_smoothed(1.0 - 1.0 / points)
        told = f"over about {points:.0f} points" if step else "off"
        self.smoothing.setToolTip(f"Smoothing: {told}. What was logged stays visible behind.")

    def _point(self, at: float | None) -> None:
        self._at = at
        self._tell()

    def _tell(self) -> None:
        self.legend.tell(self._newest)
        if self._at is None:
            self.readout.hide()
            return
        self.readout.tell(f"epoch {self._at:.2f}", self._lines, self._value)
        place = self.mapFromGlobal(QCursor.pos()) if self.underMouse() else QPoint(self.width() // 2, 0)
        self.readout.stand_beside(place.x(), place.y())

    def _newest(self, name: str) -> float | None:
        if self.group.logged:
            return self._curves.latest.get(name)
        curve, _ = self._curves.curves(self.group, name)
        return curve.last if curve else None

    def _value(self, name: str) -> float | None:
        """Batches tell more than epochs, where there are any."""
        batches, epochs = self._curves.curves(self.group, name)
        curve = batches or epochs
        return curve.near(self._at) if curve and self._at is not None else None

"""One plot: a heading, the legend with its values, and the drawing. The only module that needs pyqtgraph."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from app import theme
from app.plots.curves import Curves, Group
from app.plots.drawing import Drawing
from app.plots.legend import Legend, lines_of
from app.theme import label, set_look, style_combo


class Plot(QWidget):
    """Of several groups it shows one, chosen in its heading. Values are those under the pointer, else the newest."""

    def __init__(self, groups: tuple[Group, ...], curves: Curves, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._groups, self._curves = groups, curves
        self._at: float | None = None
        self.drawing = Drawing(curves, self)
        self.legend = Legend()
        self.choice = QComboBox()
        self.logarithmic = QToolButton()
        self._where = label("", "small")
        self._where.setParent(self)
        self._set_up()
        self._lay_out()
        self._show(0)
        theme.appearance().changed.connect(self.dress)

    @property
    def group(self) -> Group:
        return self._groups[max(0, self.choice.currentIndex())]

    def refresh(self) -> None:
        """Draws what is new."""
        self.drawing.refresh()
        self._tell()

    def dress(self) -> None:
        """In the colours of the theme."""
        self.drawing.dress()
        self.refresh()

    def _set_up(self) -> None:
        style_combo(self.choice)
        self.choice.addItems([group.title for group in self._groups])
        self.choice.setToolTip("Which metric is drawn")
        self.choice.currentIndexChanged.connect(self._show)
        set_look(self.logarithmic, "quiet")
        self.logarithmic.setText("log")
        self.logarithmic.setCheckable(True)
        self.logarithmic.setToolTip("Logarithmic scale")
        self.logarithmic.toggled.connect(self.drawing.show_logarithmic)
        self.drawing.pointed.connect(self._point)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.choice if len(self._groups) > 1 else label(self._groups[0].title, "title"))
        top.addWidget(self.legend, 1)
        top.addWidget(self._where)
        top.addWidget(self.logarithmic)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self.drawing, 1)

    def _show(self, _index: int) -> None:
        lines = lines_of(self.group)
        self.legend.show_lines(lines)
        self.drawing.show_lines(lines)
        self.refresh()

    def _point(self, at: float | None) -> None:
        self._at = at
        self._tell()

    def _tell(self) -> None:
        self._where.setVisible(self._at is not None)
        self._where.setText("" if self._at is None else f"epoch {self._at:.1f}")
        self.legend.tell(self._value, asked=self._at is not None)

    def _value(self, name: str) -> float | None:
        """Batches tell more than epochs, where there are any."""
        if self._at is None:
            return self._curves.latest.get(name)
        curve = self._curves.batches.get(name) or self._curves.epochs.get(name)
        return curve.near(self._at) if curve else None

"""The tensors a layer owns, in a small table."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from app.inspector.facts import count_text, shape_of
from app.inspector.parts import empty
from app.theme import label
from graph_engine.layers.base import Weight

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Weights(QWidget):
    """Name, shape and number of elements; state that training does not touch says so."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 4, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)
        self._shown: tuple[Weight, ...] | None = None

    def show_weights(self, weights: tuple[Weight, ...]) -> None:
        """Nothing is shown while nothing is known."""
        if weights == self._shown:
            return
        self._shown = weights
        empty(self._grid)
        for row, weight in enumerate(weights):
            name = label(weight.name, "dim")
            name.setWordWrap(True)
            if not weight.trainable:
                name.setText(f"{weight.name} (state)")
                name.setToolTip("Training does not change this by gradients")
            self._grid.addWidget(name, row, 0)
            self._grid.addWidget(label(shape_of(weight.shape), "mono", selectable=True), row, 1, _RIGHT)
            self._grid.addWidget(label(count_text(weight.size), "mono", selectable=True), row, 2, _RIGHT)
        self.setVisible(bool(weights))

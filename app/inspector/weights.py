"""The tensors a layer owns, in a small table, and how the values of each are spread once there are some."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from app.inspector.facts import count_text, shape_of
from app.inspector.parts import empty
from app.theme import label
from app.widgets.histogram import Histogram
from graph_engine.layers.base import Weight

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_BINS: Final = 60
_HEIGHT: Final = 24

Values = Mapping[str, npt.NDArray[Any]]  # by the weight's name


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
        self._arrays: tuple[npt.NDArray[Any], ...] = ()
        self.spreads: dict[str, Histogram] = {}

    def show_weights(self, weights: tuple[Weight, ...], values: Values) -> None:
        """Nothing is shown while nothing is known; values of another shape are those of an earlier drawing."""
        arrays = tuple(values.values())
        same = len(arrays) == len(self._arrays) and all(map(operator.is_, arrays, self._arrays))
        if same and weights == self._shown:
            return
        self._shown, self._arrays = weights, arrays
        empty(self._grid)
        self.spreads = {}
        for row, weight in enumerate(weights):
            self._grid.addWidget(_name(weight), 2 * row, 0)
            self._grid.addWidget(label(shape_of(weight.shape), "mono", selectable=True), 2 * row, 1, _RIGHT)
            self._grid.addWidget(label(count_text(weight.size), "mono", selectable=True), 2 * row, 2, _RIGHT)
            array = values.get(weight.name)
            if array is not None and array.shape == weight.shape and array.size > 1:
                self.spreads[weight.name] = spread = Histogram(_HEIGHT, weight.name)
                spread.show_counts(*spread_of(array))
                self._grid.addWidget(spread, 2 * row + 1, 0, 1, 3)
        self.setVisible(bool(weights))


def _name(weight: Weight) -> QWidget:
    name = label(weight.name, "dim")
    name.setWordWrap(True)
    if not weight.trainable:
        name.setText(f"{weight.name} (state)")
        name.setToolTip("Training does not change this by gradients")
    return name


def spread_of(array: npt.NDArray[Any]) -> tuple[list[int], str]:
    """Counts between the lowest and the highest value, and both in words with mean and standard deviation."""
    finite = array[np.isfinite(array)].astype(np.float64, copy=False)
    if not finite.size:
        return [0] * _BINS, "no value is a number"
    counts = np.histogram(finite, _BINS)[0].tolist()
    words = (
        f"from {finite.min():.3g} to {finite.max():.3g}, mean {finite.mean():.3g} \u00b1 {finite.std():.3g}"
    )
    lost = array.size - finite.size
    return counts, f"{words}; {lost:,} are no numbers" if lost else words

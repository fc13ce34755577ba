"""A table of what was logged last: a row for every loss and metric, train beside validation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.plots.curves import VALIDATION
from app.theme import label

_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Row:
    """A log's values; None where there is none yet."""

    name: str
    train: float | None
    validation: float | None


def rows_of(logs: Mapping[str, float]) -> tuple[Row, ...]:
    """The total loss first; then every output's loss and metrics, as they are logged."""
    names = dict.fromkeys(name.removeprefix(VALIDATION) for name in logs)
    names.pop("learning_rate", None)
    return tuple(Row(name, logs.get(name), logs.get(VALIDATION + name)) for name in names)


class Results(QWidget):
    """Hidden where nothing was logged."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells: list[tuple[QLabel, QLabel, QLabel]] = []
        self._names: tuple[str, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        for column, heading in enumerate(("", "train", "validation")):
            self._grid.addWidget(label(heading, "small"), 0, column, _RIGHT)
        self.hide()

    def show_logs(self, logs: Mapping[str, float]) -> None:
        rows = rows_of(logs)
        names = tuple(row.name for row in rows)
        if names != self._names:
            self._make_cells(names)
        for row, (_, train, validation) in zip(rows, self._cells, strict=True):
            train.setText(_number(row.train))
            validation.setText(_number(row.validation))
        self.setVisible(bool(rows))

    def _make_cells(self, names: tuple[str, ...]) -> None:
        for cell in (cell for cells in self._cells for cell in cells):
            self._grid.removeWidget(cell)
            cell.hide()
            cell.deleteLater()
        self._names = names
        self._cells = [
            (_Elided(name.replace("_", " ")), label("", "mono"), label("", "mono")) for name in names
        ]
        for number, cells in enumerate(self._cells, 1):
            for column, cell in enumerate(cells):
                if column:
                    self._grid.addWidget(cell, number, column, _RIGHT)
                else:
                    self._grid.addWidget(cell, number, column)


class _Elided(QLabel):
    """As much of a name as there is room for; all of it under the pointer."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setProperty("look", "small")
        self.setToolTip(text)
        self._whole = text

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width()))


def _number(value: float | None) -> str:
    """Three significant figures."""
    return "" if value is None else f"{value:.3g}"

"""Tables of a head: a line for each class, or for each group of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from app.theme import fonts, style_table

NAMES, WIDEST = 96, 84
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class NumberTable(QTableWidget):
    """Names at the left, numbers aligned at the right; a click on a heading sorts."""

    def __init__(self) -> None:
        super().__init__()
        style_table(self)
        self.setWordWrap(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.horizontalHeader().setStretchLastSection(False)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 80)

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        """Names have what numbers leave."""
        numbers = max(1, self.columnCount() - 1)
        for column in range(1, self.columnCount()):
            self.setColumnWidth(column, min(WIDEST, (self.viewport().width() - NAMES) // numbers))

    def show_rows(self, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Texts and numbers; numbers with three significant figures."""
        self.setSortingEnabled(False)
        self.setColumnCount(len(headings))
        self.setHorizontalHeaderLabels(list(headings))
        self.setRowCount(len(rows))
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                self.setItem(row, column, _cell(value))
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._share()
        for column in range(1, len(headings)):
            heading = QTableWidgetItem(headings[column])
            heading.setTextAlignment(RIGHT)
            self.setHorizontalHeaderItem(column, heading)
        self.setSortingEnabled(True)


def class_rows(head: Mapping[str, Any]) -> tuple[list[str], list[list[Any]]]:
    """Headings and lines: precision, recall, F1 and ROC area of each class."""
    areas = {curve["name"]: curve["area"] for curve in head["roc"]}
    rows = [
        [
            each["name"],
            each["support"],
            each["precision"],
            each["recall"],
            each["f1"],
            areas.get(each["name"], ""),
        ]
        for each in head["classes"]
    ]
    return ["class", "true", "precision", "recall", "F1", "AUC"], rows


def group_rows(head: Mapping[str, Any]) -> tuple[list[str], list[list[Any]]]:
    """Headings and lines: the groups, the worst first."""
    value = "mean error" if head["kind"] == "numbers" else "right"
    rows = [[each["name"], each["rows"], each["loss"], each["value"]] for each in head["groups"]]
    return ["group", "rows", "loss", value], rows


def _cell(value: Any) -> QTableWidgetItem:
    item = QTableWidgetItem()
    if isinstance(value, float):
        item.setData(Qt.ItemDataRole.DisplayRole, float(f"{value:.3g}"))
    elif isinstance(value, int):
        item.setData(Qt.ItemDataRole.DisplayRole, value)
    else:
        item.setText(str(value))
        return item
    item.setTextAlignment(RIGHT)
    item.setFont(fonts.mono())
    return item

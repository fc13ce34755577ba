"""The list of runs: when, how long, how it ended and with what, star and note."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from app.theme import appearance, fonts, icon, style_table
from graph_engine.project import RunRecord
from graph_engine.training.callbacks.progress import duration

RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
STAR, WHEN, NOTE = 0, 1, 2
MOST_LOGS: Final = 3
_WIDTHS: Final = (36, 124, 80, 56, 76)
_LOG: Final = 92


class RunTable(QTableWidget):
    """Click the star, or press Space; write a note with F2 or a double click; Delete deletes."""

    starred = Signal(str)
    noted = Signal(str, str)
    deleteAsked = Signal()

    def __init__(self) -> None:
        super().__init__()
        style_table(self)
        self.setWordWrap(False)
        self._filling = False
        self._records: Sequence[RunRecord] = ()
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setAccessibleName("Runs")
        self.cellClicked.connect(self._click)
        self.itemChanged.connect(self._edit)
        appearance().changed.connect(self._redress)

    @property
    def chosen(self) -> tuple[str, ...]:
        """Names of the selected runs, from the top."""
        rows = sorted({index.row() for index in self.selectedIndexes()})
        return tuple(self._records[row].name for row in rows)

    def choose(self, names: Sequence[str]) -> None:
        self.clearSelection()
        for row, record in enumerate(self._records):
            if record.name in names:
                for column in range(self.columnCount()):
                    self.item(row, column).setSelected(True)  # type: ignore[union-attr]  # every cell is filled

    def _redress(self) -> None:
        """A method of its own: Qt lets go of it with the table, which it would not of a lambda."""
        self.show_records(self._records)

    def show_records(self, records: Sequence[RunRecord]) -> None:
        """What is selected stays so."""
        chosen = self.chosen
        self._filling = True
        self.blockSignals(True)  # between two lists, what is selected means nothing
        self._records = records
        logs = _logs(records)
        headings = ["", "begun", "note", "took", "epochs", *(log.replace("_", " ") for log in logs)]
        self.setColumnCount(len(headings))
        self.setHorizontalHeaderLabels(headings)
        self.setRowCount(len(records))
        for row, record in enumerate(records):
            self._fill(row, record, logs)
        self._size(headings)
        self.choose(chosen)
        self.blockSignals(False)
        self._filling = False

    def show_colours(self, colours: Mapping[str, str]) -> None:
        """A dot before each run that is drawn, in the colour of its curve."""
        self._filling = True
        for row, record in enumerate(self._records):
            colour = colours.get(record.name)
            if (cell := self.item(row, WHEN)) is not None:
                cell.setIcon(icon("dot", colour) if colour else QIcon())
        self._filling = False

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 80)

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Space stars, Delete deletes."""
        row = self.currentRow()
        if event.key() == Qt.Key.Key_Space and 0 <= row < len(self._records):
            self.starred.emit(self._records[row].name)
        elif event.key() == Qt.Key.Key_Delete and self.chosen:
            self.deleteAsked.emit()
        else:
            super().keyPressEvent(event)

    def _fill(self, row: int, record: RunRecord, logs: Sequence[str]) -> None:
        star = QTableWidgetItem()
        star.setIcon(
            icon("star-filled" if record.starred else "star", "accent" if record.starred else "faint")
        )
        star.setToolTip("Take the star away" if record.starred else "Give a star")
        begun = QTableWidgetItem(time.strftime("%d %b %H:%M", time.localtime(record.created)))
        begun.setFont(fonts.small())
        note = QTableWidgetItem(record.note)
        note.setToolTip(record.note or "Write a note: F2 or a double click")
        took = duration(record.seconds) if record.seconds else ""
        numbers = [_number(text) for text in (took, _length(record), *(_last(record, log) for log in logs))]
        numbers[1].setToolTip(record.ending)
        for column, cell in enumerate([star, begun, note, *numbers]):
            if cell is not note:
                cell.setFlags(cell.flags() & ~Qt.ItemFlag.ItemIsEditable)
            self.setItem(row, column, cell)

    def _size(self, headings: Sequence[str]) -> None:
        header = self.horizontalHeader()
        header.setStretchLastSection(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        for column in range(len(headings)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            self.setColumnWidth(column, _WIDTHS[column] if column < len(_WIDTHS) else _LOG)
            if column > NOTE:
                heading = QTableWidgetItem(headings[column])
                heading.setTextAlignment(RIGHT)
                self.setHorizontalHeaderItem(column, heading)
        header.setSectionResizeMode(NOTE, QHeaderView.ResizeMode.Stretch)

    def _click(self, row: int, column: int) -> None:
        if column == STAR:
            self.starred.emit(self._records[row].name)

    def _edit(self, item: QTableWidgetItem) -> None:
        if not self._filling and item.column() == NOTE:
            self.noted.emit(self._records[item.row()].name, item.text())


def _logs(records: Sequence[RunRecord]) -> list[str]:
    """The logs that are worth a column: losses first, what is validated beside what is trained."""
    known = dict.fromkeys(name for record in records for name in record.history)
    order: list[str] = [name for name in ("loss", "val_loss") if name in known]
    order += [name for name in known if name.startswith("val_") and name not in order]
    return [*order, *(name for name in known if name not in order)][:MOST_LOGS]


def _length(record: RunRecord) -> str:
    """Epochs, and how it ended where that is not as it was meant to."""
    epochs = f"{max((len(values) for values in record.history.values()), default=0):,}"
    words = "" if record.ending == "finished" else (record.ending or "cut off").partition(":")[0]
    return f"{words[:10]} · {epochs}" if words else epochs


def _last(record: RunRecord, log: str) -> str:
    values = record.history.get(log)
    return "" if not values else "NaN" if math.isnan(values[-1]) else f"{values[-1]:.3g}"


def _number(text: str) -> QTableWidgetItem:
    cell = QTableWidgetItem(text)
    cell.setTextAlignment(RIGHT)
    cell.setFont(fonts.mono())
    return cell

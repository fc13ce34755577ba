"""What a source holds: its rows under heads that say what their columns are like."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QStackedWidget, QTableView, QVBoxLayout, QWidget

from app.bridge.looks import Look
from app.data.header import Heads
from app.data.rows import MOST_ROWS, Rows
from app.data.thumbnails import SIDE
from app.data.waiting import Waiting
from app.theme import label, style_table
from app.widgets.eliding_label import ElidingLabel
from graph_engine.data import Profile


class Preview(QWidget):
    """Whole columns are chosen, by their heads or any of their cells."""

    choiceChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = Rows()
        self.table = QTableView()
        self.heads = Heads(self.rows, self.table)
        self.words, self.waiting = label("", "dim"), Waiting()
        self.notes = ElidingLabel("dim")
        self._pages = QStackedWidget()
        self._dress()
        self.table.selectionModel().selectionChanged.connect(lambda *_: self.choiceChanged.emit())

    def _dress(self) -> None:
        style_table(self.table)
        self.table.setHorizontalHeader(self.heads)
        self.table.setModel(self.rows)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectColumns)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setIconSize(QSize(SIDE, SIDE))
        self.table.setAccessibleName("Rows of the data")
        self.heads.setStretchLastSection(False)
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages.addWidget(self.words)
        self._pages.addWidget(self.table)
        self._pages.addWidget(self.waiting)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._pages, 1)

    @property
    def chosen(self) -> list[Profile]:
        """The columns that are chosen, from left to right."""
        indexes = self.table.selectionModel().selectedColumns()
        return [self.rows.profiles[index.column()] for index in sorted(indexes, key=lambda i: i.column())]

    def show_words(self, words: str) -> None:
        """In place of rows: what to do, or what is wrong."""
        self.rows.show_look(Look())
        self.words.setText(words)
        self._pages.setCurrentWidget(self.words)
        self.notes.hide()

    def show_waiting(self) -> None:
        """In place of rows that are being read."""
        self.rows.show_look(Look())
        self.waiting.begin()
        self._pages.setCurrentWidget(self.waiting)
        self.notes.hide()

    def show_look(self, look: Look) -> None:
        self.waiting.end()
        if look.is_stopped:
            self.show_waiting()
            self.waiting.show_stopped()
            return
        if look.fault or look.table is None:
            self.show_words(_sentence(look.fault))
            return
        before = {profile.name for profile in self.chosen}
        self.rows.show_look(look)
        for place, profile in enumerate(self.rows.profiles):
            if profile.name in before:
                self.table.selectColumn(place)
        first = f"the first {MOST_ROWS:,} of " if look.rows > MOST_ROWS else ""
        size = f"{first}{look.rows:,} rows, {len(self.rows.profiles):,} columns"
        self.notes.setText(" \u00b7 ".join([size, *reversed(look.table.remarks)]))
        self.notes.show()
        self._pages.setCurrentWidget(self.table)


def _sentence(fault: str) -> str:
    """A fault as a sentence; a file's name stays as it is written."""
    start = fault[:1] if "." in fault.partition(" ")[0] else fault[:1].upper()
    return start + fault[1:] + ("" if fault.endswith((".", "?")) else ".")

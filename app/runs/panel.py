"""The Runs tab: the list at the left with what can be done to a run, the chosen ones compared at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from app.bridge.ledger import Ledger
from app.runs.comparison import Comparison
from app.runs.table import RunTable
from app.theme import current, label, separator, set_icon

EMPTY = "Press Run: every training is kept here with its curves, its settings and its graph."


class RunsPanel(QWidget):
    """Asks the ledger and shows what it holds."""

    def __init__(self, ledger: Ledger, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ledger = ledger
        self._known: tuple[str, ...] = ()
        self._waiting: tuple[str, ...] | None = None  # to be chosen once the table is seen
        self.table, self.comparison = RunTable(), Comparison()
        self.graph, self.weights = QPushButton("Open graph"), QPushButton("Restore weights")
        self.delete, self.undo = QPushButton("Delete"), QPushButton("Undo")
        self.line = label("", "small")
        self._lay_out()
        self.table.itemSelectionChanged.connect(self._compare)
        self.table.starred.connect(ledger.star)
        self.table.noted.connect(
            ledger.annotate, Qt.ConnectionType.QueuedConnection
        )  # the editor is still open
        self.table.deleteAsked.connect(self._delete)
        self.graph.clicked.connect(lambda: ledger.open_graph(self.table.chosen[0]))
        self.weights.clicked.connect(lambda: ledger.restore(self.table.chosen[0]))
        self.delete.clicked.connect(self._delete)
        self.undo.clicked.connect(ledger.undo)
        ledger.changed.connect(self._follow)
        ledger.told.connect(self.line.setText)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._waiting is not None:
            self.refresh()

    def _follow(self) -> None:
        """While it is hidden nothing is drawn: a training ends, and nobody waits for tables that are not seen."""
        self._waiting = self._choice()
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """The list as the ledger has it."""
        chosen, self._waiting = self._choice(), None
        records = self._ledger.records
        self.table.show_records(records)
        self.table.choose(chosen)
        self._stack.setCurrentIndex(1 if records else 0)
        self._compare()

    def _choice(self) -> tuple[str, ...]:
        """A run that is new is chosen with those chosen already; of a project just opened, the newest."""
        names = tuple(record.name for record in self._ledger.records)
        known, self._known = self._known, names
        chosen = self.table.chosen if self._waiting is None else self._waiting
        if not set(known) & set(names):
            return names[:1]
        return (*chosen, *(name for name in names if name not in known))

    def _compare(self) -> None:
        chosen = self.table.chosen
        records = [record for record in self._ledger.records if record.name in chosen]
        self.comparison.show_runs(records, [self._ledger.document_of(record) for record in records])
        series = current().series
        self.table.show_colours({run.name: series[at % len(series)] for at, run in enumerate(records)})
        one = records[0] if len(records) == 1 else None
        self.graph.setEnabled(one is not None and self._ledger.document_of(one) is not None)
        self.weights.setEnabled(one is not None and self._ledger.place_of(one.name) is not None)
        self.weights.setToolTip(_why_not(one is not None, self.weights.isEnabled()))
        self.delete.setEnabled(bool(records))
        label_ = self._ledger.undo_label
        self.undo.setEnabled(bool(label_))
        self.undo.setToolTip(f"Undo: {label_}" if label_ else "There is nothing to undo here")

    def _delete(self) -> None:
        self._ledger.delete(self.table.chosen)

    def _lay_out(self) -> None:
        set_icon(self.delete, "trash")
        set_icon(self.undo, "undo")
        self.graph.setToolTip("The drawing and settings of this run; Ctrl+Z brings back yours")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.graph, self.weights, self.delete, self.undo):
            buttons.addWidget(button)
        buttons.addWidget(self.line, 1)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.table, 1)
        left.addLayout(buttons)
        content = QWidget()
        row = QHBoxLayout(content)
        row.setContentsMargins(16, 12, 16, 8)
        row.setSpacing(16)
        row.addLayout(left, 5)
        row.addWidget(separator(vertical=True))
        row.addWidget(self.comparison, 3)
        empty = label(EMPTY, "dim")
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setWordWrap(True)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(empty)
        self._stack.addWidget(content)


def _why_not(is_one: bool, can: bool) -> str:
    if can:
        return "The graph of this run with the weights it ended with; Undo brings back yours"
    return "Its directory is gone, and its weights with it" if is_one else "Choose one run"

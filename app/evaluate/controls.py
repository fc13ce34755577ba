"""The left of the tab: which head, which rows, Evaluate and Stop, and the few numbers that matter most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.evaluate.pictures import facts_of
from app.theme import label, set_icon, set_look
from app.widgets.combo import Combo
from graph_engine.training.callbacks.progress import duration

FINE: Final = 1000
ROWS: Final = (("Validation rows", "validation"), ("Training rows", "training"), ("A file \u2026", ""))
_FILES: Final = "Tables and arrays (*.csv *.tsv *.txt *.npz *.npy)"


class Controls(QWidget):
    """`evaluate` and `stop` are asked for; `headChosen` tells which head is to be shown."""

    evaluateAsked = Signal(str)  # rows
    stopAsked = Signal()
    headChosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heads, self.rows = Combo(), Combo()
        self.go, self.stop = QPushButton("Evaluate"), QPushButton("Stop")
        self.bar, self.line = QProgressBar(), label("", "small")
        self._facts = QGridLayout()
        self._lay_out()
        self.heads.activated.connect(self.headChosen)
        self.rows.activated.connect(self._choose_rows)
        self.go.clicked.connect(lambda: self.evaluateAsked.emit(self.chosen_rows))
        self.stop.clicked.connect(self.stopAsked)
        self.show_state("idle")

    @property
    def chosen_rows(self) -> str:
        """`validation`, `training` or a file's path."""
        return str(self.rows.currentData())

    def show_heads(self, names: Sequence[str]) -> None:
        before = self.heads.currentText()
        self.heads.clear()
        self.heads.addItems(list(names))
        self.heads.setCurrentText(before if before in names else names[0])
        self.heads.setVisible(len(names) > 1)

    def show_state(self, state: str) -> None:
        self.go.setVisible(state == "idle")
        self.stop.setVisible(state != "idle")
        self.stop.setEnabled(state == "evaluating")
        self.bar.setVisible(state != "idle")
        if state == "evaluating":
            self.bar.setValue(0)
            self.say("The data is being read.")

    def show_progress(self, share: float, left: float) -> None:
        self.bar.setValue(round(FINE * share))
        self.say(f"{duration(left)} left")

    def say(self, sentence: str) -> None:
        self.line.setText(sentence)

    def show_facts(self, head: Mapping[str, Any] | None) -> None:
        """The numbers of a head, or none."""
        while item := self._facts.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for row, (name, value) in enumerate(facts_of(head) if head else ()):
            self._facts.addWidget(label(name, "small"), row, 0)
            self._facts.addWidget(label(value, "mono", selectable=True), row, 1, Qt.AlignmentFlag.AlignRight)

    def _lay_out(self) -> None:
        self.heads.setAccessibleName("Head")
        self.rows.setAccessibleName("Rows to evaluate on")
        for title, key in ROWS:
            self.rows.addItem(title, key)
        set_look(self.go, "primary")
        set_icon(self.go, "run", "on_accent")
        set_icon(self.stop, "stop")
        self.bar.setRange(0, FINE)
        self.line.setWordWrap(True)
        self.heads.hide()
        self._facts.setContentsMargins(0, 4, 0, 0)
        self._facts.setVerticalSpacing(4)
        self._facts.setColumnStretch(0, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.go)
        buttons.addWidget(self.stop)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        for part in (self.heads, self.rows):
            column.addWidget(part)
        column.addLayout(buttons)
        column.addWidget(self.bar)
        column.addWidget(self.line)
        column.addLayout(self._facts)
        column.addStretch(1)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def _choose_rows(self, index: int) -> None:
        """The last entry asks for a file, which becomes an entry of its own."""
        if self.rows.itemData(index) != "":
            return
        path, _ = QFileDialog.getOpenFileName(self, "Evaluate on the rows of a file", "", _FILES)
        if not path:
            self.rows.setCurrentIndex(0)
            return
        self.rows.insertItem(index, path.replace("\\", "/").rpartition("/")[2], path)
        self.rows.setCurrentIndex(index)

"""In place of rows while they are read: how far that is, how long it still takes, and a button that stops it."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.theme import label, set_icon
from graph_engine.training.callbacks.progress import duration

READING = "Reading\u2026"
SURE_AFTER = 0.5  # seconds, from which on the time left can be told


class Waiting(QWidget):
    """After it was stopped, the button reads again."""

    stopAsked = Signal()
    againAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words, self.bar, self.button = label("", "dim"), QProgressBar(), QPushButton()
        self._began = 0.0
        self._reads = False
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(240)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(1)
        for part in (self.words, self.bar, self.button):
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.button.clicked.connect(self._press)

    def _press(self) -> None:
        (self.stopAsked if self._reads else self.againAsked).emit()

    def begin(self) -> None:
        """Nothing is known yet of how long it takes. Does nothing while it is under way."""
        if not self._reads:
            self._began, self._reads = time.monotonic(), True
            self.words.setText(READING)
            self.bar.setRange(0, 0)
            self.bar.show()
            self.button.setText("Stop")
            set_icon(self.button, "stop", "dim")

    def show_progress(self, done: int, count: int) -> None:
        if not self._reads or not count:
            return
        passed = time.monotonic() - self._began
        self.bar.setRange(0, count)
        self.bar.setValue(done)
        left = f", {duration(passed * (count - done) / done)} left" if done and passed > SURE_AFTER else ""
        self.words.setText(f"Reading\u2026 {done:,} of {count:,}{left}")

    def end(self) -> None:
        """It was read, or could not be."""
        self._reads = False

    def show_stopped(self) -> None:
        self._reads = False
        self.words.setText("Reading was stopped.")
        self.bar.hide()
        self.button.setText("Read again")
        set_icon(self.button, "history", "dim")

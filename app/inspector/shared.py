"""The badge of a shared layer."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.theme import appearance, current, label, pixmap


class Shared(QWidget):
    """A link, and with whom the weights are shared."""

    def __init__(self) -> None:
        super().__init__()
        self._mark = QLabel()
        self.words = label("", "small")
        self.words.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 4)
        row.setSpacing(8)
        row.addWidget(self._mark)
        row.addWidget(self.words, 1)
        self._set_mark()
        appearance().changed.connect(self._set_mark)

    def _set_mark(self) -> None:
        self._mark.setPixmap(pixmap("link", current().accent, 16, self.devicePixelRatioF()))

    def show_words(self, words: str) -> None:
        """Hidden where nothing is shared."""
        self.words.setText(words)
        self.setVisible(bool(words))

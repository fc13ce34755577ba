"""A button for words that may be longer than its place."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget


class ElidingButton(QPushButton):
    """Takes the room its words need, and where there is less, ends in dots; the tool tip has them all."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self._words = words
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As if all words were shown."""
        hint, metrics = super().sizeHint(), self.fontMetrics()
        left_out = metrics.horizontalAdvance(self._words) - metrics.horizontalAdvance(self.text())
        return QSize(hint.width() + left_out, hint.height())

    def minimumSizeHint(self) -> QSize:
        """Icon and a few letters."""
        return QSize(80, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """Cuts the words to what is left beside icon and padding."""
        super().resizeEvent(event)
        beside = self.sizeHint().width() - self.fontMetrics().horizontalAdvance(self._words)
        room = self.width() - beside + 2  # widths are rounded
        self.setText(self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room))

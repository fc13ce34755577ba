"""A histogram as small as a word: how many values lie where between the lowest and the highest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.theme import current

_GAP: Final = 1


class Histogram(QWidget):
    """``height`` in pixels; ``subject``: whose values these are, for who does not see it."""

    def __init__(self, height: int, subject: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts: tuple[int, ...] = ()
        self._subject = subject
        self.setFixedHeight(height)
        self.setAccessibleName(subject)

    def show_counts(self, counts: Sequence[int], words: str) -> None:
        """``words``: what the pointer is told."""
        self.counts = tuple(counts)
        self.setToolTip(f"{self._subject}: {words}")
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(200, self.height())

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """A bar for each count; none so low that it could not be seen."""
        painter, most = QPainter(self), max(*self.counts, 1)
        width = self.width() / max(1, len(self.counts))
        for place, count in enumerate(self.counts):
            height = max(1.0, self.height() * count / most)
            bar = QRectF(place * width, self.height() - height, max(1.0, width - _GAP), height)
            painter.fillRect(bar, QColor(current().accent))

"""A combo box that fits narrow panels."""

from __future__ import annotations

from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from app.theme import style_combo


class Combo(QComboBox):
    """Never wider than its place, and deaf to the wheel: scrolling a panel must change no value in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        style_combo(self)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setMaxVisibleItems(16)

    def wheelEvent(self, event: QWheelEvent, /) -> None:
        """Left to the panel, which scrolls."""
        event.ignore()

"""A combo box that fits narrow panels."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from app.theme import style_combo

_OPENING: Final = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Space)


class Combo(QComboBox):
    """Never wider than its place, and deaf to the wheel: scrolling a panel must change no value in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        style_combo(self)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setMaxVisibleItems(16)

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Keys open the list, where letters search and Enter decides: walking past an entry must not choose it."""
        letter = event.text().isalnum()
        if not letter and Qt.Key(event.key()) not in _OPENING:
            super().keyPressEvent(event)
            return
        self.showPopup()
        if letter:
            QCoreApplication.sendEvent(self.view(), event)

    def wheelEvent(self, event: QWheelEvent, /) -> None:
        """Left to the panel, which scrolls."""
        event.ignore()

    def showPopup(self) -> None:
        """The popup may be wider than the box: names are never cut there."""
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + bar)
        super().showPopup()

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """As Qt does it, but a text that is too long ends in dots instead of in half a letter."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        text = self.currentText() if self.currentIndex() >= 0 else self.placeholderText()
        option.currentText = self.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, field.width() - 3
        )
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

"""A line of text that tells apart typing, finishing, stepping and giving up."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.theme import set_look

_STEPS: Final = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Field(QLineEdit):
    """Up and Down step by one, with Shift or as Page keys by ten; Esc goes back to what was there."""

    stepped = Signal(int)
    finished = Signal()  # Enter, or the focus went elsewhere
    reverted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typed = False
        self.textEdited.connect(self._on_typed)

    def set_bad(self, bad: bool) -> None:
        """Outlines the field in red, or no longer."""
        state = "bad" if bad else ""
        if (self.property("state") or "") != state:
            set_look(self, str(self.property("look") or ""), state)

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Everything that is not about text is told; an Esc with nothing to take back is the window's."""
        key = Qt.Key(event.key())
        if key in _STEPS:
            by_ten = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier) and abs(_STEPS[key]) == 1
            self.stepped.emit(_STEPS[key] * (10 if by_ten else 1))
        elif key in _ENTER:
            self._typed = False
            self.finished.emit()
            self.selectAll()
        elif key == Qt.Key.Key_Escape and self._typed:
            self._typed = False
            self.reverted.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent, /) -> None:
        """Leaving finishes; a menu or another window that opens meanwhile does not."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self._typed = False
            self.finished.emit()

    def _on_typed(self) -> None:
        self._typed = True

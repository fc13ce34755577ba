"""A line of the start page that can be pressed: a name, and a word about it below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import theme
from app.canvas.lettering import elided
from app.theme import fonts

ROOM = 170.0


class Row(QFrame):
    chosen = Signal()

    def __init__(self, name: str, words: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_look(self, "row")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{name}, {words}")
        self.setToolTip(f"{name}\n{words}")
        mark = QLabel()
        mark.setPixmap(theme.pixmap(icon, theme.current().dim, 16, 2.0))
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(theme.label(elided(name, fonts.ui(13), ROOM)))
        column.addWidget(theme.label(elided(words, fonts.ui(11), ROOM), "faint"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 5, 4, 5)
        self._row.setSpacing(8)
        self._row.addWidget(mark)
        self._row.addLayout(column, 1)
        self.buttons: dict[str, QPushButton] = {}

    def offer(self, icon: str, words: str, act: Callable[..., object]) -> None:
        """A small button at the right."""
        button = QPushButton()
        theme.set_look(button, "quiet")
        theme.set_icon(button, icon, "dim")
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setFixedWidth(28)
        button.clicked.connect(act)
        self._row.addWidget(button)
        self.buttons[words] = button

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit()
        else:
            super().keyPressEvent(event)

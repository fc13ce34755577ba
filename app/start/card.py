"""A template on the start page: its picture, what it learns, and how long that takes."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app import theme
from app.canvas.lettering import advance, elided
from app.theme import fonts
from graph_engine.templates import Template

PICTURE = QSize(258, 104)
WIDTH, HEIGHT = 260, 258


class Card(QFrame):
    """Pressed by mouse, Enter or Space."""

    chosen = Signal(str)

    def __init__(self, template: Template, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.template = template
        theme.set_look(self, "card")
        self.setFixedSize(WIDTH, HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(template.title)
        self.setAccessibleDescription(f"{template.learns}. {template.data}. {duration(template.minutes)}.")
        self.picture = QLabel()
        self.picture.setFixedSize(PICTURE)
        self.picture.setObjectName("picture")
        words = QVBoxLayout()
        words.setContentsMargins(12, 10, 12, 12)
        words.setSpacing(4)
        title = theme.label(template.title, "title")
        title.setWordWrap(True)
        learns = theme.label(f"{template.learns}.", "small")
        learns.setWordWrap(True)
        learns.setAlignment(Qt.AlignmentFlag.AlignTop)
        takes = duration(template.minutes)
        room = WIDTH - 40.0 - advance(fonts.ui(11), takes)
        data = theme.label(elided(template.data.partition(" (")[0], fonts.ui(11), room), "faint")
        data.setToolTip(template.data)
        foot = QHBoxLayout()
        foot.addWidget(data, 1)
        foot.addWidget(theme.label(takes, "faint"))
        words.addWidget(title)
        words.addWidget(learns, 1)
        words.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self.picture)
        column.addLayout(words, 1)

    def show_picture(self, picture: QPixmap) -> None:
        self.picture.setPixmap(picture)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.chosen.emit(self.template.name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.template.name)
        else:
            super().keyPressEvent(event)


def duration(minutes: float) -> str:
    """About how long a training takes."""
    if minutes < 1:
        return f"about {max(5, round(60 * minutes / 5) * 5)} s"
    return f"about {minutes:g} min"

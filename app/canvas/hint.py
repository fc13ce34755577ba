"""What an empty canvas says: how to begin."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.theme import label

STEPS = (
    "Double-click or press Enter and type a layer's name, such as Input, or drag one here from the library."
)
THEN = "Drag from the dot on a layer's right to wire it to the next."


class EmptyHint(QWidget):
    """Lets the mouse through: it lies on the canvas, and a double click on it is one on the canvas."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        for text, look in (("Draw a network", "headline"), (STEPS, "dim"), (THEN, "dim")):
            line = label(text, look)
            line.setAlignment(Qt.AlignmentFlag.AlignCenter)
            line.setWordWrap(True)
            column.addWidget(line)
        self.setFixedWidth(380)
        self.setFixedHeight(column.totalHeightForWidth(380))

"""The pieces the inspector's pages are made of."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget

from app.forms.row import LABEL_WIDTH
from app.theme import label, separator


class Section(QWidget):
    """A line, a heading with a word at its right, and what belongs under it."""

    def __init__(self, heading: str, *, line: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.side = label("", "faint")
        self.body = column(spacing=4)
        outer = column(self, spacing=8)
        if line:
            outer.addWidget(separator())
        if heading:
            top = QHBoxLayout()
            top.addWidget(label(heading, "heading"))
            top.addStretch(1)
            top.addWidget(self.side)
            outer.addLayout(top)
        outer.addLayout(self.body)

    def add(self, widget: QWidget) -> None:
        """Puts a widget at the end."""
        self.body.addWidget(widget)


class Facts(QWidget):
    """Names at the left, what is true of them at the right, in the columns of a form."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = column(self, spacing=2)
        self._shown: tuple[tuple[str, str, str], ...] | None = None

    def show_facts(self, facts: tuple[tuple[str, str, str], ...]) -> None:
        """Name, value, and the look of the value: a shape is a `chip`."""
        if facts == self._shown:
            return
        self._shown = facts
        empty(self._column)
        for name, value, look in facts:
            self._column.addWidget(_fact(name, value, look))
        self.setVisible(bool(facts))


def _fact(name: str, value: str, look: str) -> QWidget:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    left = label(name, "dim")
    left.setTextFormat(Qt.TextFormat.PlainText)
    left.setWordWrap(True)
    left.setFixedWidth(LABEL_WIDTH)
    left.setMinimumHeight(24)
    right = label(value, look, selectable=True)
    right.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    right.setTextFormat(Qt.TextFormat.PlainText)
    right.setAccessibleName(f"{name}: {value}")
    right.setWordWrap(look != "chip")
    row.addWidget(left)
    row.addWidget(right, int(look != "chip"))
    if look == "chip":
        row.addStretch(1)
    return line


def chip(text: str, tip: str = "") -> QLabel:
    """A shape."""
    result = label(text, "chip")
    result.setToolTip(tip)
    return result


def column(owner: QWidget | None = None, spacing: int = 8) -> QVBoxLayout:
    """A column without margins."""
    result = QVBoxLayout(owner) if owner is not None else QVBoxLayout()
    result.setContentsMargins(0, 0, 0, 0)
    result.setSpacing(spacing)
    return result


def empty(layout: QLayout) -> None:
    """Takes everything out of a layout."""
    while item := layout.takeAt(0):
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()

"""One parameter in a form: its name, its editor, what is wrong with it, and what belongs to it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.forms.editors import Editor
from app.forms.words import tip, title_of
from app.theme import label

LABEL_WIDTH: Final = 112
INDENT: Final = 12


class FormRow(QWidget):
    """A label at the left, the editor at the right. The sentence below spans both: it needs the room."""

    def __init__(self, name: str, editor: Editor, depth: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.editor = name, editor
        self.label = label(title_of(name), "dim")
        self.fault = label("", "bad")
        self._dress(depth)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.label)
        line.addWidget(editor, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(self.fault)
        if editor.below is not None:
            column.addWidget(editor.below)
        editor.faulted.connect(self.show_fault)

    def _dress(self, depth: int) -> None:
        self.label.setFixedWidth(LABEL_WIDTH - INDENT * depth)
        self.label.setMinimumHeight(28)
        self.label.setWordWrap(True)
        self.label.setBuddy(self.editor.inner)
        self.fault.setWordWrap(True)
        self.fault.setTextFormat(Qt.TextFormat.PlainText)
        self.fault.hide()
        words = tip(self.name, self.editor.param)
        self.label.setToolTip(words)
        self.editor.inner.setToolTip(words)
        self.editor.inner.setAccessibleName(title_of(self.name))
        self.editor.inner.setAccessibleDescription(self.editor.param.help)

    def show_fault(self, fault: str) -> None:
        """A sentence under the field, or none."""
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))

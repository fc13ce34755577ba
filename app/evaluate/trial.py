"""Try the model: draw, type or edit a sample, and see at once what every head says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.evaluate.bars import Bars
from app.evaluate.pad import DrawPad
from app.theme import label

WAIT_MS: Final = 120  # after the last stroke or key
WIDE: Final = 164  # of an editor
SHORT: Final = 20  # letters that need one line


class Trial(QWidget):
    """`asked` gives one row by Input name; `exampleAsked` wants a row of the data to begin from."""

    asked = Signal(object)
    exampleAsked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editors: dict[str, QWidget] = {}
        self._shown: dict[str, Mapping[str, Any]] = {}
        self._row = 0
        self.bars = Bars()
        self.line = label("", "small")
        self.line.setWordWrap(True)
        self.line.hide()
        self.clear, self.another = QPushButton("Clear"), QPushButton("Another row")
        self._inputs = QVBoxLayout()
        self._lay_out()
        self._later = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._later.timeout.connect(self._ask)
        self.clear.clicked.connect(self._clear)
        self.another.clicked.connect(self._next)

    def showEvent(self, event: QShowEvent, /) -> None:
        """A row of the data to begin from, the first time it is looked at."""
        super().showEvent(event)
        if not self.editors:
            self._ask_example()

    def forget(self) -> None:
        """Another model: another row is asked for when it is looked at."""
        self._show_editors(())
        self.bars.show_heads(())
        if self.isVisible():
            self._ask_example()

    def show_inputs(self, inputs: Sequence[Mapping[str, Any]]) -> None:
        """Editors for all inputs, filled with a row."""
        self._show_editors(inputs)
        self._ask()

    def show_answer(self, heads: Sequence[Mapping[str, Any]]) -> None:
        self.line.hide()
        self.bars.show_heads(heads)

    def fail(self, sentence: str) -> None:
        """Says it beside the sample; the next answer takes its place."""
        self.line.setText(sentence)
        self.line.show()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.another)
        buttons.addWidget(self.clear)
        buttons.addStretch(1)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(8)
        left.addLayout(self._inputs)
        left.addLayout(buttons)
        left.addStretch(1)
        right.addWidget(self.line)
        right.addWidget(self.bars)
        right.addStretch(1)
        content = QWidget()
        row = QHBoxLayout(content)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(16)
        row.addLayout(left)
        row.addLayout(right, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 80)

    def _show_editors(self, inputs: Sequence[Mapping[str, Any]]) -> None:
        while item := self._inputs.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self.editors, self._shown = {}, {str(shown["input"]): shown for shown in inputs}
        for name, shown in self._shown.items():
            editor = self.editors[name] = self._editor(shown)
            if len(inputs) > 1:
                self._inputs.addWidget(label(name, "heading"))
            self._inputs.addWidget(editor)

    def _editor(self, shown: Mapping[str, Any]) -> QWidget:
        if shown["kind"] == "image":
            pad = DrawPad()
            pad.show_image(shown)
            pad.edited.connect(self._later.start)
            return pad
        if shown["kind"] == "text":
            text = QPlainTextEdit(str(shown["text"]))
            text.setFixedSize(WIDE, 96 if len(str(shown["text"])) > SHORT else 32)
            text.textChanged.connect(self._later.start)
            return text
        values = Values(shown["values"])
        values.edited.connect(self._later.start)
        return values

    def _ask(self) -> None:
        if self.editors:
            self.asked.emit({name: self._given(name, editor) for name, editor in self.editors.items()})

    def _given(self, name: str, editor: QWidget) -> dict[str, Any]:
        if isinstance(editor, DrawPad):
            return editor.shown
        if isinstance(editor, QPlainTextEdit):
            return {"kind": "text", "text": editor.toPlainText()}
        assert isinstance(editor, Values), "there are three kinds"
        return {"kind": "values", "values": editor.pairs}

    def _clear(self) -> None:
        for editor in self.editors.values():
            if isinstance(editor, (DrawPad, QPlainTextEdit)):
                editor.clear()

    def _next(self) -> None:
        self._row += 1
        self._ask_example()

    def _ask_example(self) -> None:
        if not self.editors:
            self.fail("A row of the data is being read.")
        self.exampleAsked.emit(self._row)


class Values(QWidget):
    """A field for every value of a row."""

    edited = Signal()

    def __init__(self, pairs: Sequence[tuple[str, Any]]) -> None:
        super().__init__()
        self.fields: dict[str, QLineEdit] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        self.setFixedWidth(WIDE)
        for row, (name, value) in enumerate(pairs):
            field = self.fields[name] = QLineEdit(str(value))
            field.setAccessibleName(name)
            field.textEdited.connect(lambda _text: self.edited.emit())
            grid.addWidget(label(name, "small"), row, 0)
            grid.addWidget(field, row, 1)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [(name, field.text()) for name, field in self.fields.items()]

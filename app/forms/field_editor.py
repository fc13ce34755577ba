"""The editor of everything that is written in a line."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.forms.editors import MIXED, Editor
from app.forms.field import Field
from app.forms.steps import stepped_number, stepped_text
from app.forms.texts import from_text, to_text
from app.forms.words import sentence
from graph_engine.params import JSON, Dims, Integer, IntTuple, Number, Param, ParamError


class FieldEditor(Editor):
    """Numbers with arithmetic, sizes, shapes and text, in a line. Enter commits, Esc goes back."""

    def __init__(self, param: Param, parent: QWidget | None = None) -> None:
        self.field = Field()
        super().__init__(param, self.field, parent)
        self._shown = ""
        self.field.textEdited.connect(self._on_text)
        self.field.finished.connect(self._on_finished)
        self.field.reverted.connect(self._revert)
        self.field.stepped.connect(self._on_step)

    @property
    def is_dirty(self) -> bool:
        """Whether the text differs from the value's."""
        return self.field.text() != self._shown

    def show_value(self, value: JSON) -> None:
        """Keeps what a person has typed, as long as the value behind it stays the same."""
        shown = to_text(self.param, value)
        if self.is_dirty and shown == self._shown:
            return
        self._show(shown, "none" if self.param.optional else "")

    def show_mixed(self) -> None:
        """An empty field that says so."""
        self._show("", MIXED)

    def _show(self, text: str, placeholder: str) -> None:
        self._shown = text
        self.field.setPlaceholderText(placeholder)
        if self.field.text() != text:
            self.field.setText(text)
            self.field.setCursorPosition(0)
        self._tell("")

    def _tell(self, fault: str) -> None:
        self.field.set_bad(bool(fault))
        self.faulted.emit(sentence(fault))

    def _read(self) -> tuple[JSON, str]:
        """The value in the field, or why there is none."""
        try:
            value = from_text(self.param, self.field.text())
        except ParamError as error:
            return None, str(error)
        return value, self.check(value)

    def _on_text(self) -> None:
        unchanged = self.field.text() == self._shown
        self._tell("" if unchanged else self._read()[1])

    def _on_finished(self) -> None:
        self._commit()
        self.settled.emit()

    def _commit(self) -> None:
        if self.field.text() == self._shown:
            return
        value, fault = self._read()
        if fault:
            self._tell(fault)
            return
        before = self._shown
        self._show(to_text(self.param, value), self.field.placeholderText())
        if self._shown != before:
            self.edited.emit(value)

    def _revert(self) -> None:
        self._show(self._shown, self.field.placeholderText())
        self.field.selectAll()

    def _on_step(self, steps: int) -> None:
        """A step that would leave the allowed range is not taken."""
        text, cursor = self._stepped(steps)
        before = self.field.text()
        self.field.setText(text)
        if self._read()[1]:
            self.field.setText(before)
            return
        self._commit()
        self.field.setCursorPosition(cursor)

    def _stepped(self, steps: int) -> tuple[str, int]:
        if isinstance(self.param, (IntTuple, Dims)):
            return stepped_text(self.field.text(), self.field.cursorPosition(), steps)
        value, fault = self._read()
        if fault or not isinstance(self.param, (Integer, Number)):
            return self.field.text(), self.field.cursorPosition()
        moved = (
            (value or 0) + steps if isinstance(self.param, Integer) else stepped_number(value or 0.0, steps)
        )
        text = to_text(self.param, moved)
        return text, len(text)

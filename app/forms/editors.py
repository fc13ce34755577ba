"""One widget per kind of parameter. All speak JSON values, and emit only what a person did."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.forms.field import Field
from app.forms.steps import stepped_number, stepped_text
from app.forms.texts import from_text, to_text
from app.forms.words import sentence
from app.theme import Switch
from app.widgets.combo import Combo
from graph_engine.params import JSON, Choice, Dims, Integer, IntTuple, Number, Param, ParamError

MIXED: Final = "Mixed"  # several layers are edited, and their values differ
_NONE: Final = "None"


def accept_everything(_value: JSON) -> str:
    """The check of a form that has nothing to say beyond its parameters."""
    return ""


class Editor(QWidget):
    """Base of all editors.

    ``check`` is asked about a value that fits its parameter, before it is committed; it answers with what is
    wrong. ``below`` is what the form shows under the row, such as the parameters of a chosen initializer.
    """

    edited = Signal(object)  # a checked value in JSON form
    faulted = Signal(str)  # a sentence, empty when all is well again
    settled = Signal()  # the person has finished with this field: what follows is another step

    def __init__(self, param: Param, inner: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.param = param
        self.check: Callable[[JSON], str] = accept_everything
        self.below: QWidget | None = None
        self.inner = inner
        self.setFocusProxy(inner)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(inner)

    @abstractmethod
    def show_value(self, value: JSON) -> None:
        """Shows a value without emitting it."""

    @abstractmethod
    def show_mixed(self) -> None:
        """Shows that there is no one value."""

    def commit(self, value: JSON) -> bool:
        """Emits a value unless the form refuses it; whether it was emitted."""
        fault = sentence(self.check(value))
        self.faulted.emit(fault)
        if not fault:
            self.edited.emit(value)
        return not fault


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

    def show_value(self, value: JSON) -> None:
        """Keeps what a person is typing, as long as the value behind it stays the same."""
        shown = to_text(self.param, value)
        dirty = self.field.text() != self._shown
        if dirty and shown == self._shown and self.field.hasFocus():
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
        moved = (value or 0) + steps if isinstance(self.param, Integer) else stepped_number(value or 0.0, steps)
        text = to_text(self.param, moved)
        return text, len(text)


class ChoiceEditor(Editor):
    """One of a few words."""

    def __init__(self, param: Choice, parent: QWidget | None = None) -> None:
        self.combo = Combo()
        super().__init__(param, self.combo, parent)
        if param.optional:
            self.combo.addItem(_NONE, None)
        for option in param.options:
            self.combo.addItem(option, option)
        self._value: Any = None
        self.combo.activated.connect(self._on_activated)

    def show_value(self, value: JSON) -> None:
        """Shows even a value that is not among the options: it is what the file says."""
        self._value = value
        index = self.combo.findData(value)
        self.combo.setPlaceholderText("" if index >= 0 else str(value))
        self.combo.setCurrentIndex(index)

    def show_mixed(self) -> None:
        """No option is chosen."""
        self._value = MIXED
        self.combo.setPlaceholderText(MIXED)
        self.combo.setCurrentIndex(-1)

    def _on_activated(self, index: int) -> None:
        value = self.combo.itemData(index)
        if value != self._value and not self.commit(value):
            self.combo.setCurrentIndex(self.combo.findData(self._value))
            return
        self._value = value


class SwitchEditor(Editor):
    """True or false."""

    def __init__(self, param: Param, parent: QWidget | None = None) -> None:
        self.switch = Switch()
        super().__init__(param, self.switch, parent)
        self.layout().addStretch(1)  # type: ignore[union-attr]  # the row made by Editor
        self.switch.clicked.connect(self._on_clicked)

    def show_value(self, value: JSON) -> None:
        """On or off."""
        self.switch.setText("")
        self.switch.setChecked(value is True)

    def show_mixed(self) -> None:
        """Off, with a word beside it: a switch has no third place."""
        self.switch.setText(MIXED)
        self.switch.setChecked(False)

    def _on_clicked(self, on: bool) -> None:
        self.switch.setText("")
        if not self.commit(on):
            self.switch.setChecked(not on)
        self.settled.emit()

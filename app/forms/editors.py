"""One widget per kind of parameter. All speak JSON values, and emit only what a person did."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.forms.words import sentence
from app.theme import Switch
from app.widgets.combo import Combo
from graph_engine.params import JSON, Choice, Param

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
        row.addWidget(inner, 1)

    @property
    def is_dirty(self) -> bool:
        """Whether a person has typed something that is not committed."""
        return False

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

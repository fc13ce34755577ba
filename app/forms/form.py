"""A form for the parameters of a configurable class, and the editor of a configurable thing inside it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Mapping
from typing import Any, Final, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.forms.catalogues import CatalogueCombo
from app.forms.editors import MIXED, ChoiceEditor, Editor, SwitchEditor
from app.forms.field_editor import FieldEditor
from app.forms.row import INDENT, FormRow
from app.forms.words import sentence
from graph_engine.params import JSON, Boolean, Choice, Config, Configured, Param, ParamError

Params = Mapping[str, Param]
_PLACE: Final = re.compile(r"^[^:\s]+\.\w+: ")  # "Conv2D.groups: ", which the field's place says already


class Form(QWidget):
    """Rows for parameters, of a class or given by name. Emits what a person commits, and nothing else.

    `only` leaves some of the parameters to another form; the values are whole configurations all the same,
    because a class may check its parameters against each other.
    """

    edited = Signal(str, object)
    settled = Signal()

    def __init__(
        self,
        kind: type[Config] | Params,
        only: Collection[str] | None = None,
        depth: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.kind = kind if isinstance(kind, type) else None
        self.params = kind.params() if isinstance(kind, type) else kind
        self.defaults: dict[str, JSON] = defaults_of(kind) if isinstance(kind, type) else {}
        self._values = dict(self.defaults)
        self.rows: dict[str, FormRow] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(INDENT if depth else 0, 0, 0, 0)
        column.setSpacing(4)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        for name, param in self.params.items():
            if only is None or name in only:
                column.addWidget(self._row(name, param, depth))
        self.set_values(self._values)

    def _row(self, name: str, param: Param, depth: int) -> FormRow:
        editor = editor_for(param, depth)
        editor.check = lambda value: self._refusal(name, value)
        editor.edited.connect(lambda value: self._on_edited(name, value))
        editor.settled.connect(self.settled)
        self.rows[name] = FormRow(name, editor, depth)
        return self.rows[name]

    @property
    def values(self) -> dict[str, JSON]:
        """What the form holds, as last set or committed."""
        return dict(self._values)

    def set_values(self, values: Mapping[str, JSON], mixed: Collection[str] = ()) -> None:
        """Shows values without emitting; what is missing stays. `mixed` have no one value."""
        self._values.update(values)
        for name, row in self.rows.items():
            if name in mixed:
                row.editor.show_mixed()
            elif name in self._values:
                _show(row, self._values[name])

    def _on_edited(self, name: str, value: JSON) -> None:
        self._values[name] = value
        self.edited.emit(name, value)

    def _refusal(self, name: str, value: JSON) -> str:
        """What the class says about the whole. A configuration that is wrong already may go on being wrong:
        otherwise two faults could never be mended one after the other."""
        fault = self._fault({**self._values, name: value})
        return "" if not fault or self._fault(self._values) else fault

    def _fault(self, values: Mapping[str, JSON]) -> str:
        if self.kind is None:
            return ""
        try:
            self.kind.from_config(values)
        except ParamError as error:
            return _PLACE.sub("", str(error))
        return ""


class ConfiguredEditor(Editor):
    """A configurable thing: which one, and its own parameters below."""

    def __init__(self, param: Configured, depth: int = 0, parent: QWidget | None = None) -> None:
        assert param.kind is not None
        self.kind = param.kind
        self.combo = CatalogueCombo(param.kind, param.optional)
        super().__init__(param, self.combo, parent)
        self.below = QWidget()
        self._depth = depth + 1
        self._form: Form | None = None
        self._value: JSON = None
        column = QVBoxLayout(self.below)
        column.setContentsMargins(0, 0, 0, 0)
        self.below.hide()
        self.combo.chosen.connect(self._on_chosen)

    @property
    def form(self) -> Form | None:
        """The parameters of what is chosen; None where it has none."""
        return self._form

    def show_value(self, value: JSON) -> None:
        """Shows the thing and its parameters."""
        value = self._value = canonical(self.param, value)[0]
        name = value.get("type") if isinstance(value, Mapping) else value
        self.combo.show_name(name, str(name))
        self._show_form(name if name in self.kind else None)

    def show_mixed(self) -> None:
        """Nothing is chosen."""
        self._value = MIXED
        self.combo.show_name(MIXED, MIXED)
        self._show_form(None)

    def _show_form(self, name: str | None) -> None:
        cls = self.kind[name] if name is not None and self.kind[name].params() else None
        if self._form is not None and self._form.kind is not cls:
            self._form.deleteLater()
            self._form.hide()
            self._form = None
        if cls is not None and self._form is None:
            self._form = self._make_form(cls)
        if self._form is not None:
            self._form.set_values({key: value for key, value in self._value.items() if key != "type"})
        cast("QWidget", self.below).setVisible(self._form is not None)

    def _make_form(self, cls: type[Config]) -> Form:
        form = Form(cls, depth=self._depth)
        form.edited.connect(self._on_part)
        form.settled.connect(self.settled)
        cast("QWidget", self.below).layout().addWidget(form)  # type: ignore[union-attr]  # made with it
        return form

    def _on_chosen(self, name: str | None) -> None:
        """Another thing starts with its defaults."""
        old = self._value.get("type") if isinstance(self._value, Mapping) else self._value
        if name == old:
            return
        value = None if name is None else {"type": name, **defaults_of(self.kind[name])}
        before = self._value
        self.show_value(value)
        if not self.commit(value):
            self.show_value(before)
        self.settled.emit()

    def _on_part(self, name: str, part: JSON) -> None:
        value = {**self._value, name: part}
        if self.commit(value):
            self._value = value


def editor_for(param: Param, depth: int = 0) -> Editor:
    """The editor of a parameter; a kind without one of its own is a field."""
    if isinstance(param, Boolean):
        return SwitchEditor(param)
    if isinstance(param, Choice):
        return ChoiceEditor(param)
    if isinstance(param, Configured):
        return ConfiguredEditor(param, depth)
    return FieldEditor(param)


def defaults_of(kind: type[Config]) -> dict[str, JSON]:
    """What a new thing of this class has, in JSON form."""
    given = {field.name: field.default for field in dataclasses.fields(cast("Any", kind))}
    return {name: param.encode(param.check(given[name])) for name, param in kind.params().items()}


def canonical(param: Param, value: JSON) -> tuple[JSON, str]:
    """The value in its one JSON form; or as it is, and why it does not fit: files may say anything."""
    try:
        return param.encode(param.check(value)), ""
    except ParamError as error:
        return value, sentence(str(error))


def _show(row: FormRow, value: JSON) -> None:
    value, fault = canonical(row.editor.param, value)
    row.editor.show_value(value)
    if fault or not row.editor.is_dirty:
        row.show_fault(fault)

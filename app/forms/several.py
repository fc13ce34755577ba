"""Several configurable things in an order: metrics, preprocessing steps, callbacks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.forms.catalogues import CatalogueCombo
from app.forms.form import ConfiguredEditor, defaults_of
from app.theme import set_icon, set_look
from graph_engine.document import Choice
from graph_engine.params import Catalogue, Configured

Choices = tuple[Choice, ...]


class Several(QWidget):
    """A list that grows at its end: each thing with its parameters, and buttons that take it away or move it up.

    ``noun`` is what one of them is called. ``ordered``: whether their order means something.
    """

    def __init__(
        self,
        catalogue: Catalogue[Any],
        noun: str,
        help: str,
        changed: Callable[[Choices], object],
        *,
        ordered: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue, self._noun, self._help, self._changed = catalogue, noun, help, changed
        self._ordered = ordered
        self._choices: Choices = ()
        self.chosen: list[Chosen] = []
        self._rows = _column()
        self._add = f"Add a {noun}"
        self.adder = CatalogueCombo(catalogue)
        self.adder.setAccessibleName(self._add)
        self.adder.setToolTip(f"{self._add}: {help[:1].lower()}{help[1:].rstrip('.')}")
        self.adder.show_name("", self._add)
        self.adder.chosen.connect(self._on_added)
        outer = _column(self)
        outer.addLayout(self._rows)
        outer.addWidget(self.adder)

    def show_choices(self, choices: Choices) -> None:
        """Rows are kept while their number stays, so that the focus stays too."""
        self._choices = choices
        if len(choices) != len(self.chosen):
            while item := self._rows.takeAt(0):
                if widget := item.widget():
                    widget.hide()
                    widget.deleteLater()
            self.chosen = [self._row(place) for place in range(len(choices))]
        for row, choice in zip(self.chosen, choices, strict=True):
            row.editor.show_value(as_json(choice))

    def _row(self, place: int) -> Chosen:
        name = f"{self._noun.capitalize()} {place + 1}"
        lift = partial(self._on_lifted, place) if self._ordered and place else None
        param = Configured(self._help, False, self._catalogue)
        row = Chosen(param, name, partial(self._on_removed, place), lift)
        row.editor.edited.connect(partial(self._on_edited, place))
        self._rows.addWidget(row)
        return row

    def _on_added(self, name: str) -> None:
        self.adder.show_name("", self._add)
        self._changed((*self._choices, Choice(name, defaults_of(self._catalogue[name]))))

    def _on_removed(self, place: int) -> None:
        self._changed((*self._choices[:place], *self._choices[place + 1 :]))

    def _on_lifted(self, place: int) -> None:
        before, lifted = self._choices[place - 1 : place + 1]
        self._changed((*self._choices[: place - 1], lifted, before, *self._choices[place + 1 :]))

    def _on_edited(self, place: int, value: Any) -> None:
        self._changed((*self._choices[:place], as_choice(value), *self._choices[place + 1 :]))


class Chosen(QWidget):
    """A configurable thing with a long name: the whole width for it, its parameters below."""

    def __init__(
        self,
        param: Configured,
        name: str,
        remove: Callable[[], object] | None = None,
        lift: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        self.editor = ConfiguredEditor(param)
        self.editor.inner.setToolTip(param.help)
        self.editor.inner.setAccessibleName(name)
        self.lifter = _button("chevron-up", f"Move {name.lower()} up", lift) if lift else None
        self.remover = _button("close", f"Remove {name.lower()}", remove) if remove else None
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.editor, 1)
        for button in (self.lifter, self.remover):
            if button is not None:
                line.addWidget(button)
        outer = _column(self)
        outer.addLayout(line)
        assert self.editor.below is not None
        outer.addWidget(self.editor.below)


def as_json(choice: Choice | None) -> dict[str, Any] | None:
    """A choice as forms know it."""
    return None if choice is None else {"type": choice.type, **choice.config}


def as_choice(value: Any) -> Choice:
    """What a form gives, as the document keeps it."""
    return Choice(value["type"], {name: part for name, part in value.items() if name != "type"})


def _button(icon: str, words: str, do: Callable[[], object]) -> QPushButton:
    button = QPushButton()
    set_look(button, "icon")
    set_icon(button, icon, "dim")
    button.setToolTip(words)
    button.setAccessibleName(words)
    button.clicked.connect(lambda _checked: do())
    return button


def _column(owner: QWidget | None = None) -> QVBoxLayout:
    result = QVBoxLayout(owner) if owner is not None else QVBoxLayout()
    result.setContentsMargins(0, 0, 0, 0)
    result.setSpacing(4)
    return result

"""How rows are parted into those to learn from and those to check on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.bridge.session import Session
from app.forms import Form
from app.theme import label
from graph_engine.data import SPLITS
from graph_engine.document import Document, SetSplit
from graph_engine.params import Choice, Integer, Number, Param, Text

_FIELDS: Final[dict[str, Param]] = {
    "parted": Choice(
        "At random; with the same share of every class; the last rows; whole groups; the latest; or by a column.",
        options=tuple(SPLITS),
    ),
    "column": Text("The column of groups, of times, or of marks, for a split that goes by one."),
    "held_back": Number(
        "Share of the rows that are held back to check on, from 0 to 1.", minimum=0.0, maximum=0.99
    ),
    "split_seed": Integer("Which rows are held back. Equal seeds hold back equal rows.", minimum=0),
}
_NAMES: Final = {"parted": "kind", "held_back": "validation", "split_seed": "seed"}


class Parting(QWidget):
    """Every change is a command. A column is looked for in the source that the first input is bound to."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.form = Form(_FIELDS)
        self.form.edited.connect(self._on_edited)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(8)
        column.addWidget(label("Rows held back", "heading"))
        column.addWidget(self.form)

    def show_document(self, document: Document) -> None:
        split = document.data.split
        self.form.set_values({name: getattr(split, _NAMES.get(name, name)) for name in _FIELDS})
        self.form.rows["column"].setVisible(split.kind in ("group", "time", "mark"))

    def _on_edited(self, name: str, value: Any) -> None:
        data = self._session.document.data
        split = replace(data.split, **{_NAMES.get(name, name): value})
        if name == "column":
            split = replace(split, source=next((b.source for b in data.bindings.values()), ""))
        self._session.dispatch(SetSplit(split))

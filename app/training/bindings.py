"""Which columns of which file feed an input, or are an output's target, and through which steps."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget

from app.theme import label
from graph_engine.data import STEPS
from graph_engine.document import Binding, Choice, Document


class Bindings(QWidget):
    """A table of the document's bindings, for reading."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 8, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(3, 1)

    def show_data(self, document: Document) -> None:
        """One row for every Input, and for every Output."""
        while item := self._grid.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        main = document.main
        for node in (*main.inputs, *main.outputs):
            name = document.layer_of(main.id, node).name
            self._add(name, node in main.inputs, document.data.bindings.get(node), document)

    def _add(self, name: str, is_input: bool, binding: Binding | None, document: Document) -> None:
        row = self._grid.rowCount()
        self._grid.addWidget(label("\u2192" if is_input else "\u2190", "dim"), row, 0)
        self._grid.addWidget(label(name), row, 1)
        if binding is None:
            self._grid.addWidget(label("bound to no data yet", "warn" if is_input else "dim"), row, 2, 1, 2)
            return
        source = document.data.sources.get(binding.source)
        file = source.path.removeprefix("sample:") if source else binding.source
        self._grid.addWidget(label(", ".join(binding.columns), "mono"), row, 2)
        steps = "".join(f" \u00b7 {_title(step)}" for step in binding.steps)
        self._grid.addWidget(label(f"{file}{steps}", "small"), row, 3)


def _title(step: Choice) -> str:
    return STEPS[step.type].title.lower() if step.type in STEPS else step.type

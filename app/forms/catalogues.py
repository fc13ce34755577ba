"""A choice among the classes of a catalogue: initializers, losses, optimizers."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.forms.words import plain
from app.widgets.combo import Combo
from graph_engine.params import Catalogue


class CatalogueCombo(Combo):
    """The titles of a catalogue's classes, each explained by a tool tip; the names are the class names."""

    chosen = Signal(object)  # a class name, or None

    def __init__(
        self, catalogue: Catalogue[Any], optional: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        if optional:
            self.addItem("None", None)
        for name in sorted(catalogue, key=lambda name: catalogue[name].title.lower()):
            self.addItem(catalogue[name].title, name)
            tip = plain(catalogue[name].summary())
            self.setItemData(self.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))

    def show_name(self, name: str | None, otherwise: str = "") -> None:
        """Chooses without emitting; `otherwise` is shown where the name is none of the catalogue's."""
        index = self.findData(name)
        self.setPlaceholderText("" if index >= 0 else otherwise)
        self.setCurrentIndex(index)

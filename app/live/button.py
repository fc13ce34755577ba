"""The small menu above the canvas that says what is shown on the layers."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from app import theme
from app.live.overlays import KINDS, OFF, Overlays
from app.menus import Actions


class LiveButton(QPushButton):
    """Opens the actions ``live-...`` of the table, and names the one that is chosen."""

    def __init__(self, overlays: Overlays, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._overlays = overlays
        menu = QMenu(self)
        theme.round_popup(menu)
        for kind in KINDS:
            menu.addAction(actions[f"live-{kind}"])
        menu.addSeparator()
        for way in ("next", "previous"):
            menu.addAction(actions[f"live-{way}"])
        self.setMenu(menu)
        self.setToolTip("What is shown on the layers while the model trains")
        overlays.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Quiet while nothing is shown."""
        kind = self._overlays.kind
        of_row = f" of row {self._overlays.row + 1}" if kind == "activations" else ""
        self.setText("Show on layers" if kind == OFF else KINDS[kind] + of_row)
        theme.set_look(self, "pill")
        theme.set_icon(self, "eye", "dim" if kind == OFF else "accent")

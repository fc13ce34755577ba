"""The small menu above the canvas that says what is shown on the layers."""

from __future__ import annotations

from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from app import theme
from app.live.overlays import KINDS, Overlays
from app.menus import Actions


class _Ticks(QMenu):
    """Stays open while what can be ticked is clicked, so that several are chosen in one go."""

    def mouseReleaseEvent(self, event: QMouseEvent, /) -> None:
        action = self.actionAt(event.position().toPoint())
        if action is not None and action.isCheckable() and action.isEnabled():
            action.trigger()
        else:
            super().mouseReleaseEvent(event)


class LiveButton(QPushButton):
    """Opens the actions ``live-...`` of the table, and names what is chosen."""

    def __init__(self, overlays: Overlays, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._overlays = overlays
        menu = _Ticks(self)
        theme.round_popup(menu)
        for kind in (*KINDS, "off"):
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
        kinds = self._overlays.kinds
        self.setText(self._words(kinds))
        theme.set_look(self, "pill")
        theme.set_icon(self, "eye", "accent" if kinds else "dim")

    def _words(self, kinds: tuple[str, ...]) -> str:
        if not kinds:
            return "Show on layers"
        of_row = f" of row {self._overlays.row + 1}" if "activations" in kinds else ""
        others = f", {len(kinds) - 1} more" if len(kinds) > 1 else ""
        return f"{KINDS[kinds[0]]}{of_row}{others}"

"""Menus and the menu bar, made from the table of actions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar

from app import theme
from app.actions import MENUS, Group, Submenu, entries
from app.entries import ActionSet, Entry

if TYPE_CHECKING:
    from app.window import Window


class Actions(ActionSet["Window"]):
    """The window's QActions by id, and, by theirs, those of the canvas; `refresh` brings all in step."""

    def __init__(self, window: Window) -> None:
        self._canvas = window.canvas.actions_
        super().__init__(window, (entry for entry in entries() if not entry.on_canvas), window, local=False)
        self._window = window
        self._canvas.done.connect(self.refresh)

    def __getitem__(self, name: str) -> QAction:
        return self._canvas[name] if name in self._canvas else super().__getitem__(name)

    def refresh(self) -> None:
        """Titles, ticks, and what can be done now."""
        super().refresh()
        self._canvas.refresh()

    def set_keys(self, keys: dict[str, str]) -> None:
        """Other keys than the tables', by id."""
        super().set_keys(keys)
        self._canvas.set_keys(keys)

    def fill(self, bar: QMenuBar) -> None:
        """Puts all menus into a menu bar."""
        for title, groups in MENUS.items():
            menu = self._menu(title, bar)
            for group in groups:
                self._add(menu, group)
            bar.addMenu(menu)

    def _add(self, menu: QMenu, group: Group) -> None:
        shown = [entry for entry in group if isinstance(entry, Submenu) or entry.listed]
        if shown and menu.actions():
            menu.addSeparator()
        for entry in shown:
            if isinstance(entry, Entry):
                menu.addAction(self[entry.id])
            else:
                menu.addMenu(self.submenu(entry, menu))

    def submenu(self, entry: Submenu, parent: QMenu) -> QMenu:
        """A menu that asks what it offers when it opens."""
        menu = self._menu(entry.title, parent)
        theme.set_icon(menu, entry.icon, "dim")
        menu.aboutToShow.connect(partial(self._offer, menu, entry))
        return menu

    def _offer(self, menu: QMenu, entry: Submenu) -> None:
        menu.clear()  # ends the actions, which are its children
        for offered in entry.entries(self._window):
            menu.addAction(self.action(offered, menu))

    @staticmethod
    def _menu(title: str, parent: QMenuBar | QMenu) -> QMenu:
        menu = QMenu(title, parent)
        menu.setToolTipsVisible(True)  # a grey action says why
        theme.round_popup(menu)
        return menu

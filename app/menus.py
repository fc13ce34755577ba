"""Qt's actions, menus and menu bar, made from the table of actions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from app import theme
from app.actions import MENUS, Entry, Group, Submenu, entries

if TYPE_CHECKING:
    from app.window import Window


class Actions(QObject):
    """One QAction for each entry of the table, by its id; `refresh` brings all of them in step with the window."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._entries = {entry.id: entry for entry in entries()}
        self._actions = {entry.id: self._action(entry, self) for entry in self._entries.values()}
        for entry in self._entries.values():
            owner = window.canvas if entry.on_canvas else window
            owner.addAction(self._actions[entry.id])
        self.refresh()

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def refresh(self) -> None:
        """Titles, ticks, and what can be done now."""
        for name, entry in self._entries.items():
            self._update(self._actions[name], entry)

    def fill(self, bar: QMenuBar) -> None:
        """Puts all menus into a menu bar."""
        for title, groups in MENUS.items():
            menu = self._menu(title, bar)
            for place, group in enumerate(groups):
                if place:
                    menu.addSeparator()
                self._add(menu, group)
            bar.addMenu(menu)

    def _add(self, menu: QMenu, group: Group) -> None:
        for entry in group:
            if isinstance(entry, Entry):
                menu.addAction(self._actions[entry.id])
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
            menu.addAction(self._action(offered, menu))

    def _action(self, entry: Entry, parent: QObject) -> QAction:
        action = QAction(entry.title, parent)
        action.setObjectName(entry.id)
        action.setShortcuts(QKeySequence.listFromString(entry.keys))
        if entry.on_canvas:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if entry.icon:
            theme.set_icon(action, entry.icon, "dim")
        action.setCheckable(entry.checked is not None)
        action.triggered.connect(partial(self._do, entry))
        self._update(action, entry)
        return action

    def _do(self, entry: Entry, _checked: bool = False) -> None:
        entry.do(self._window)
        self.refresh()

    def _update(self, action: QAction, entry: Entry) -> None:
        action.setEnabled(entry.enabled(self._window))
        if entry.named is not None:
            action.setText(entry.named(self._window))
        if entry.checked is not None:
            action.setChecked(entry.checked(self._window))

    @staticmethod
    def _menu(title: str, parent: QMenuBar | QMenu) -> QMenu:
        menu = QMenu(title, parent)
        theme.round_popup(menu)
        return menu

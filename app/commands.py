"""Every action by name: type a few letters of what is wanted, see its keys, press Enter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint

from app.actions import MENUS, Submenu
from app.entries import Entry
from app.shortcuts import native
from app.widgets.picker import Offer, Picker

if TYPE_CHECKING:
    from app.window import Window

WIDTH = 440


class CommandPalette(Picker):
    """What submenus offer is here too, under the submenu's name."""

    def __init__(self, window: Window) -> None:
        super().__init__(window, "What do you want to do?", WIDTH)
        self._window = window

    def open(self) -> None:
        found = {entry.id: (title, entry) for title, entry in every_action(self._window)}
        at = QPoint((self._window.width() - WIDTH) // 2, 72)
        offers = [self._offer(title, entry) for title, entry in found.values()]
        self.open_at(at, offers, lambda name: self._do(found[name][1]))

    def _offer(self, title: str, entry: Entry[Window]) -> Offer:
        window = self._window
        standing = entry.id in window.actions_
        keys = window.actions_[entry.id].shortcut().toString() if standing else ""
        text = entry.named(window) if entry.named else entry.title
        text = f"{title}: {text}" if title else text
        return Offer(entry.id, text, native(keys), entry.icon, also=title, blocked=entry.blocked(window))

    def _do(self, entry: Entry[Window]) -> None:
        if entry.id in self._window.actions_:
            self._window.actions_[entry.id].trigger()
        else:
            entry.do(self._window)


def every_action(window: Window) -> Iterator[tuple[str, Entry[Window]]]:
    """The entries of all menus and submenus, with the submenu's title; what is not listed is left out."""
    for groups in MENUS.values():
        for entry in (entry for group in groups for entry in group):
            if isinstance(entry, Submenu):
                yield from ((entry.title, offered) for offered in entry.entries(window))
            elif entry.listed:
                yield "", entry

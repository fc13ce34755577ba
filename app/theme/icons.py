"""Icons in the colours of the theme.

A `QIcon` cannot follow the theme by itself: an icon engine written in Python crashes inside Qt (PySide6
6.11). `set_icon` therefore remembers the name, and sets the icon again when the theme changes.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QGuiApplication, QIcon
from PySide6.QtWidgets import QAbstractButton, QMenu

from app.theme.appearance import appearance, current
from app.theme.artwork import pixmap
from app.theme.tokens import FAMILIES, ICON
from graph_engine.resources import resource

HasIcon = QAction | QAbstractButton | QMenu


def _ratios() -> set[float]:
    """The device pixel ratios of the screens there are; a window may move from one to another."""
    return {screen.devicePixelRatio() for screen in QGuiApplication.screens()} or {1.0}


def icon(name: str, role: str = "", size: int = ICON, selected: str = "") -> QIcon:
    """An icon in a colour: a token (`text`, `dim`, `accent`, `on_accent`...), a family, or `#rrggbb`.

    Without a role a family's icon has the family's colour, and any other the colour of text. `selected` is
    the colour on a selected row; say `on_accent` where that row is filled with the accent, as in search.
    """
    theme = current()
    role = role or (name if name in FAMILIES else "text")
    modes = {
        QIcon.Mode.Normal: role,
        QIcon.Mode.Active: role,
        # Always said: left alone, Qt washes the icon of a selected row with the highlight colour.
        QIcon.Mode.Selected: selected or role,
        QIcon.Mode.Disabled: "disabled",
    }
    result = QIcon()
    for ratio in sorted(_ratios()):
        for mode, wanted in modes.items():
            result.addPixmap(pixmap(name, theme.role(wanted), size, ratio), mode)
    return result


def family_icon(family: str, size: int = ICON, selected: str = "") -> QIcon:
    """The icon of a layer family in its colour; a question mark for one this version does not know."""
    known = family in FAMILIES
    return icon(family if known else "unknown", "" if known else "faint", size, selected)


@cache
def app_icon() -> QIcon:
    """Layerloom's own mark, for windows and the task bar."""
    result = QIcon()
    for file in sorted(resource("icons", "app").glob("layerloom-*.png")):
        result.addFile(str(file))
    return result


class _Follower(QObject):
    """Keeps one object's icon in the theme's colours; lives and dies with that object, as its child."""

    def __init__(self, target: HasIcon) -> None:
        super().__init__(target)
        self._target = target
        self.wanted: tuple[str, str, int] = ("", "", ICON)
        appearance().changed.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        self._target.setIcon(icon(*self.wanted))


def set_icon(target: HasIcon, name: str, role: str = "", size: int = ICON) -> None:
    """Gives an action, button or menu an icon that follows the theme; a later call replaces it."""
    follower = next((child for child in target.children() if isinstance(child, _Follower)), None)
    follower = follower or _Follower(target)
    follower.wanted = (name, role, size)
    follower.refresh()

"""What an action is: its name, its keys, its icon, what it does and why it cannot be done just now.

Tables of entries are all there is to say about actions. Menus, toolbar, context menus, the command palette, the
sheet of shortcuts and the keys themselves are derived from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from app import theme

T = TypeVar("T")
Outer = TypeVar("Outer")


def _never(_target: object) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """One action on a target: the window, or the canvas.

    ``keys`` are written as people read them, several with `; ` between. ``blocked`` answers why it cannot be done
    now, with an empty text when it can. ``named``: a title that follows the document. ``checked``: for what is on
    or off. ``listed`` is False for what menus and the command palette need not offer, such as a step of a walk.
    """

    id: str
    title: str
    keys: str
    icon: str
    do: Callable[[T], object]
    blocked: Callable[[T], str] = _never
    named: Callable[[T], str] | None = None
    checked: Callable[[T], bool] | None = None
    listed: bool = True
    on_canvas: bool = False

    def lifted(self, reach: Callable[[Outer], T]) -> Entry[Outer]:
        """The same action on something that has the target."""
        named, checked = self.named, self.checked
        return Entry(
            self.id,
            self.title,
            self.keys,
            self.icon,
            lambda outer: self.do(reach(outer)),
            lambda outer: self.blocked(reach(outer)),
            (lambda outer: named(reach(outer))) if named else None,
            (lambda outer: checked(reach(outer))) if checked else None,
            self.listed,
            True,
        )


def sequences(keys: str) -> list[QKeySequence]:
    """Keys as the table writes them, as Qt has them."""
    return QKeySequence.listFromString(keys) if keys else []


class ActionSet(QObject, Generic[T]):
    """One QAction for each entry of a table, by its id."""

    done = Signal()  # an action was triggered: what others can do may have changed

    def __init__(self, target: T, entries: Iterable[Entry[T]], owner: QWidget, *, local: bool) -> None:
        """``local``: keys count only while the owner or what is inside it has the focus."""
        super().__init__(owner)
        self._target = target
        self._local = local
        self.entries = {entry.id: entry for entry in entries}
        self._actions = {entry.id: self.action(entry, self) for entry in self.entries.values()}
        owner.addActions(list(self._actions.values()))
        self.refresh()

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def __contains__(self, name: object) -> bool:
        return name in self._actions

    def refresh(self) -> None:
        """Titles, ticks, and what can be done now."""
        for name, entry in self.entries.items():
            self._update(self._actions[name], entry)

    def set_keys(self, keys: dict[str, str]) -> None:
        """Other keys than the table's, by id; what is not named has the table's."""
        for name, entry in self.entries.items():
            self._actions[name].setShortcuts(sequences(keys.get(name, entry.keys)))

    def why_not(self, pressed: QKeySequence) -> str:
        """Why the action with these keys cannot be done; empty where there is none, or it can."""
        for name, entry in self.entries.items():
            if pressed in self._actions[name].shortcuts():
                return entry.blocked(self._target)
        return ""

    def action(self, entry: Entry[T], parent: QObject) -> QAction:
        """A QAction that does what an entry says."""
        action = QAction(entry.title, parent)
        action.setObjectName(entry.id)
        action.setShortcuts(sequences(entry.keys))
        if self._local:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if entry.icon:
            theme.set_icon(action, entry.icon, "dim")
        action.setCheckable(entry.checked is not None)
        action.triggered.connect(partial(self._do, entry))
        self._update(action, entry)
        return action

    def _do(self, entry: Entry[T], _checked: bool = False) -> None:
        entry.do(self._target)
        self.refresh()
        self.done.emit()

    def _update(self, action: QAction, entry: Entry[T]) -> None:
        why = entry.blocked(self._target)
        action.setEnabled(not why)
        action.setStatusTip(why)
        if entry.named is not None:
            action.setText(entry.named(self._target))
        action.setToolTip(why or action.text())
        if entry.checked is not None:
            action.setChecked(entry.checked(self._target))

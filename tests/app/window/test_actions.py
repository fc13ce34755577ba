"""The table of actions, and what is derived from it."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from app import theme
from app.about import shortcuts
from app.actions import MENUS, Entry, Submenu, entries
from app.window import Window
from graph_engine.document import MAIN, AddNode
from graph_engine.templates import TEMPLATES


def test_no_two_actions_share_an_id_or_a_key() -> None:
    ids = Counter(entry.id for entry in entries())
    keys = Counter(
        key.toString() for entry in entries() if entry.keys for key in QKeySequence.listFromString(entry.keys)
    )
    assert [name for name, count in (ids + keys).items() if count > 1] == []


@pytest.mark.parametrize("entry", [entry for entry in entries() if entry.keys], ids=lambda entry: entry.id)
def test_every_key_is_one_qt_knows(entry: Entry) -> None:
    parts = entry.keys.split("; ")
    assert [key.toString() for key in QKeySequence.listFromString(entry.keys)] == parts


def test_every_icon_exists() -> None:
    submenus = [
        entry
        for groups in MENUS.values()
        for group in groups
        for entry in group
        if isinstance(entry, Submenu)
    ]
    named = {entry.icon for entry in entries()} | {entry.icon for entry in submenus}
    assert named - {""} <= theme.icon_names()


def test_the_sheet_of_shortcuts_lists_every_action_with_keys() -> None:
    listed = [what for rows in shortcuts().values() for _, what in rows]
    assert listed == [entry.title.rstrip("\u2026") for entry in entries() if entry.keys]


def test_undo_says_what_it_takes_back(window: Window) -> None:
    undo, redo = window.actions_["undo"], window.actions_["redo"]
    assert not undo.isEnabled() and undo.text() == "Undo"
    window.session.dispatch(AddNode(MAIN, "Dense", {}))
    label = window.session.store.undo_label
    assert undo.isEnabled() and undo.text() == f"Undo {label}"
    undo.trigger()
    assert not undo.isEnabled() and redo.text() == f"Redo {label}"


def test_actions_on_nodes_wait_for_a_selection(window: Window) -> None:
    names = ("cut", "copy", "duplicate", "share", "delete", "bypass", "group", "ungroup")
    window.session.dispatch(AddNode(MAIN, "Dense", {}))
    window.canvas.select(())
    assert not any(window.actions_[name].isEnabled() for name in names)
    window.canvas.select_all()
    assert all(window.actions_[name].isEnabled() for name in names)


def test_keys_of_the_canvas_leave_typing_alone(window: Window) -> None:
    window.session.dispatch(AddNode(MAIN, "Dense", {}))
    window.canvas.select_all()
    window.activateWindow()
    window.palette_.field.setFocus()
    QTest.keyClicks(window.palette_.field, "fh")
    QTest.keyClick(window.palette_.field, Qt.Key.Key_Backspace)
    assert window.palette_.field.text() == "f"
    assert window.session.document.main.nodes


def test_submenus_offer_what_there_is(window: Window) -> None:
    new = next(entry for group in MENUS["File"] for entry in group if entry.id == "new")
    assert isinstance(new, Submenu)
    menu = window.actions_.submenu(new, QMenu(window))
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == [template.title for template in TEMPLATES.values()]

"""The table of actions, and what is derived from it."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from app import theme
from app.actions import MENUS, Submenu, entries
from app.entries import Entry
from app.shortcuts import Sheet
from app.window import Window
from graph_engine.document import MAIN, AddNode, Point
from graph_engine.templates import TEMPLATES

CONTROL = Qt.KeyboardModifier.ControlModifier


def test_no_two_actions_share_an_id_or_a_key() -> None:
    ids = Counter(entry.id for entry in entries())
    keys = Counter(
        key.toString() for entry in entries() if entry.keys for key in QKeySequence.listFromString(entry.keys)
    )
    assert [name for name, count in (ids + keys).items() if count > 1] == []


@pytest.mark.parametrize("entry", [entry for entry in entries() if entry.keys], ids=lambda entry: entry.id)
def test_every_key_is_one_qt_knows(entry: Entry[Window]) -> None:
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


def test_the_sheet_of_shortcuts_lists_every_action_with_its_keys(window: Window) -> None:
    sheet = Sheet(window)
    assert list(sheet.buttons) == [entry.id for entry in entries()]
    assert sheet.buttons["undo"].text() == "Ctrl+Z"
    sheet.close()


def test_an_action_gets_other_keys_which_no_other_action_has_and_keeps_them(window: Window) -> None:
    sheet = Sheet(window)
    sheet.show()
    button = sheet.buttons["tidy"]
    button.click()
    QTest.keyClick(button, Qt.Key.Key_D, CONTROL)
    assert "already means" in sheet.said.text() and button.text() == "Shift+L"
    button.click()
    QTest.keyClick(button, Qt.Key.Key_T, CONTROL)
    assert button.text() == "Ctrl+T" and window.settings.keys == {"tidy": "Ctrl+T"}
    window.session.dispatch(AddNode(MAIN, "Dense", {}))
    window.session.dispatch(AddNode(MAIN, "Dense", {}, Point(5000, 5000)))
    window.activateWindow()
    window.canvas.setFocus()
    window.canvas.select(())
    QTest.keyClick(window.canvas.view, Qt.Key.Key_T, CONTROL)
    assert window.session.store.undo_label == "Tidy layout"
    button.click()
    QTest.keyClick(button, Qt.Key.Key_Backspace)
    assert window.actions_["tidy"].shortcuts() == []
    sheet.close()


def test_every_action_is_found_by_name_and_done(window: Window) -> None:
    window.session.dispatch(AddNode(MAIN, "Dense", {}))
    window.canvas.select(())
    window.activateWindow()
    QTest.keyClick(window.canvas.view, Qt.Key.Key_P, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert {entry.id for entry in entries() if entry.listed} <= set(window.commands.offered)
    QTest.keyClicks(window.focusWidget(), "bypass")
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert window.commands.isVisible()  # nothing is selected: it says so and stays
    window.commands.close_up()
    window.open_commands()
    QTest.keyClicks(window.focusWidget(), "select all")
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert not window.commands.isVisible() and window.canvas.selected_nodes()


def test_undo_says_what_it_takes_back(window: Window) -> None:
    undo, redo = window.actions_["undo"], window.actions_["redo"]
    assert not undo.isEnabled() and undo.text() == "Undo"
    window.session.dispatch(AddNode(MAIN, "Dense", {}))
    label = window.session.store.undo_label
    assert undo.isEnabled() and undo.text() == f"Undo {label}"
    undo.trigger()
    assert not undo.isEnabled() and redo.text() == f"Redo {label}"


def test_actions_on_nodes_wait_for_a_selection(window: Window) -> None:
    names = ("cut", "copy", "duplicate", "share", "delete", "bypass", "group")
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

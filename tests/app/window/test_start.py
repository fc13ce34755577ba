"""The start page: where a person begins."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.window import Window
from graph_engine.document import MAIN, AddNode
from graph_engine.templates import TEMPLATES


def test_every_template_has_its_picture_what_it_learns_and_how_long(window: Window, qtbot: QtBot) -> None:
    window.show_start()
    cards = window.start.cards
    assert list(cards) == list(TEMPLATES)
    qtbot.waitUntil(
        lambda: all(not card.picture.pixmap().isNull() for card in cards.values()), timeout=30_000
    )
    for card in cards.values():
        assert card.template.learns in card.accessibleDescription()


def test_a_template_opens_by_mouse_or_key_and_the_panels_come_back(window: Window) -> None:
    window.show_start()
    assert all(dock.isHidden() for dock in window.docks.values())
    card = window.start.cards["dense-stack"]
    QTest.mouseClick(card, Qt.MouseButton.LeftButton)
    assert window.pages.currentWidget() is window.canvas
    assert not any(dock.isHidden() for dock in window.docks.values())
    assert window.files.name == "dense-stack" and window.session.document.main.nodes
    window.actions_["start"].trigger()
    QTest.keyClick(window.start.cards["siamese-lstm"], Qt.Key.Key_Return)
    assert window.files.name == "siamese-lstm"


def test_recent_projects_open_and_those_that_are_gone_say_so(window: Window, tmp_path: Path) -> None:
    window.files.new("dense-stack")
    window.files.save(tmp_path / "mine.loom")
    window.settings.remember(tmp_path / "gone.loom")
    window.files.new_empty()
    window.show_start()
    gone, mine = window.start.rows
    assert not gone.isEnabled() and "no longer there" in gone.toolTip()
    QTest.mouseClick(mine, Qt.MouseButton.LeftButton)
    assert window.files.name == "mine.loom" and window.pages.currentWidget() is window.canvas


def test_an_empty_model_says_how_to_begin(window: Window) -> None:
    window.show_start()
    window.start.emptyChosen.emit()
    QApplication.processEvents()
    assert not window.session.document.main.nodes and window.canvas._hint.isVisible()


def test_unsaved_work_is_offered_on_the_start_page(window: Window) -> None:
    window.session.dispatch(AddNode(MAIN, "Dense", {}, None, "mine"))
    assert window.recorder._journal is not None
    window.recorder._journal.close(keep=True)
    window.recorder._journal = None
    window.recorder._lock.release()
    window.files.let_go()
    window.show_start()
    window.offer_recovery()
    (row,) = window.start.recoveries
    QTest.mouseClick(row, Qt.MouseButton.LeftButton)
    assert any(layer.name == "mine" for layer in window.session.document.layers.values())
    assert window.files.is_modified and window.pages.currentWidget() is window.canvas

"""A person at the real window: settings of their own, a mouse and a keyboard."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.bootstrap import application
from app.settings import Settings
from app.window import Window
from tests.app.canvas.hand import Hand
from tests.journeys.person import Person


def _hand(window: Window) -> Hand:
    """Events of Qt's, or with LAYERLOOM_HAND=screen those of a screen of X."""
    if os.environ.get("LAYERLOOM_HAND") != "screen":
        return Hand(window.canvas)
    from tests.journeys.screen_hand import ScreenHand

    return ScreenHand(window.canvas)


@pytest.fixture
def person(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Person]:
    application("dark")
    window = Window(Settings(tmp_path / "settings.ini"))
    window.resize(1600, 1000)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    hand = _hand(window)
    yield Person(window, hand)
    hand.end()
    window.filing.may_let_go = lambda: True  # type: ignore[method-assign]  # no one answers
    window.close()
    qtbot.waitUntil(lambda: window.bridge.state == "idle", timeout=30_000)
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

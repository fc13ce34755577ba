"""A person at the real window: settings of their own, a mouse and a keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.bootstrap import application
from app.settings import Settings
from app.window import Window
from tests.journeys.person import Person


@pytest.fixture
def person(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Person]:
    application("dark")
    window = Window(Settings(tmp_path / "settings.ini"))
    window.resize(1600, 1000)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    yield Person(window)
    window.filing.may_let_go = lambda: True  # type: ignore[method-assign]  # no one answers
    window.close()
    qtbot.waitUntil(lambda: window.bridge.state == "idle", timeout=30_000)
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

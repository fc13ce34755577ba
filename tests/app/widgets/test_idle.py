"""What waits for a quiet moment."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.widgets.idle import Idle


def test_it_is_done_once_and_not_while_somebody_types(qtbot: QtBot) -> None:
    widget, done = QWidget(), []
    qtbot.addWidget(widget)
    widget.show()
    Idle(lambda: done.append(1), 400, widget)
    for _ in range(6):
        QTest.keyClick(widget, Qt.Key.Key_A)
        qtbot.wait(100)
    assert done == []
    qtbot.waitUntil(lambda: bool(done), timeout=5000)
    qtbot.wait(500)
    assert done == [1]

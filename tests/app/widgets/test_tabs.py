from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.widgets.tabs import Tabs


def test_a_wide_page_can_be_moved_in_a_narrow_window(qtbot: QtBot) -> None:
    tabs, narrow, wide = Tabs(), QWidget(), QWidget()
    qtbot.addWidget(tabs)
    wide.setMinimumWidth(900)
    tabs.add(narrow, "Narrow")
    tabs.add(wide, "Wide")
    assert tabs.page is narrow and tabs.place(wide) == 1
    tabs.resize(400, 200)
    tabs.show()
    tabs.show_page(wide)
    assert tabs.page is wide and tabs.minimumSizeHint().width() < 400
    area = wide.parentWidget()
    assert area is not None and area.width() <= 400 < wide.width()
    tabs.resize(1200, 200)
    qtbot.waitUntil(lambda: wide.width() > 1100)

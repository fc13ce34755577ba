"""The real window with settings of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from app.bootstrap import application
from app.settings import Settings
from app.window import Window


@pytest.fixture
def window(qapp: QApplication, tmp_path: Path) -> Iterator[Window]:
    application("dark")
    made = Window(Settings(tmp_path / "settings.ini"))
    made.resize(1400, 900)
    made.show()
    qapp.processEvents()
    yield made
    made.files.let_go()
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

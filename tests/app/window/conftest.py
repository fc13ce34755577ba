"""The real window with settings of its own, never asking anybody anything."""

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
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings.ini")


@pytest.fixture
def window(qapp: QApplication, settings: Settings) -> Iterator[Window]:
    """Shown, with an empty project."""
    application("dark")
    made = Window(settings)
    made.resize(1200, 800)
    made.show()
    qapp.processEvents()
    yield made
    made.filing.may_let_go = lambda: True  # type: ignore[method-assign]  # no one answers
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

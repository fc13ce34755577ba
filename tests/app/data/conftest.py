from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import theme
from app.bridge.reading import Reading
from app.bridge.session import Session
from app.data import DataPanel
from graph_engine.document import SetSource, Source
from tests.engine.data.messy import messy

Opened = Callable[..., DataPanel]


@pytest.fixture
def session(qapp: QApplication) -> Session:
    theme.apply(qapp, "dark")
    return Session()


@pytest.fixture
def reading(session: Session) -> Iterator[Reading]:
    reading = Reading()
    yield reading
    reading.shut_down()


@pytest.fixture
def opened(qtbot: QtBot, session: Session, reading: Reading) -> Opened:
    """Makes a panel for a folder, shows it and gives it a source; how far that is read is the test's to wait for."""

    def make(folder: Path, source: Source, height: int = 320) -> DataPanel:
        panel = DataPanel(session, reading)
        qtbot.addWidget(panel)
        panel.resize(1200, height)
        panel.show()
        panel.refresh(folder)
        session.dispatch(SetSource(source))
        return panel

    return make


@pytest.fixture
def panel(qtbot: QtBot, opened: Opened, tmp_path: Path) -> DataPanel:
    """On a messy table, of which one line is left out."""
    panel = opened(tmp_path, messy(tmp_path))
    qtbot.waitUntil(lambda: panel.preview.rows.rowCount() > 0)
    return panel

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import theme
from app.bridge.reading import Reading
from app.bridge.session import Session
from app.data import DataPanel
from graph_engine.document import SetSource
from tests.engine.data.messy import messy


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
def panel(qtbot: QtBot, session: Session, reading: Reading, tmp_path: Path) -> DataPanel:
    """On a messy table, of which one line is left out."""
    panel = DataPanel(session, reading)
    qtbot.addWidget(panel)
    panel.resize(1200, 320)
    panel.show()
    panel.refresh(tmp_path)
    session.dispatch(SetSource(messy(tmp_path)))
    qtbot.waitUntil(lambda: panel.preview.rows.rowCount() > 0)
    return panel

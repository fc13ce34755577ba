from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import theme
from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from graph_engine.templates import TEMPLATES


@pytest.fixture
def session(qtbot: QtBot, qapp: QApplication) -> Session:
    """The digits, for two epochs."""
    theme.apply(qapp, "dark")
    document = TEMPLATES["digits-residual"].document()
    session = Session()
    session.open(replace(document, training=replace(document.training, epochs=2)))
    return session


@pytest.fixture
def bridge(session: Session, tmp_path: Path) -> Iterator[TrainingBridge]:
    bridge = TrainingBridge(session, runs=tmp_path / "runs")
    yield bridge
    bridge.shut_down()

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from graph_engine.document import Document
from graph_engine.templates import TEMPLATES


@pytest.fixture
def document() -> Document:
    """The digits, for two epochs."""
    document = TEMPLATES["digits-residual"].document()
    return replace(document, training=replace(document.training, epochs=2, seed=5))


@pytest.fixture
def session(qtbot: QtBot, document: Document) -> Session:
    session = Session()
    session.open(document)
    return session


@pytest.fixture
def bridge(session: Session, tmp_path: Path) -> Iterator[TrainingBridge]:
    bridge = TrainingBridge(session, runs=tmp_path / "runs")
    yield bridge
    bridge.shut_down()

"""A long reading says how far it is, and can be stopped."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.bridge.reading import Reading
from app.bridge.session import Session
from graph_engine.data.sources import pictures
from graph_engine.document import MAIN, AddNode, Source
from tests.app.data.conftest import Opened
from tests.app.data.test_panel import click_head

COUNT = 60


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pictures that take their time."""
    read = pictures.read_picture

    def slowly(*arguments: Any) -> Any:
        time.sleep(0.03)
        return read(*arguments)

    monkeypatch.setattr(pictures, "read_picture", slowly)
    for number in range(COUNT):
        place = tmp_path / "cats" / f"{number}.png"
        place.parent.mkdir(exist_ok=True)
        Image.fromarray(np.full((4, 4, 3), number, np.uint8)).save(place)
    return tmp_path


def test_a_reading_shows_how_far_it_is_stops_at_once_and_is_begun_again(
    qtbot: QtBot, session: Session, opened: Opened, folder: Path
) -> None:
    panel = opened(folder, Source("s", "PictureFolder", "."))
    waiting = panel.preview.waiting
    qtbot.waitUntil(lambda: f"of {COUNT}" in waiting.words.text() and "left" in waiting.words.text())
    assert waiting.bar.maximum() == COUNT and waiting.button.text() == "Stop"
    QTest.mouseClick(waiting.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: waiting.words.text() == "Reading was stopped.", timeout=1000)
    assert panel.preview.rows.rowCount() == 0 and waiting.bar.isHidden()
    QTest.mouseClick(waiting.button, Qt.MouseButton.LeftButton)
    assert waiting.button.text() == "Stop"
    qtbot.waitUntil(lambda: panel.preview.rows.rowCount() == COUNT, timeout=20_000)


def test_passing_rows_through_their_steps_shows_how_far_it_is(
    qtbot: QtBot, session: Session, reading: Reading, opened: Opened, folder: Path
) -> None:
    panel = opened(folder, Source("s", "PictureFolder", "."))
    qtbot.waitUntil(lambda: panel.preview.rows.rowCount() == COUNT, timeout=20_000)
    session.dispatch(AddNode(MAIN, "Input", {"shape": [4, 4, 3]}))
    click_head(panel, "picture")
    (terminal,) = panel.feeds.terminals.values()
    QTest.mouseClick(terminal.bind, Qt.MouseButton.LeftButton)
    words = panel.feeds.words
    qtbot.waitUntil(lambda: words.text().startswith("Looking at the rows\u2026 ") and words.isVisible())
    assert words.text().endswith(f" of {COUNT}")
    session.undo()
    assert reading.now_fed is None and "Looking" not in words.text()


def test_a_window_that_closes_waits_for_no_reading(session: Session, folder: Path, qtbot: QtBot) -> None:
    reading, source = Reading(), Source("s", "PictureFolder", ".")
    with qtbot.waitSignal(reading.progressed):
        assert reading.look(source, folder) is None
    began = time.monotonic()
    reading.shut_down()
    assert time.monotonic() - began < 0.03 * COUNT / 2

"""Pictures in the data panel: seen as training will see them, also where memory does not hold them."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.bridge.reading import Reading
from app.bridge.session import Session
from app.data import DataPanel
from app.data.feeds import Terminal
from graph_engine.data import columns
from graph_engine.document import Choice, SetSource, Source
from tests.app.data.conftest import Opened
from tests.app.data.test_panel import propose

COUNT = 50


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """White at the left, black at the right."""
    for number in range(COUNT):
        place = tmp_path / "photos" / ("cat" if number % 2 else "dog") / f"{number:02}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.repeat(np.linspace(255, number, 16)[None], 12, 0).astype(np.uint8)).save(place)
    return tmp_path


@pytest.fixture
def panel(qtbot: QtBot, opened: Opened, photos: Path) -> DataPanel:
    panel = opened(photos, Source("s", "PictureFolder", "photos"), 500)
    qtbot.waitUntil(lambda: panel.preview.rows.rowCount() == COUNT)
    return panel


def terminal_of(panel: DataPanel, qtbot: QtBot) -> Terminal:
    qtbot.waitUntil(lambda: "rows to learn from" in panel.feeds.words.text())
    return next(iter(panel.feeds.terminals.values()))


def is_white_at_the_left(terminal: Terminal) -> list[bool]:
    images = [picture.pixmap().toImage() for picture in terminal.fed.pictures]
    return [
        image.pixelColor(2, 9).value() > image.pixelColor(image.width() - 3, 9).value() for image in images
    ]


def test_pictures_are_seen_as_training_will_see_them(
    panel: DataPanel, session: Session, qtbot: QtBot
) -> None:
    propose(panel, "class")
    terminal = terminal_of(panel, qtbot)
    assert len(terminal.fed.pictures) == 6 and terminal.fed.isVisible()
    assert all(is_white_at_the_left(terminal))
    adder = terminal.steps.adder
    adder.setFocus()
    adder.showPopup()
    QTest.keyClicks(adder.view(), "Random flip")
    QTest.keyClick(adder.view(), Qt.Key.Key_Return)
    (node,) = session.document.main.inputs
    assert session.document.data.bindings[node].steps[-1].type == "RandomFlip"
    qtbot.waitUntil(lambda: 0 < sum(is_white_at_the_left(terminal)) < 6)
    session.undo()
    assert session.document.data.bindings[node].steps == (Choice("Rescale", {"scale": 1 / 255}),)
    qtbot.waitUntil(lambda: all(is_white_at_the_left(terminal)))
    QTest.mouseClick(terminal.unbind, Qt.MouseButton.LeftButton)
    assert terminal.fed.isHidden()


def test_a_picture_that_breaks_off_is_told_where_it_would_stand(
    session: Session, reading: Reading, photos: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where memory holds no more than some, it is decoded only when it is looked at."""
    monkeypatch.setattr(columns, "free_memory", lambda: 10_000)
    monkeypatch.setattr(sys.modules["graph_engine.data.profiles"], "_LOOK", 1)
    broken = photos / "photos" / "dog" / "48.png"
    broken.write_bytes(broken.read_bytes()[:-30])
    panel = DataPanel(session, reading)
    qtbot.addWidget(panel)
    panel.refresh(photos)
    session.dispatch(SetSource(Source("s", "PictureFolder", "photos")))
    rows = panel.preview.rows
    qtbot.waitUntil(lambda: rows.rowCount() == COUNT)
    last, first = (rows.index(row, 0) for row in (COUNT - 1, 0))
    decoration, tip = Qt.ItemDataRole.DecorationRole, Qt.ItemDataRole.ToolTipRole
    assert rows.data(first, decoration) is None, "the window waits for no picture"
    qtbot.waitUntil(lambda: rows.data(first, decoration) is not None)
    assert rows.data(first, decoration).height() > 0 and rows.data(first, tip) is None
    qtbot.waitUntil(lambda: rows.data(last, tip) is not None)
    assert rows.data(last, tip).startswith("48.png is no picture that can be read")
    assert rows.data(last, decoration) is None
    propose(panel, "class")
    qtbot.waitUntil(lambda: panel.feeds.words.text().startswith("48.png is no picture that can be read"))

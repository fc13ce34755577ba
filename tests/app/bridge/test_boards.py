"""TensorBoard by a click: the project's runs, whether or not they were trained with its callback."""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from app.bridge import boards
from app.bridge.boards import Boards, arguments
from app.bridge.training import TrainingBridge

LONG = 60_000
STAND_IN = (
    "import time; print('TensorBoard at http://127.0.0.1:1/ (CTRL+C to quit)', flush=True); time.sleep(60)"
)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that a browser was asked for."""
    pages: list[str] = []

    def remember(url: QUrl) -> bool:
        pages.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", remember)
    return pages


@pytest.fixture
def shown(qtbot: QtBot, bridge: TrainingBridge) -> Iterator[Boards]:
    """After a training of two epochs without the callback."""
    with qtbot.waitSignal(bridge.finished, timeout=LONG):
        bridge.run()
    found = Boards(bridge)
    yield found
    found.shut_down()


def test_it_starts_once_and_shows_the_page_again(
    qtbot: QtBot, shown: Boards, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "program", lambda: [sys.executable, "-c", STAND_IN])
    shown.open()
    qtbot.waitUntil(lambda: opened == ["http://127.0.0.1:1/"], timeout=LONG)
    process = shown._process
    shown.open()
    assert len(opened) == 2 and shown._process is process
    shown.shut_down()
    assert shown.address == "" and shown._process is None


def test_what_keeps_it_from_opening_is_said(
    qtbot: QtBot, shown: Boards, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "program", list)
    assert "pip install tensorboard" in shown.blocked
    told: list[str] = []
    shown.told.connect(told.append)
    monkeypatch.setattr(
        boards, "program", lambda: [sys.executable, "-c", "raise SystemExit('no port is free')"]
    )
    assert shown.blocked == ""
    shown.open()
    qtbot.waitUntil(lambda: told[-1:] == ["TensorBoard ended: no port is free"], timeout=LONG)
    assert opened == []


def test_before_a_training_there_is_nothing_to_show(bridge: TrainingBridge) -> None:
    assert Boards(bridge).blocked == "Nothing has been trained yet."


def test_runs_are_named_and_a_comma_in_a_path_parts_nothing() -> None:
    plain = arguments({"one": Path("/runs/one"), "two": Path("/runs/two")})
    assert plain[-1] == f"one:{Path('/runs/one')},two:{Path('/runs/two')}"
    assert arguments({"one": Path("/a,b/one")})[-2:] == ["--logdir", str(Path("/a,b"))]


@pytest.mark.peers
@pytest.mark.slow
def test_tensorboard_itself_shows_the_curves(
    qtbot: QtBot, shown: Boards, bridge: TrainingBridge, opened: list[str]
) -> None:
    pytest.importorskip("tensorboard")
    shown.open()
    qtbot.waitUntil(lambda: bool(opened), timeout=LONG)
    (record,) = bridge.records

    def curve() -> list[float]:
        tag = f"data/plugin/scalars/scalars?tag=epoch_loss&run={record.name}/train"
        try:
            with urllib.request.urlopen(shown.address + tag) as answer:
                return [value for _time, _step, value in json.load(answer)]
        except OSError:  # it is still reading
            return []

    qtbot.waitUntil(lambda: curve() == pytest.approx(record.history["loss"], rel=1e-6), timeout=LONG)

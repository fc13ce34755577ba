"""Who is not looking is told that a long training has ended; who is looking is not."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from app.alerts import LONG, Alerts
from app.window import Window


@pytest.fixture
def told(window: Window, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said of trainings that are as long as ``now`` says."""
    said: list[str] = []
    monkeypatch.setattr(Alerts, "tell", lambda _self, sentence: said.append(sentence))
    return said


@pytest.fixture
def now(window: Window) -> list[float]:
    seconds = [0.0]
    window.alerts._clock = lambda: seconds[0]
    return seconds


def trained(window: Window, now: list[float], seconds: float) -> None:
    window.bridge.stateChanged.emit("starting")
    now[0] += seconds
    window.bridge.finished.emit("finished")


def test_a_long_training_is_told_to_who_looks_elsewhere(
    window: Window, told: list[str], now: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "isActiveWindow", lambda: False)
    trained(window, now, LONG - 1)
    assert told == []
    trained(window, now, LONG + 1)
    assert told == ["Training has ended: finished."]
    monkeypatch.setattr(window, "isActiveWindow", lambda: True)
    trained(window, now, LONG + 1)
    assert len(told) == 1


def test_it_can_be_turned_off(
    window: Window, told: list[str], now: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "isActiveWindow", lambda: False)
    action = window.actions_["tells-ends"]
    assert action.isChecked()
    action.trigger()
    trained(window, now, LONG + 1)
    assert told == []


def test_the_task_bar_is_asked_for_attention(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(QApplication, "alert", lambda who, *_: asked.append(who))
    window.alerts.tell("Training has ended.")
    assert asked == [window]

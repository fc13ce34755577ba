"""The pull of the outputs on what they share: shown while training, and balanced by a click."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import theme
from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from app.training.balance import BalancePanel
from graph_engine.document import SetObjective, SetTraining
from graph_engine.templates import TEMPLATES

LONG = 60_000


@pytest.fixture
def session(qtbot: QtBot, qapp: QApplication) -> Session:
    """Three outputs, of which gender drowns the others."""
    theme.apply(qapp, "dark")
    session = Session()
    session.open(TEMPLATES["age-income-gender"].document())
    gender = session.document.main.outputs[2]
    objective = session.document.training.objectives[gender]
    session.dispatch(SetObjective(gender, replace(objective, weight=5000.0)))
    session.dispatch(
        SetTraining(epochs=500)
    )  # it goes on until it is stopped, however seldom there is time to look
    return session


@pytest.fixture
def panel(qtbot: QtBot, session: Session, tmp_path: Path) -> Iterator[BalancePanel]:
    bridge = TrainingBridge(session, runs=tmp_path / "runs")
    panel = BalancePanel(session, bridge)
    qtbot.addWidget(panel)
    panel.resize(216, 200)
    yield panel
    bridge.shut_down()


def test_while_training_a_click_balances_the_outputs_that_share_layers(
    qtbot: QtBot, panel: BalancePanel, session: Session
) -> None:
    assert panel.isHidden()
    bridge = panel._bridge
    bridge.run()
    qtbot.waitUntil(lambda: bool(panel.heard.latest), timeout=LONG)
    qtbot.waitUntil(lambda: not panel.isHidden(), timeout=LONG)
    assert panel.sentence.text().startswith("'gender' gets ")
    assert "age" in panel.legend.text() and "gender" in panel.bar.accessibleDescription()
    QTest.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.heard.latest["weights"]["gender"] < 5000, timeout=LONG)
    qtbot.waitUntil(lambda: max(panel.heard.latest["shares"].values()) < 0.8, timeout=LONG)
    with qtbot.waitSignal(bridge.finished, timeout=LONG):
        bridge.stop()
    gender = session.document.main.outputs[2]
    assert session.document.training.objectives[gender].weight < 5000.0  # the drawing has it as well
    assert bridge.can_resume
    session.undo()
    assert session.document.training.objectives[gender].weight == 5000.0


def test_without_a_training_the_click_is_an_edit_that_can_be_undone(
    panel: BalancePanel, session: Session
) -> None:
    proposed = {"age": 1200.0, "income": 800.0, "gender": 20.0}
    shares = {"age": 0.01, "income": 0.01, "gender": 0.98}
    told = {"shares": shares, "proposed": proposed, "sentence": "'gender' gets 98 % of the gradient."}
    panel.heard.on_notice({"event": "balance", "weights": {}, **told})
    panel.refresh()
    QTest.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    objectives = session.document.training.objectives
    assert [objectives[node].weight for node in session.document.main.outputs] == [1200.0, 800.0, 20.0]
    assert panel.button.isHidden()
    session.undo()
    assert session.document.training.objectives[session.document.main.outputs[2]].weight == 5000.0
    assert not panel.button.isHidden()

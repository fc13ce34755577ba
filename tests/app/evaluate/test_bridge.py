"""Questions to the evaluating process: what fails is a sentence, what runs can be stopped."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import theme
from app.bridge.evaluating import EvaluationBridge
from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from graph_engine.document import SetTraining
from graph_engine.project import Project
from graph_engine.templates import TEMPLATES
from graph_engine.training import train_project

LONG = 60_000


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    document = TEMPLATES["digits-residual"].document()
    return train_project(Project(document), tmp_path_factory.mktemp("run") / "1", epochs=1).project


@pytest.fixture
def training(qtbot: QtBot, qapp: QApplication, project: Project, tmp_path: Path) -> Iterator[TrainingBridge]:
    theme.apply(qapp, "dark")
    session = Session()
    session.open(project.document)
    bridge = TrainingBridge(session, runs=tmp_path / "runs")
    bridge.take(project)
    yield bridge
    bridge.shut_down()


@pytest.fixture
def bridge(training: TrainingBridge) -> Iterator[EvaluationBridge]:
    bridge = EvaluationBridge(training._session, training)
    yield bridge
    bridge.shut_down()


def test_a_model_without_weights_says_so(
    qtbot: QtBot, training: TrainingBridge, bridge: EvaluationBridge
) -> None:
    training.forget()
    assert not bridge.can_ask
    with qtbot.waitSignal(bridge.failed) as said:
        bridge.evaluate()
    assert said.args is not None and "train it first" in said.args[1] and bridge.state == "idle"


def test_a_file_that_is_not_there_is_named_and_the_next_question_is_answered(
    qtbot: QtBot, bridge: EvaluationBridge
) -> None:
    with qtbot.waitSignal(bridge.failed, timeout=LONG) as said:
        bridge.evaluate("/nowhere/rows.npz")
    assert said.args is not None and "rows.npz" in said.args[1] and bridge.state == "idle"
    with qtbot.waitSignal(bridge.evaluated, timeout=LONG) as told:
        bridge.evaluate("training")
    assert told.args is not None and told.args[0]["about"] == "1,438 training rows"
    assert bridge.is_current


def test_an_evaluation_that_is_stopped_ends_idle_and_can_begin_again(
    qtbot: QtBot, bridge: EvaluationBridge
) -> None:
    bridge.evaluate("training")
    bridge.stop()
    assert bridge.state == "stopping"
    qtbot.waitUntil(lambda: bridge.state == "idle", timeout=LONG)
    with qtbot.waitSignal(bridge.evaluated, timeout=LONG):
        bridge.evaluate()


def test_a_drawing_that_no_longer_fits_its_weights_is_refused_by_name(
    qtbot: QtBot, bridge: EvaluationBridge
) -> None:
    document = bridge._session.document
    changed = {
        key: replace(layer, config={**layer.config, "filters": 16}) if layer.name == "conv2d" else layer
        for key, layer in document.layers.items()
    }
    bridge._session.open(replace(document, layers=changed))
    with qtbot.waitSignal(bridge.failed, timeout=LONG) as said:
        bridge.evaluate()
    assert said.args is not None and said.args[0] == "evaluate" and bridge.state == "idle"
    assert "conv2d has no fitting weights" in said.args[1]


def test_answers_about_a_model_that_is_gone_are_dropped(qtbot: QtBot, bridge: EvaluationBridge) -> None:
    heard: list[object] = []
    bridge.evaluated.connect(lambda report, _columns: heard.append(report["about"]))
    bridge.evaluate("training")
    bridge.forget()
    qtbot.waitUntil(lambda: bridge.state == "idle", timeout=LONG)
    with qtbot.waitSignal(bridge.evaluated, timeout=LONG):
        bridge.evaluate()
    assert heard == ["359 validation rows"]


def test_answers_about_an_older_drawing_are_not_current(qtbot: QtBot, bridge: EvaluationBridge) -> None:
    with qtbot.waitSignal(bridge.evaluated, timeout=LONG):
        bridge.evaluate()
    bridge._session.dispatch(SetTraining(seed=9))
    assert not bridge.is_current
    with qtbot.waitSignal(bridge.sampled, timeout=LONG) as told:  # of what was evaluated, still
        bridge.samples("digit", order="worst")
    assert told.args is not None and len(told.args[0]) == 60


def test_a_process_that_dies_is_a_sentence_and_the_next_question_works(
    qtbot: QtBot, bridge: EvaluationBridge
) -> None:
    with qtbot.waitSignal(bridge.exampled, timeout=LONG) as told:
        bridge.example(0)
    assert told.args is not None
    process = bridge._process._process
    assert process is not None
    with qtbot.waitSignal(bridge.failed, timeout=LONG) as said:
        os.kill(process.processId(), signal.SIGKILL)
    assert said.args is not None and "evaluating process crashed" in said.args[1]
    with qtbot.waitSignal(bridge.predicted, timeout=LONG):
        bridge.predict({"image": told.args[0][0]})

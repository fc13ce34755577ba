"""Run and Stop over a real worker process."""

from __future__ import annotations

import os
import re
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.bridge.progress import Compiling, Progress, ProgressMeter
from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from app.plots import Curves
from graph_engine.document import Choice, Document, SetObjective, SetTrainable, SetTraining
from graph_engine.project import Project
from graph_engine.training import Callback, Replay, train_project
from graph_engine.training.events import Logs
from graph_engine.training.runs import LATEST

LONG = 60_000


class Heard(Callback):
    """What a plot would hear."""

    def __init__(self) -> None:
        self.batches = 0
        self.epochs: list[Logs] = []

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self.batches += 1

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epochs.append(dict(logs or {}))


def test_the_same_seed_gives_the_same_curve_headless_and_in_the_window(
    qtbot: QtBot, bridge: TrainingBridge, document: Document, tmp_path: Path
) -> None:
    heard = Heard()
    bridge.follow(heard)
    with qtbot.waitSignal(bridge.finished, timeout=LONG) as ended:
        bridge.run()
    headless = train_project(Project(document), tmp_path / "headless").project
    assert ended.args == ["finished"]
    assert bridge.history == headless.history
    assert [epoch["loss"] for epoch in heard.epochs] == bridge.history["loss"]
    assert heard.batches == 2 * 45
    for path, array in headless.weights.items():
        np.testing.assert_array_equal(bridge.weights[path], array)
    assert bridge.into(Project(document)).states == headless.states


def test_a_run_goes_on_from_the_weights_there_are(
    qtbot: QtBot, bridge: TrainingBridge, session: Session
) -> None:
    session.dispatch(SetTraining(epochs=1))
    with qtbot.waitSignal(bridge.finished, timeout=LONG):
        bridge.run()
    first = bridge.weights
    session.dispatch(SetTraining(optimizer=Choice("SGD", {"learning_rate": 0.0}), from_weights=True))
    with qtbot.waitSignal(bridge.finished, timeout=LONG):
        bridge.run()
    for path, array in first.items():
        if "moving_" not in path:
            np.testing.assert_array_equal(bridge.weights[path], array)


def test_stop_ends_within_a_batch_and_continues_exactly(
    qtbot: QtBot, bridge: TrainingBridge, session: Session, tmp_path: Path
) -> None:
    session.dispatch(SetTraining(epochs=6))
    whole = train_project(Project(session.document), tmp_path / "whole").project
    with qtbot.waitSignal(
        bridge.progressed, timeout=LONG, check_params_cb=lambda progress: progress.epoch >= 1
    ):
        bridge.run()
    with qtbot.waitSignal(bridge.finished, timeout=LONG) as ended:
        bridge.stop()
        assert bridge.state == "stopping"
    assert ended.args == ["stopped"]
    assert len(bridge.history["loss"]) < 6
    with qtbot.waitSignal(bridge.finished, timeout=LONG):
        bridge.run(resume=True)
    assert bridge.history == whole.history
    for path, array in whole.weights.items():
        np.testing.assert_array_equal(bridge.weights[path], array)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no kill -9")
def test_a_run_whose_process_is_killed_goes_on_and_ends_as_if_nothing_had_been(
    qtbot: QtBot, bridge: TrainingBridge, session: Session, tmp_path: Path
) -> None:
    session.dispatch(SetTraining(epochs=5))
    whole = train_project(Project(session.document), tmp_path / "whole").project
    curves = Curves()
    bridge.follow(curves)
    with qtbot.waitSignal(
        bridge.progressed, timeout=LONG, check_params_cb=lambda progress: progress.epoch >= 1
    ):
        bridge.run()
    told: list[str] = []
    bridge.revived.connect(told.append)
    with qtbot.waitSignal(bridge.finished, timeout=LONG):
        os.kill(worker_of(bridge), signal.SIGKILL)
    assert len(told) == 1 and "goes on from its last checkpoint" in told[0]
    assert bridge.history == whole.history
    for path, array in whole.weights.items():
        np.testing.assert_array_equal(bridge.weights[path], array)
    assert curves.epochs["loss"].y.tolist() == whole.history["loss"]
    assert bridge.records[-1].ending == "finished"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no kill -9")
def test_a_run_that_breaks_again_at_once_is_given_up_and_what_it_learned_kept(
    qtbot: QtBot, bridge: TrainingBridge, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.dispatch(SetTraining(epochs=500))
    with qtbot.waitSignal(
        bridge.progressed, timeout=LONG, check_params_cb=lambda progress: progress.epoch >= 1
    ):
        bridge.run()
    assert bridge.directory is not None
    latest = bridge.directory / LATEST
    qtbot.waitUntil(latest.exists, timeout=LONG)
    with qtbot.waitSignal(bridge.revived, timeout=LONG):
        os.kill(worker_of(bridge), signal.SIGKILL)
    with qtbot.waitSignal(bridge.failed, timeout=LONG) as told:
        os.kill(worker_of(bridge), signal.SIGKILL)  # before it has written another checkpoint
    assert told.args is not None and "ended by SIGKILL. What was learned up to its last" in told.args[0]
    assert re.search(r"checkpoint \(\d+ s before\) is kept, and can be trained on\.$", told.args[0])
    assert bridge.state == "idle" and bridge.can_resume and bridge.weights
    with qtbot.waitSignal(bridge.progressed, timeout=LONG):
        bridge.run(resume=True)
    with qtbot.waitSignal(bridge.finished, timeout=LONG):
        bridge.stop()


def worker_of(bridge: TrainingBridge) -> int:
    """The process that trains."""
    process = bridge._worker._process
    assert process is not None
    return int(process.processId())


def test_a_stop_before_the_first_batch_is_not_lost(
    qtbot: QtBot, bridge: TrainingBridge, session: Session
) -> None:
    session.dispatch(SetTraining(epochs=500))
    with qtbot.waitSignal(bridge.finished, timeout=LONG) as ended:
        bridge.run()
        bridge.stop()
    assert ended.args == ["stopped"]


def test_callbacks_and_history_go_on_where_a_stopped_run_was(
    qtbot: QtBot, bridge: TrainingBridge, session: Session
) -> None:
    session.dispatch(SetTraining(epochs=4))
    curves, lengths = Curves(), []
    bridge.follow(curves)
    with qtbot.waitSignal(
        bridge.progressed, timeout=LONG, check_params_cb=lambda progress: progress.epoch >= 1
    ):
        bridge.run()
    with qtbot.waitSignal(bridge.finished, timeout=LONG):
        bridge.stop()
    before = bridge.progress
    bridge.runStarted.connect(
        lambda _directory: lengths.append((len(bridge.history["loss"]), bridge.progress))
    )
    with qtbot.waitSignal(bridge.finished, timeout=LONG):
        bridge.run(resume=True)
    assert lengths[0][0] == before.epoch
    assert (lengths[0][1].epoch, lengths[0][1].batch) == (before.epoch, before.batch)
    assert curves.epochs["loss"].x.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert curves.epochs["loss"].y.tolist() == bridge.history["loss"]
    assert len(curves.batches["loss"].x) == 4 * 45


def test_batch_by_batch_the_numbers_are_those_of_a_run_that_was_never_paused(
    qtbot: QtBot, bridge: TrainingBridge, session: Session, tmp_path: Path
) -> None:
    whole = train_project(Project(session.document), tmp_path / "whole").project
    heard = Heard()
    bridge.follow(heard)
    bridge.run()
    with qtbot.waitSignal(bridge.runStarted, timeout=LONG):
        pass
    bridge.pause()
    qtbot.waitUntil(lambda: bridge.state == "paused", timeout=LONG)
    for _ in range(3):
        before = heard.batches
        with qtbot.waitSignal(bridge.stateChanged, timeout=LONG):
            bridge.step()
        qtbot.waitUntil(lambda: bridge.state == "paused", timeout=LONG)
        assert heard.batches == before + 1
    with qtbot.waitSignal(bridge.finished, timeout=LONG):
        bridge.go_on()
    assert bridge.history == whole.history
    for path, array in whole.weights.items():
        np.testing.assert_array_equal(bridge.weights[path], array)


def test_edits_of_the_drawing_are_taken_by_the_training_that_runs(
    qtbot: QtBot, bridge: TrainingBridge, session: Session
) -> None:
    """A loss weight, the learning rate, a frozen layer, callbacks; each is a mark on the curves, and can be undone."""
    session.dispatch(SetTraining(epochs=5000))
    curves, told = Curves(), list[str]()
    bridge.follow(curves)
    bridge.told.connect(told.append)
    with qtbot.waitSignal(bridge.progressed, timeout=LONG):
        bridge.run()
    document = session.document
    output, optimizer = document.main.outputs[0], document.training.optimizer
    conv = next(key for key, layer in document.layers.items() if layer.type == "Conv2D")
    slower = replace(optimizer, config={**optimizer.config, "learning_rate": 0.0001})
    session.dispatch(SetObjective(output, replace(document.training.objectives[output], weight=0.5)))
    session.dispatch(SetTraining(optimizer=slower))
    session.dispatch(SetTrainable((conv,), False))
    session.undo()
    session.dispatch(SetTraining(callbacks=(Choice("TerminateOnNaN"),)))
    name = document.layers[conv].name
    expected = ["weight of digit 0.5", "learning rate 0.0001", f"{name} frozen", f"{name} trained again"]
    qtbot.waitUntil(
        lambda: [mark.text for mark in curves.marks] == [*expected, "callbacks: TerminateOnNaN"], timeout=LONG
    )
    assert not told
    session.dispatch(SetTraining(epochs=7))
    assert told == ["The training goes on as it began: this edit counts from the next run."]
    session.undo()
    with qtbot.waitSignal(bridge.finished, timeout=LONG):
        bridge.stop()
    assert bridge.can_resume  # as it is drawn, so it was trained
    session.undo()
    assert not bridge.can_resume


def test_a_drawing_with_errors_is_not_sent_to_the_worker(
    qtbot: QtBot, bridge: TrainingBridge, session: Session
) -> None:
    from graph_engine.document import Remove

    session.dispatch(Remove("main", (session.document.main.inputs[0],)))
    with qtbot.waitSignal(bridge.failed) as said:
        bridge.run()
    assert said.args is not None and said.args[0].startswith("The model cannot run yet: ")
    assert bridge.state == "idle"


def test_what_breaks_in_the_worker_is_said_in_words(
    qtbot: QtBot, bridge: TrainingBridge, session: Session
) -> None:
    from graph_engine.document import SetSource, Source

    session.dispatch(SetSource(Source("digits", "npz", "not-there.npz")))
    with qtbot.waitSignal(bridge.failed, timeout=LONG) as said:
        bridge.run()
    assert said.args is not None and "not-there.npz" in said.args[0]
    assert bridge.state == "idle"


def test_the_meter_estimates_the_time_that_is_left() -> None:
    seconds = iter([0.0, 0.0, 10.0, 30.0])
    meter = ProgressMeter(clock=lambda: next(seconds))
    replay = Replay([meter])
    replay.feed({"event": "train_begin", "params": {"epochs": 4, "steps": 10}})
    replay.feed({"event": "epoch_begin", "epoch": 0})
    replay.feed({"event": "batches", "epoch": 0, "first": 0, "logs": [{"loss": 1.0}] * 5})
    assert meter.now == Progress(0, 4, 5, 10, 10.0, 70.0, 0.5)
    replay.feed({"event": "epoch_end", "epoch": 0, "logs": {}})
    assert meter.now == Progress(1, 4, 0, 10, 30.0, 90.0, 1 / 3)


def test_compiling_kernels_is_told_in_words(bridge: TrainingBridge) -> None:
    told: list[Compiling] = []
    bridge.compiled.connect(told.append)
    for done, over in ((3, False), (60, True)):
        event = {"event": "kernels", "time": 0.0, "done": done, "count": 60, "left": 65.0, "is_over": over}
        bridge._worker.told.emit(event)
    assert [each.words for each in told] == [
        "compiling kernels, 3 of 60, 1:05 left; numpy trains meanwhile",
        "",
    ]
    assert told[-1].outcome.startswith("The kernels are compiled")
    assert "numpy goes on" in Compiling(3, 60, None, True).outcome

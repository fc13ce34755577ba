"""A run survives its window: what is left behind is found, shown whole, and steered."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.bridge.diagnosis import Diagnosis
from app.bridge.joining import Left, left_behind
from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from app.plots import Curves
from graph_engine.document import Document, SetTrainable, SetTraining
from graph_engine.project import Project, save
from graph_engine.training import Run, train_project
from graph_engine.training.remote import COMMANDS, LOCK, is_trained, send
from graph_engine.training.runs import LATEST
from graph_engine.worker import JOB

LONG = 60_000
KILLS = int(os.environ.get("LAYERLOOM_KILLS", "2"))
SEED = int(os.environ.get("LAYERLOOM_KILLS_SEED", "2"))  # of the moments
WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from app.bridge.joining import left_behind
from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from graph_engine.project import load
application, session = QCoreApplication([]), Session()
runs = Path(sys.argv[2])
session.open(load(Path(sys.argv[1])).document)
bridge = TrainingBridge(session, runs=runs)
bridge.progressed.connect(lambda _progress: print("trains", bridge._worker._process.processId(), flush=True))
bridge.finished.connect(lambda _reason: print("ended", flush=True))
left = left_behind(runs)
bridge._worker.start()
bridge.watch("canvas", "weights,activations,times")
bridge.join(left[0].directory) if left else bridge.run()
application.exec()
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Path]:
    """Where windows keep their runs; what still trains there is stopped."""
    folder = tmp_path / "runs"
    yield folder
    for lock in folder.rglob(LOCK):
        if is_trained(lock.parent):
            send(lock.parent, command="stop")


def window(document: Document, runs: Path) -> subprocess.Popen[str]:
    """A process with a bridge: it begins a run, or joins the one that was left behind."""
    runs.mkdir(parents=True, exist_ok=True)
    file = runs.parent / "project.loom"
    save(file, Project(document))
    command = [sys.executable, "-c", WINDOW, str(file), str(runs)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_a_killed_window_leaves_a_training_that_the_next_one_shows_and_steers(
    qtbot: QtBot, session: Session, runs: Path, tmp_path: Path
) -> None:
    session.dispatch(SetTraining(epochs=40))
    whole = train_project(Project(session.document), tmp_path / "whole").project
    gone = window(session.document, runs)
    assert gone.stdout is not None and gone.stdout.readline().startswith("trains")
    assert left_behind(runs) == []  # a window shows it
    kill(gone)
    (left,) = left_behind(runs)
    assert is_trained(left.directory) and (left.name, left.file) == ("untitled", None)
    bridge, curves = TrainingBridge(session, runs=runs), Curves()
    bridge.follow(curves)
    assert bridge.join(left.directory) and left_behind(runs) == []
    qtbot.waitUntil(lambda: bridge.state == "running", timeout=LONG)
    bridge.pause()
    qtbot.waitUntil(lambda: bridge.state == "paused", timeout=LONG)
    (begun,) = (event for event in Run.read(left.directory).events() if event["event"] == "train_begin")
    (paused,) = (event for event in Run.read(left.directory).events() if event["event"] == "paused")
    assert (
        bridge.progress.seconds == paused["time"] - begun["time"]
    )  # of the training, not of reading its events
    conv = next(key for key, layer in session.document.layers.items() if layer.type == "Conv2D")
    for on in (False, True):  # which changes no number
        session.dispatch(SetTrainable((conv,), on))
    qtbot.waitUntil(lambda: bool(curves.marks), timeout=LONG)
    states: list[str] = []  # a step may begin and end within one look at the events
    bridge.stateChanged.connect(states.append)
    bridge.step()
    qtbot.waitUntil(lambda: states == ["running", "paused"], timeout=LONG)
    with qtbot.waitSignal(bridge.finished, timeout=LONG) as ended:
        bridge.go_on()
    assert ended.args == ["finished"] and left_behind(runs) == []
    same(bridge, whole)
    assert curves.epochs["loss"].y.tolist() == whole.history["loss"]
    assert len(curves.batches["loss"].x) == 40 * 45
    bridge.shut_down()


def orphan(document: Document, runs: Path) -> tuple[Left, int]:
    """A run that its window has left, and the process that trains it."""
    gone = window(document, runs)
    assert gone.stdout is not None
    worker = int(gone.stdout.readline().split()[1])
    kill(gone)
    (left,) = left_behind(runs)
    return left, worker


def test_a_window_that_joins_is_told_of_layers_what_it_watches(
    qtbot: QtBot, bridge: TrainingBridge, session: Session, runs: Path
) -> None:
    session.dispatch(SetTraining(epochs=5000))
    left, _worker = orphan(session.document, runs)
    told: list[Mapping[str, Any]] = []
    diagnosis = Diagnosis(bridge)
    diagnosis.layersTold.connect(told.append)
    bridge.watch("canvas", "weights,activations/2,times")
    assert bridge.join(left.directory)
    qtbot.waitUntil(lambda: bool(told), timeout=LONG)
    assert {"layers", "nodes", "seconds"} <= told[-1].keys()
    bridge.watch("canvas", "times")
    qtbot.waitUntil(lambda: "layers" not in told[-1], timeout=LONG)
    assert told[-1]["seconds"]
    bridge.shut_down()
    qtbot.waitUntil(lambda: '"watch"' in (left.directory / COMMANDS).read_text().splitlines()[-1])
    assert is_trained(left.directory)  # and nobody is told of layers any more


def test_a_process_that_fails_alone_says_why_to_the_next_window(
    qtbot: QtBot, bridge: TrainingBridge, session: Session, runs: Path
) -> None:
    session.dispatch(SetTraining(epochs=5000))
    left, _worker = orphan(session.document, runs)
    checkpoints = (left.directory / LATEST).parent
    qtbot.waitUntil((left.directory / LATEST).exists, timeout=LONG)
    checkpoints.rename(left.directory / "elsewhere")
    checkpoints.write_text("no folder")
    qtbot.waitUntil(lambda: not is_trained(left.directory), timeout=LONG)
    assert Run.read(left.directory).ending().startswith("failed: training broke: ")
    checkpoints.unlink()
    (left.directory / "elsewhere").rename(checkpoints)
    with qtbot.waitSignal(bridge.failed, timeout=LONG) as told:
        assert bridge.join(left.directory)
    assert told.args is not None and "checkpoints" in told.args[0]
    assert "What was learned up to its last checkpoint (" in told.args[0]
    assert bridge.state == "idle" and bridge.can_resume and left_behind(runs) == []


def test_why_a_process_that_was_alone_is_gone_is_said_and_another_goes_on(
    qtbot: QtBot, bridge: TrainingBridge, session: Session, runs: Path
) -> None:
    session.dispatch(SetTraining(epochs=5000))
    left, worker = orphan(session.document, runs)
    latest = left.directory / LATEST
    qtbot.waitUntil(latest.exists, timeout=LONG)
    os.kill(worker, signal.SIGTERM)
    qtbot.waitUntil(lambda: not is_trained(left.directory), timeout=LONG)
    os.utime(left.directory / JOB, (0, 0))  # as after a while: what has just begun is waited for
    with qtbot.waitSignal(bridge.revived, timeout=LONG) as told:
        assert bridge.join(left.directory)
    assert told.args is not None
    assert told.args[0].startswith("The training process is gone: it was ended by SIGTERM.")
    assert re.search(r"Training goes on from its last checkpoint \(\d+ s before\)\.$", told.args[0])
    qtbot.waitUntil(lambda: bridge.state == "running", timeout=LONG)
    with qtbot.waitSignal(bridge.finished, timeout=LONG):
        bridge.stop()


def test_a_stopped_run_trains_on_without_a_window(
    qtbot: QtBot, bridge: TrainingBridge, session: Session, runs: Path, tmp_path: Path
) -> None:
    session.dispatch(SetTraining(epochs=20))
    whole = train_project(Project(session.document), tmp_path / "whole").project
    with qtbot.waitSignal(bridge.progressed, timeout=LONG):
        bridge.run()
    with qtbot.waitSignal(bridge.finished, timeout=LONG):
        bridge.stop()
    assert bridge.train_on()
    bridge.shut_down()
    (left,) = left_behind(runs)
    after = TrainingBridge(session, runs=runs)
    with qtbot.waitSignal(after.finished, timeout=LONG) as ended:
        assert after.join(left.directory)
    assert ended.args == ["finished"]
    same(after, whole)
    after.shut_down()


@pytest.mark.slow
@pytest.mark.timeout(60 * (4 + KILLS))
def test_windows_and_workers_killed_at_random_moments_change_no_number(
    qtbot: QtBot, session: Session, runs: Path, tmp_path: Path
) -> None:
    """As often as LAYERLOOM_KILLS says: a window that watches layers, and every third time the process that trains as
    well. A run that has ended is followed by another until there were so many."""
    session.dispatch(SetTraining(epochs=40 * (1 + min(KILLS, 5))))
    whole = train_project(Project(session.document), tmp_path / "whole").project
    draw, killed, runs_ended = random.Random(SEED), 0, 0
    while killed < KILLS:
        place = runs / str(runs_ended)
        killed += kill_windows(session.document, place, draw, KILLS - killed)
        go_on_to_the_end(qtbot, session, place)
        runs_ended += 1
        (run,) = (Run.read(path.parent) for path in place.glob("*/run.json"))  # never two of it
        assert run.ending() == "finished" and run.history() == whole.history
        for path, array in run.weights().items():
            np.testing.assert_array_equal(array, whole.weights[path])
        print(f"{killed} windows were killed, {runs_ended} runs have ended as they should", flush=True)
        assert killed or runs_ended < 3, "this machine is too fast for the kills"


def kill_windows(document: Document, runs: Path, draw: random.Random, most: int) -> int:
    """How many, until the run has ended."""
    workers = set[int]()
    for killed in range(most):
        process = window(document, runs)
        assert process.stdout is not None
        first = process.stdout.readline()
        with suppress(subprocess.TimeoutExpired):
            process.wait(draw.uniform(0.0, 1.0))
        kill(process)
        if not first.startswith("trains") or not left_behind(runs):
            return killed
        workers.add(int(first.split()[1]))
        if killed % 3 == 2:
            kill_all(workers)
            workers.clear()
    return most


def go_on_to_the_end(qtbot: QtBot, session: Session, runs: Path) -> None:
    """In this window."""
    bridge = TrainingBridge(session, runs=runs)
    if left_behind(runs):
        with qtbot.waitSignal(bridge.finished, timeout=5 * LONG):
            bridge.join(left_behind(runs)[0].directory)
    bridge.shut_down()


def kill_all(workers: set[int]) -> None:
    """Those that have ended by themselves are gone already."""
    for worker in workers:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)


def same(bridge: TrainingBridge, whole: Project) -> None:
    assert bridge.history == whole.history
    for path, array in whole.weights.items():
        np.testing.assert_array_equal(bridge.weights[path], array)

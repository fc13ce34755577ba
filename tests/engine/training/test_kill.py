"""A run whose process is killed: what it had written can be read, up to the last whole line."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from graph_engine.project import Project, load, save
from graph_engine.templates import TEMPLATES
from graph_engine.training import Run, train_project

SECONDS = 60
KILLS = int(os.environ.get("LAYERLOOM_KILLS", "3"))
SEED = int(os.environ.get("LAYERLOOM_KILLS_SEED", "1"))  # of the moments
EPOCHS = 100  # some five seconds for each of the kills there are by default


@pytest.fixture
def project(tmp_path: Path) -> Path:
    document = TEMPLATES["digits-residual"].document()
    file = tmp_path / "digits.loom"
    save(file, Project(replace(document, training=replace(document.training, epochs=500))))
    return file


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no kill -9")
def test_a_killed_run_is_readable(project: Path, tmp_path: Path) -> None:
    before = project.read_bytes()
    draw = random.Random(0)
    for attempt in range(4):
        directory = tmp_path / f"run{attempt}"
        process = subprocess.Popen(
            [sys.executable, "-m", "graph_engine", "train", str(project), "--run", str(directory), "--json"],
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        wait_for(directory / "events.jsonl", draw.randrange(1, 60_000), process)
        process.kill()
        assert process.wait() == -signal.SIGKILL
        run = Run.read(directory)
        kinds = [event["event"] for event in run.events()]
        assert kinds[0] == "train_begin"
        assert all(len(values) == kinds.count("epoch_end") for values in run.history().values())
        assert run.config["epochs"] == 500
    assert project.read_bytes() == before and load(project).weights == {}


@pytest.mark.slow
@pytest.mark.timeout(60 * (5 + KILLS))
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no kill -9")
def test_a_run_killed_again_and_again_ends_as_one_that_never_was(tmp_path: Path) -> None:
    """As often as LAYERLOOM_KILLS says, at random moments; then it is let go on to its end. A run that has ended is
    followed by another until there were so many kills."""
    document = TEMPLATES["digits-residual"].document()
    document = replace(document, training=replace(document.training, epochs=EPOCHS))
    whole = train_project(Project(document), tmp_path / "whole").project
    file = tmp_path / "digits.loom"
    save(file, Project(document))
    draw, killed, runs_ended = random.Random(SEED), 0, 0
    while killed < KILLS:
        directory = tmp_path / f"run{runs_ended}"
        killed += kill_again_and_again(file, directory, draw, KILLS - killed)
        if not has_ended(directory):
            assert trained(file, directory).wait(10 * SECONDS) == 0
        runs_ended += 1
        run = Run.read(directory)
        assert run.history() == whole.history
        for path, array in run.weights().items():
            np.testing.assert_array_equal(array, whole.weights[path])
        print(f"{killed} processes were killed, {runs_ended} runs have ended as they should", flush=True)
        assert killed > runs_ended // 2, "this machine is too fast for the kills"


def kill_again_and_again(file: Path, directory: Path, draw: random.Random, most: int) -> int:
    """How often, until the run has ended: mostly while it trains, now and then while it begins."""
    for killed in range(most):
        if has_ended(directory):
            return killed
        events = directory / "events.jsonl"
        size = events.stat().st_size if events.exists() else 0
        process = trained(file, directory)
        if draw.random() < 0.8:
            wait_for(events, size + 1, process)
        try:
            process.wait(draw.uniform(0.0, 2.0))
            return killed  # it has ended by itself
        except subprocess.TimeoutExpired:
            process.kill()
            assert process.wait() in (-signal.SIGKILL, 0)
    return most


def has_ended(directory: Path) -> bool:
    return (directory / "run.json").exists() and Run.read(directory).ending() == "finished"


def trained(file: Path, directory: Path) -> subprocess.Popen[bytes]:
    """A process that begins the run, or goes on with it."""
    resume = ["--resume"] if (directory / "run.json").exists() else []
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "graph_engine",
            "train",
            str(file),
            "--run",
            str(directory),
            "--json",
            *resume,
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def wait_for(file: Path, size: int, process: subprocess.Popen[bytes]) -> None:
    """Until the file has grown to that many bytes."""
    end = time.monotonic() + SECONDS
    while not (file.exists() and file.stat().st_size >= size):
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.002)

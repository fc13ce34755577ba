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

import pytest

from graph_engine.project import Project, load, save
from graph_engine.templates import TEMPLATES
from graph_engine.training import Run

SECONDS = 60


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


def wait_for(file: Path, size: int, process: subprocess.Popen[bytes]) -> None:
    """Until the file has grown to that many bytes."""
    end = time.monotonic() + SECONDS
    while not (file.exists() and file.stat().st_size >= size):
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.002)

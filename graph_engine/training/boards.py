"""What TensorBoard is to show of a run, whether or not it was trained with the callback of that name."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from graph_engine.analysis import analyze
from graph_engine.training.callbacks import Replay, TensorBoard
from graph_engine.training.runs import Run
from graph_engine.training.tensorboard import EventFile, graph_def

FOLDER: Final = "tensorboard"
FILES: Final = "events.out.tfevents.*"


def board(run: Run) -> Path:
    """A directory with event files: those that the callback wrote while it trained, else its history, written now.

    Raises OSError where that cannot be written.
    """
    place = run.directory / FOLDER
    if any(place not in path.parents for path in run.directory.rglob(FILES)):
        return run.directory
    if not _is_current(run, place):
        shutil.rmtree(place, ignore_errors=True)
        _write(run, place)
    return place


def _is_current(run: Run, place: Path) -> bool:
    """Whether nothing has happened in the run since its files were written."""
    events, written = run.directory / "events.jsonl", list(place.rglob(FILES))
    return bool(written) and min(path.stat().st_mtime for path in written) >= events.stat().st_mtime


def _write(run: Run, place: Path) -> None:
    if "document" in run.config:
        document = run.document()
        EventFile(place / "train").add_graph(graph_def(document, analyze(document)))
    replay = Replay([TensorBoard(log_dir=str(place), write_graph=False)])
    for event in run.events():
        replay.feed(event)

"""An event file: what TensorBoard reads, appended to record by record."""

from __future__ import annotations

import itertools
import os
import time
from pathlib import Path
from typing import Final

from graph_engine.training.tensorboard.records import record
from graph_engine.training.tensorboard.wire import block, double, integer

_VERSION: Final = "brain.Event:2"
_count = itertools.count()


class EventFile:
    """A new event file in ``directory``. TensorBoard shows all files of a directory as one run.

    Each event is written whole and the file closed again, so that a kill at any moment leaves a readable
    file, and a training that breaks leaves none open.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        # Names sort by time: TensorBoard reads the files of a directory in that order.
        name = f"events.out.tfevents.{time.time():017.6f}.{os.getpid()}.{next(_count):06d}.v2"
        self.path = directory / name
        with self.path.open("xb") as file:
            file.write(_event(block(3, _VERSION)))

    def add_summary(self, summary: bytes, step: int) -> None:
        self._append(integer(2, step) + block(5, summary))

    def add_graph(self, graph: bytes) -> None:
        self._append(block(4, graph))

    def _append(self, fields: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(_event(fields))


def _event(fields: bytes) -> bytes:
    return record(double(1, time.time()) + fields)

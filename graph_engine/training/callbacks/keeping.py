"""A run that can be cut off at any moment: what it has learned is written down again and again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from graph_engine.training.callbacks.base import Callback
from graph_engine.training.events import Logs

SECONDS: Final = 20.0  # of work that a kill may cost at most, while writing is cheap
SHARE: Final = 0.02  # of the time of a training that writing may take


class Safekeeping(Callback):
    """Asks for a checkpoint after an epoch, and within long ones every ``SECONDS``; seldom where writing takes long."""

    def __init__(self, path: Path, seconds: float = SECONDS) -> None:
        self._path, self._seconds = path, seconds
        self._asked = self._last = time.monotonic()
        self._cost = 0.0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._last = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._ask(self._seconds)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self._ask(0.0)

    def on_notice(self, event: Mapping[str, Any]) -> None:
        if event["event"] == "checkpoint" and self._path.as_posix().endswith(event["path"]):
            self._last = time.monotonic()
            self._cost = self._last - self._asked
        elif event["event"] == "changed" and self.trainer is not None:
            self.trainer.save_checkpoint(self._path)  # what a person has changed is not lost in a crash

    def _ask(self, after: float) -> None:
        now = time.monotonic()
        if self.trainer is not None and now - self._last >= max(after, self._cost / SHARE):
            self._asked = self._last = now
            self.trainer.save_checkpoint(self._path)

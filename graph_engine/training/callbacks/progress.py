"""The callback that tells a person at a terminal how far training is and how long it will take."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final, TextIO

from graph_engine.training.callbacks.base import Callback
from graph_engine.training.events import Logs

_WIDTH: Final = 24
_PERIOD: Final = 0.1  # seconds between drawings of the bar


class ProgressBar(Callback):
    """A bar with the time left on a terminal; one line per epoch where the output is a file or a pipe."""

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream or sys.stderr
        self._clock = clock
        self._live = self._stream.isatty()
        self._drawn = -1.0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._began = self._clock()
        self._epoch = self._first = int(self.training.get("initial_epoch", 0))
        self._drawn = -1.0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        now = self._clock()
        if self._live and now - self._drawn >= _PERIOD:
            self._drawn = now
            self._stream.write("\r\x1b[K" + self._line(batch + 1, logs or {}))
            self._stream.flush()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        clear = "\r\x1b[K" if self._live else ""
        self._stream.write(clear + self._line(self.training.get("steps", 1), logs or {}) + "\n")
        self._stream.flush()

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self._live:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _line(self, done: int, logs: Logs) -> str:
        steps, epochs = max(1, self.training.get("steps", 1)), self.training.get("epochs", 1)
        filled = round(_WIDTH * done / steps)
        bar = "#" * filled + "." * (_WIDTH - filled)
        finished = (self._epoch - self._first) * steps + done
        left = (epochs - self._first) * steps - finished
        seconds = (self._clock() - self._began) / max(1, finished) * left
        values = "  ".join(f"{name} {value:.4g}" for name, value in logs.items())
        return f"epoch {self._epoch + 1}/{epochs} {bar} {duration(seconds)} left  {values}"


def duration(seconds: float) -> str:
    """``0:07``, ``2:05`` or ``1:02:05``."""
    whole = max(0, round(seconds))
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"

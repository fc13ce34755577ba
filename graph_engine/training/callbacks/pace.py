"""The callback that plots what every training has besides losses: learning rate and speed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from graph_engine.training.callbacks.base import Callback
from graph_engine.training.events import Logs

RATE: Final = "Learning rate"
SPEED: Final = "Rows per second"
PERIOD: Final = 0.25  # seconds between two points of the speed


class Pace(Callback):
    """A point of the learning rate where it changes and at each epoch's end; of the speed four times a second."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._rate: float | None = None
        self._held = False  # whether the rate has been the same for a while
        self._rows, self._since = 0, self._clock()

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        if self.trainer is None:
            return
        before, self._rate = self._rate, self.trainer.optimizer.rate
        if self._rate == before:
            self._held = True
            return
        if self._held and before is not None:
            self._plot_rate(before)  # so that the curve has a step there
        self._plot_rate(self._rate)
        self._held = False

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if self.trainer is None or self.trainer.latest is None:
            return
        self._rows += self.trainer.latest.rows
        passed = self._clock() - self._since
        if passed >= PERIOD:
            self.plot(SPEED, {"rows per second": self._rows / passed})
            self._rows, self._since = 0, self._clock()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Validation is no part of the speed."""
        if self._rate is not None:
            self._plot_rate(self._rate)
        self._rows, self._since = 0, self._clock()

    def _plot_rate(self, rate: float) -> None:
        self.plot(RATE, {"learning rate": rate})

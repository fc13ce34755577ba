"""How far a training is, told by the events of its run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from graph_engine.training import Callback
from graph_engine.training.callbacks.progress import duration
from graph_engine.training.events import Logs


@dataclass(frozen=True, slots=True)
class Progress:
    """``epoch`` and ``batch`` count what is done; ``left``: seconds, or None while nobody can know."""

    epoch: int
    epochs: int
    batch: int
    steps: int
    seconds: float
    left: float | None
    speed: float  # batches a second

    @property
    def share(self) -> float:
        """Of the whole training, 0 to 1."""
        whole = self.epochs * self.steps
        return min(1.0, (self.epoch * self.steps + self.batch) / whole) if whole else 0.0


@dataclass(frozen=True, slots=True)
class Compiling:
    """The first training on a machine: ``done`` of ``count`` kernels are compiled, while numpy trains."""

    done: int
    count: int
    left: float | None
    is_over: bool

    @property
    def words(self) -> str:
        """For the status line; nothing once it is over."""
        if self.is_over:
            return ""
        left = "" if self.left is None else f", {duration(self.left)} left"
        return f"compiling kernels, {self.done} of {self.count}{left}; numpy trains meanwhile"

    @property
    def outcome(self) -> str:
        """A sentence at the end."""
        if self.done < self.count or not self.count:
            return "The kernels could not be compiled; numpy goes on training."
        return "The kernels are compiled: training goes on with them, and later ones begin with them."


class ProgressMeter(Callback):
    """A callback whose ``now`` says where the training is."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._epoch = self._batch = self._before = 0
        self._began = clock()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._began = self._clock()
        self._epoch = int(self.training.get("initial_epoch", 0))
        self._batch = int(self.training.get("initial_batch", 0))
        self._before = self._epoch * int(self.training.get("steps", 0)) + self._batch

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        if epoch != self._epoch:
            self._epoch, self._batch = epoch, 0

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._batch = batch + 1

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch, self._batch = epoch + 1, 0

    @property
    def now(self) -> Progress:
        epochs, steps = int(self.training.get("epochs", 0)), int(self.training.get("steps", 0))
        seconds = self._clock() - self._began
        done = self._epoch * steps + self._batch - self._before
        rest = max(0, (epochs - self._epoch) * steps - self._batch)
        left = seconds / done * rest if done else None
        speed = done / seconds if seconds else 0.0
        return Progress(self._epoch, epochs, self._batch, steps, seconds, left, speed)

"""Callbacks that change the learning rate between epochs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from graph_engine.params import ParamError, integer, number, shared
from graph_engine.training.callbacks.base import Callback
from graph_engine.training.callbacks.monitors import Monitoring
from graph_engine.training.events import Logs


class ReduceLROnPlateau(Monitoring):
    """Lowers the learning rate when a value has stopped improving (``keras.callbacks.ReduceLROnPlateau``)."""

    title = "Reduce learning rate on plateau"
    min_delta: float = shared(
        number(1e-4, minimum=0.0, help="Smallest change that counts as an improvement.")
    )
    factor: float = number(0.1, minimum=0.0, help="Factor on the learning rate, less than 1.")
    patience: int = integer(10, minimum=0, help="Epochs without improvement that are accepted.")
    cooldown: int = integer(0, minimum=0, help="Epochs to wait after a reduction.")
    min_lr: float = number(0.0, minimum=0.0, help="Lowest learning rate.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.factor >= 1.0:
            raise ParamError(f"ReduceLROnPlateau.factor: must be less than 1, got {self.factor:g}")

    def on_train_begin(self, logs: Logs | None = None) -> None:
        super().on_train_begin(logs)
        self.best: float | None = None
        self.wait = 0
        self.cooling = 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if logs is not None and self.trainer is not None:
            logs["learning_rate"] = self.trainer.optimizer.rate
        value = self.value(logs)
        if value is None:
            return
        if self.cooling > 0:
            self.cooling -= 1
            self.wait = 0
        if self.improves(value, self.best):
            self.best, self.wait = value, 0
        elif self.cooling == 0:
            self.wait += 1
            if self.wait >= self.patience and self._reduce():
                self.cooling, self.wait = self.cooldown, 0

    def state(self) -> dict[str, Any]:
        return {"best": self.best, "wait": self.wait, "cooling": self.cooling}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.best, self.wait, self.cooling = state["best"], state["wait"], state["cooling"]

    def _reduce(self) -> bool:
        if self.trainer is None or self.trainer.optimizer.learning_rate <= self.min_lr:
            return False
        self.trainer.set_learning_rate(max(self.trainer.optimizer.learning_rate * self.factor, self.min_lr))
        return True


class LearningRateScheduler(Callback):
    """Sets the learning rate at the start of each epoch to ``schedule(epoch, rate)``, or ``schedule(epoch)``.

    From Python only: a document holds no code.
    """

    def __init__(self, schedule: Callable[..., float]) -> None:
        self.schedule = schedule
        self._takes_rate = _takes_two(schedule)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        if self.trainer is not None:
            rate = self._asked(epoch, self.trainer.optimizer.learning_rate)
            if isinstance(rate, bool) or not isinstance(rate, (int, float, np.floating)):
                raise ParamError(f"LearningRateScheduler: the schedule gives a number, got {rate!r}")
            self.trainer.set_learning_rate(float(rate))

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if logs is not None and self.trainer is not None:
            logs["learning_rate"] = self.trainer.optimizer.rate

    def _asked(self, epoch: int, rate: float) -> float:
        return self.schedule(epoch, rate) if self._takes_rate else self.schedule(epoch)


def _takes_two(function: Callable[..., float]) -> bool:
    try:
        inspect.signature(function).bind(0, 0.1)
    except (TypeError, ValueError):
        return False
    return True

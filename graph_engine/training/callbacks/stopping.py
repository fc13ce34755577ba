"""Callbacks that end training or choose which weights it leaves behind."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy.typing as npt

from graph_engine.params import boolean, integer, number
from graph_engine.training.callbacks.base import ConfiguredCallback
from graph_engine.training.callbacks.monitors import Monitoring
from graph_engine.training.events import Logs
from graph_engine.values import LayerloomError

Weights = Mapping[str, npt.NDArray[Any]]  # by path: whatever is frozen meanwhile
_KEPT = "weights/"


def _as_state(weights: Weights | None) -> dict[str, Any]:
    return {f"{_KEPT}{path}": array for path, array in (weights or {}).items()}


def _in_state(state: Mapping[str, Any]) -> Weights | None:
    found = {name.removeprefix(_KEPT): array for name, array in state.items() if name.startswith(_KEPT)}
    return found or None


class RestoreBestWeights(Monitoring):
    """Leaves the weights of the best epoch, without ending training early (asked for in keras#12511)."""

    title = "Restore best weights"

    def on_train_begin(self, logs: Logs | None = None) -> None:
        super().on_train_begin(logs)
        self._best: float | None = None
        self._best_epoch = 0
        self._best_weights: Weights | None = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        value = self.value(logs)
        if value is not None and (self.improves(value, self._best) or self._best_weights is None):
            self._best = value
            self._keep(epoch)

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.trainer is not None and self._best_weights is not None:
            self.trainer.parameters.load(self._best_weights)

    def state(self) -> dict[str, Any]:
        return {"best": self._best, "best_epoch": self._best_epoch, **_as_state(self._best_weights)}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._best, self._best_epoch = state["best"], state["best_epoch"]
        self._best_weights = _in_state(state)

    def _keep(self, epoch: int) -> None:
        self._best_epoch = epoch
        if self.trainer is not None:
            self._best_weights = self.trainer.parameters.snapshot()


class EarlyStopping(Monitoring):
    """Ends training when a value has stopped improving (``keras.callbacks.EarlyStopping``)."""

    title = "Early stopping"
    patience: int = integer(0, minimum=0, help="Epochs without improvement that are accepted.")
    baseline: float | None = number(None, optional=True, help="A value to pass within patience.")
    restore_best_weights: bool = boolean(False, help="Go back to the weights of the best epoch at the end.")
    start_from_epoch: int = integer(0, minimum=0, help="Epochs to let pass before watching.")

    def on_train_begin(self, logs: Logs | None = None) -> None:
        super().on_train_begin(logs)
        self.wait = 0
        self.stopped_epoch = 0
        self.best: float | None = None
        self.best_epoch = 0
        self._best_weights: Weights | None = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        value = self.value(logs)
        if value is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self._best_weights is None:
            self._keep(epoch)
        self.wait += 1
        if self.improves(value, self.best):
            self.best = value
            self._keep(epoch)
            if self.baseline is None or self.improves(value, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self._stop()

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.trainer is not None and self._best_weights is not None:
            self.trainer.parameters.load(self._best_weights)

    def state(self) -> dict[str, Any]:
        return {
            "wait": self.wait,
            "best": self.best,
            "best_epoch": self.best_epoch,
            **_as_state(self._best_weights),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self.wait, self.best, self.best_epoch = state["wait"], state["best"], state["best_epoch"]
        self._best_weights = _in_state(state)

    def _keep(self, epoch: int) -> None:
        self.best_epoch = epoch
        if self.restore_best_weights and self.trainer is not None:
            self._best_weights = self.trainer.parameters.snapshot()

    def _stop(self) -> None:
        if self.trainer is not None:
            since = f"{self.wait} epoch" + ("" if self.wait == 1 else "s")
            self.trainer.stop(f"early stopping: {self.monitor} has not improved for {since}")


class TerminateOnNaN(ConfiguredCallback):
    """Ends training as soon as the loss is not finite (``keras.callbacks.TerminateOnNaN``)."""

    title = "Terminate on NaN"
    raise_error: bool = boolean(False, help="Fail instead of ending: nothing after training is done then.")

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        loss = (logs or {}).get("loss", 0.0)
        if math.isfinite(loss):
            return
        told = f"the loss is not finite after batch {batch + 1}"
        if self.raise_error:
            raise LayerloomError(f"{told}: {loss}")
        if self.trainer is not None:
            self.trainer.stop(told)

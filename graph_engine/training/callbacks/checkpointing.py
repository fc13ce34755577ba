"""The callback that saves checkpoints while training goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_engine.params import boolean, integer, number, shared, text
from graph_engine.training.callbacks.monitors import MONITOR_HELP, Monitoring
from graph_engine.training.callbacks.places import fill_in, output_path
from graph_engine.training.events import Logs


class ModelCheckpoint(Monitoring):
    """Saves what is needed to continue, by epoch or batches (``keras.callbacks.ModelCheckpoint``)."""

    title = "Checkpoints"
    filepath: str = text(
        "checkpoints/epoch-{epoch:04d}.safetensors",
        help="File to write, inside the run's directory if any; {epoch} and names of logs are filled in.",
    )
    monitor: str = shared(text("val_loss", help=MONITOR_HELP))
    save_best_only: bool = boolean(False, help="Save only when the watched value is the best so far.")
    save_freq: int | None = integer(
        None, minimum=1, optional=True, help="Save every so many batches; none: at the end of each epoch."
    )
    initial_value_threshold: float | None = number(
        None, optional=True, help="With save_best_only: a value to beat before anything is saved."
    )

    def on_train_begin(self, logs: Logs | None = None) -> None:
        if self.save_best_only:
            super().on_train_begin(logs)
        self.best = self.initial_value_threshold
        self._epoch = 0
        self._batches = 0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if self.save_freq is None:
            return
        self._batches += 1
        if self._batches >= self.save_freq:
            self._batches = 0
            self._save(logs or {}, batch=batch + 1)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_freq is None:
            self._save(logs or {})

    def state(self) -> dict[str, Any]:
        return {"best": self.best, "batches": self._batches}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.best, self._batches = state["best"], state["batches"]

    def _save(self, logs: Logs, **more: int) -> None:
        if self.trainer is None or not self._wanted(logs):
            return
        name = fill_in(self.filepath, {**logs, "epoch": self._epoch + 1, **more})
        self.trainer.save_checkpoint(output_path(self.trainer, name))

    def _wanted(self, logs: Logs) -> bool:
        if not self.save_best_only:
            return True
        value = self.value(logs)
        if value is None or not self.improves(value, self.best):
            return False
        self.best = value
        return True

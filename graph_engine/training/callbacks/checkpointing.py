"""The callback that saves checkpoints while training goes on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graph_engine.params import ParamError, boolean, number, shared, text
from graph_engine.training.callbacks.base import ConfiguredCallback
from graph_engine.training.callbacks.frequency import batches, frequency
from graph_engine.training.callbacks.monitors import MONITOR_HELP, Monitoring
from graph_engine.training.callbacks.places import fill_in, output_path
from graph_engine.training.checkpoints import Checkpoint
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
    save_weights_only: bool = boolean(False, help="Save the weights alone: training cannot go on from there.")
    save_freq: str | int | None = frequency(
        None, optional=True, help="Save every so many batches; none or epoch: at the end of each epoch."
    )
    initial_value_threshold: float | None = number(
        None, optional=True, help="With save_best_only: a value to beat before anything is saved."
    )

    def on_train_begin(self, logs: Logs | None = None) -> None:
        if self.save_best_only:
            super().on_train_begin(logs)
        self.best = self.initial_value_threshold
        self._epoch = 0
        self._every = batches(self.save_freq)
        self._batches = 0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if not self._every:
            return
        self._batches += 1
        if self._batches >= self._every:
            self._batches = 0
            self._save(logs or {}, batch=batch + 1)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if not self._every:
            self._save(logs or {})

    def state(self) -> dict[str, Any]:
        return {"best": self.best, "batches": self._batches}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.best, self._batches = state["best"], state["batches"]

    def _save(self, logs: Logs, **more: int) -> None:
        if self.trainer is None or not self._wanted(logs):
            return
        name = fill_in(self.filepath, {**logs, "epoch": self._epoch + 1, **more})
        self.trainer.save_checkpoint(output_path(self.trainer, name), weights_only=self.save_weights_only)

    def _wanted(self, logs: Logs) -> bool:
        if not self.save_best_only:
            return True
        value = self.value(logs)
        if value is None or not self.improves(value, self.best):
            return False
        self.best = value
        return True


class BackupAndRestore(ConfiguredCallback):
    """Lets a training that was cut off go on where it was, when it is begun again (``keras.callbacks``).

    What is kept is all of the state, so the numbers are those of a training that was never cut off. It is
    removed when training ends by itself.
    """

    title = "Backup and restore"
    backup_dir: str = text("backup", help="Directory to write, inside the run's directory if there is one.")
    save_freq: str | int = frequency("epoch", help="Back up after each epoch, each batch or so many batches.")
    delete_checkpoint: bool = boolean(True, help="Remove the backup when training has ended.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.backup_dir:
            raise ParamError("BackupAndRestore.backup_dir: say where to write")
        self._every = batches(self.save_freq)
        self._batches = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._batches = 0
        if self.trainer is not None and self._path().exists():
            self.trainer.resume_from(Checkpoint.read(self._path()))

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._batches += 1
        if self._every and self._batches % self._every == 0:
            self._save()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if not self._every:
            self._save()

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.trainer is not None and self.delete_checkpoint and not self.trainer.interrupted:
            self._path().unlink(missing_ok=True)

    def _save(self) -> None:
        if self.trainer is not None:
            self.trainer.save_checkpoint(self._path())

    def _path(self) -> Path:
        path = output_path(self.trainer, f"{self.backup_dir}/latest.safetensors")
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

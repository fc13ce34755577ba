"""Callbacks that keep or write down what was logged."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, TextIO

from graph_engine.params import ParamError, boolean, text
from graph_engine.training.callbacks.base import HOOKS, Callback, ConfiguredCallback
from graph_engine.training.callbacks.places import output_path
from graph_engine.training.events import Logs


class History(Callback):
    """Every epoch's logs: ``history`` maps a name to its values, ``epoch`` holds the epochs' numbers."""

    def __init__(self) -> None:
        self.epoch: list[int] = []
        self.history: dict[str, list[float]] = {}

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.epoch = []
        self.history = {}

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def state(self) -> dict[str, Any]:
        return {"epoch": list(self.epoch), "history": {name: list(it) for name, it in self.history.items()}}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.epoch = list(state["epoch"])
        self.history = {name: list(values) for name, values in state["history"].items()}


class CSVLogger(ConfiguredCallback):
    """Writes one row per epoch to a CSV file (``keras.callbacks.CSVLogger``)."""

    title = "CSV log"
    filename: str = text("history.csv", help="File to write, inside the run's directory if there is one.")
    separator: str = text(",", help="Character between values.")
    append: bool = boolean(False, help="Add to a file that exists instead of replacing it.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.separator) != 1:
            raise ParamError(f"CSVLogger.separator: expected one character, got {self.separator!r}")
        self._continues = False
        self._file: TextIO | None = None
        self._names: list[str] = []

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._continues = self.append

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        logs = logs or {}
        file = self._file or self._open(logs)
        row = [epoch, *(logs.get(name, "NA") for name in self._names)]
        csv.writer(file, delimiter=self.separator).writerow(row)
        file.flush()

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def state(self) -> dict[str, Any]:
        return {"continues": True}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._continues = True

    def _open(self, logs: Logs) -> TextIO:
        """The file, with its header: only now is it known what is logged."""
        path = output_path(self.trainer, self.filename)
        self._names = _header(path, self.separator) if self._continues and path.exists() else []
        mode: Literal["a", "w"] = "a" if self._names else "w"
        file = self._file = path.open(mode, newline="", encoding="utf-8")  # until the end
        if not self._names:
            self._names = sorted({*self.training.get("metrics", ()), *logs})
            csv.writer(file, delimiter=self.separator).writerow(["epoch", *self._names])
        return file


class LambdaCallback(Callback):
    """Calls functions given by hook: ``LambdaCallback(on_epoch_end=lambda epoch, logs: ...)``."""

    def __init__(self, **hooks: Callable[..., Any]) -> None:
        unknown = [name for name in hooks if name not in HOOKS]
        if unknown:
            raise ParamError(f"there is no hook {unknown[0]!r}; there are {', '.join(HOOKS)}")
        for name, function in hooks.items():
            setattr(self, name, function)


def _header(path: Path, separator: str) -> list[str]:
    with path.open(newline="", encoding="utf-8") as file:
        return next(csv.reader(file, delimiter=separator), [])[1:]

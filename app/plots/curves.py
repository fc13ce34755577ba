"""What a training has logged and plotted, as curves over epochs. A callback without Qt: live, headless, or replayed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from app.plots.curve import Curve
from graph_engine.training import Callback
from graph_engine.training.events import Logs

VALIDATION: Final = "val_"


@dataclass(frozen=True, slots=True)
class Group:
    """One plot: the losses of all heads, one metric, or what a callback plots.

    ``names`` of logs are without ``val_``. ``logged``: whether they are logs, which have a validation.
    """

    title: str
    names: tuple[str, ...]
    logged: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that was done while training, at ``x`` epochs."""

    x: float
    text: str


class Curves(Callback):
    """``batches``: every batch's own losses, and of other logs a sliding mean over about an epoch. ``epochs``: the
    value at each epoch's end, also ``val_``. ``plotted``: what callbacks plot, by title and name.

    Running means start anew with each epoch. So that curves have no steps, the running mean takes over from
    the last epoch's value as the epoch goes on, and meets the new epoch's value exactly at its end.
    """

    def __init__(self) -> None:
        self.batches: dict[str, Curve] = {}
        self.epochs: dict[str, Curve] = {}
        self.plotted: dict[str, dict[str, Curve]] = {}
        self.marks: list[Mark] = []
        self.latest: Logs = {}  # as they were logged
        self.version = 0  # grows with everything that is new
        self._logged: tuple[Group, ...] = ()
        self._losses: Logs = {}  # of the batch that ends next
        self._epoch = 0
        self._at = 0.0

    @property
    def length(self) -> int:
        """How many epochs the training is meant to last."""
        return int(self.training.get("epochs", 0))

    @property
    def reached(self) -> float:
        """How many epochs it has lasted."""
        return self._at

    @property
    def steps(self) -> int:
        """Batches of an epoch."""
        return max(1, int(self.training.get("steps", 1)))

    @property
    def groups(self) -> tuple[Group, ...]:
        """Losses and metrics, then what callbacks plot."""
        others = (Group(title, tuple(curves), logged=False) for title, curves in self.plotted.items())
        return (*self._logged, *others)

    def curves(self, group: Group, name: str) -> tuple[Curve | None, Curve | None]:
        """Of one log, or of one name in a callback's plot: its curves over batches and over epochs."""
        if group.logged:
            return self.batches.get(name), self.epochs.get(name)
        return self.plotted.get(group.title, {}).get(name), None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """A training that goes on keeps what it was up to there."""
        self._at = self.training.get("initial_epoch", 0) + self._share(self.training.get("initial_batch", 0))
        for kept in (self.batches, self.epochs, *self.plotted.values()):
            for curve in kept.values():
                curve.cut(self._at)
            for name in [name for name, curve in kept.items() if not len(curve)]:
                del kept[name]
        self.plotted = {title: curves for title, curves in self.plotted.items() if curves}
        self.latest = self.latest if self._at else {}
        self.marks = [mark for mark in self.marks if 0 < mark.x <= self._at]
        self._logged = groups_of(self.training.get("metrics", ()), self.training.get("outputs", ()))
        self.version += 1

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        share = self._share(batch + 1)
        self._at = self._epoch + share
        self.latest |= logs or {}
        own, self._losses = self._losses, {}
        if self.trainer is not None:
            own = self.trainer.batch_losses
        self._add(self.batches, self._at, self._blended(logs or {}, share) | own)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self._at = epoch + 1.0
        self.latest |= logs or {}
        self._add(self.epochs, self._at, logs or {})

    def on_notice(self, event: Mapping[str, Any]) -> None:
        match event["event"]:
            case "batch":
                self._losses = event["losses"]
            case "values":
                self._add(self.plotted.setdefault(event["plot"], {}), event["at"], event["values"])
            case _ if words := said_of(event):
                self.marks.append(Mark(self._at, words))
                self.version += 1

    def show(self, history: Mapping[str, Sequence[float]]) -> None:
        """A training of the past, by its values per epoch."""
        length = max((len(values) for values in history.values()), default=0)
        self.set_params({"epochs": length, "metrics": list(history)})
        self.on_train_begin()
        self._at = float(length)
        for name, values in history.items():
            self.epochs[name] = Curve.of(np.arange(1.0, len(values) + 1), values)
            if len(values):
                self.latest[name] = values[-1]

    def _share(self, batches: int) -> float:
        """Of an epoch."""
        return min(1.0, batches / self.steps)

    def _blended(self, logs: Logs, share: float) -> Logs:
        before = {name: curve.last for name, curve in self.epochs.items()}
        return {name: _between(before.get(name), value, share) for name, value in logs.items()}

    def _add(self, curves: dict[str, Curve], at: float, logs: Logs) -> None:
        for name, value in logs.items():
            curves.setdefault(name, Curve()).add(at, value)
        self.version += 1


def said_of(event: Mapping[str, Any]) -> str:
    """What a mark on the curves says of an intervention; empty for other events."""
    match event["event"]:
        case "changed":
            return _changed(*str(event["what"]).partition("/")[::2], event["value"])
        case "paused":
            return "paused"
        case "autopsy":
            return "not finite"
    return ""


def _changed(kind: str, name: str, value: Any) -> str:
    if kind == "trainable":
        return f"{name} {'trained again' if value else 'frozen'}"
    if kind == "callbacks":
        return f"callbacks: {value or 'none'}"
    return (
        f"weight of {name} {value:.3g}" if kind == "loss_weights" else f"{kind.replace('_', ' ')} {value:.3g}"
    )


def _between(before: float | None, now: float, share: float) -> float:
    return now if before is None else (1.0 - share) * before + share * now


def groups_of(metrics: Sequence[str], outputs: Sequence[str] = ()) -> tuple[Group, ...]:
    """Losses together, the total first; then a group for each metric, with one curve for every output that has it."""
    names = [name for name in metrics if not name.startswith(VALIDATION) and name != "learning_rate"]
    losses = tuple(name for name in names if name == "loss" or name.endswith("_loss"))
    kinds: dict[str, list[str]] = {}
    for name in names:
        if name not in losses:
            kinds.setdefault(_kind(name, outputs), []).append(name)
    found = [Group("Loss", losses)] if losses else []
    found += [Group(_words(kind), tuple(members)) for kind, members in kinds.items()]
    return tuple(found)


def _kind(name: str, outputs: Sequence[str]) -> str:
    """``digit_accuracy`` is an accuracy."""
    for output in outputs:
        if name.startswith(f"{output}_"):
            return name[len(output) + 1 :]
    return name


def _words(kind: str) -> str:
    return kind.replace("_", " ").capitalize()

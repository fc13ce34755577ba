"""What a training has logged, as curves over epochs. A plain callback without Qt: live, headless, or replayed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from graph_engine.training import Callback
from graph_engine.training.events import Logs

MOST_POINTS: Final = 4000  # per curve; beyond that every other point goes, as often as needed
VALIDATION: Final = "val_"


@dataclass(slots=True)
class Curve:
    """Points in order. ``x`` counts epochs: 1.5 is the middle of the second one."""

    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    _stride: int = 1
    _skipped: int = 0

    def add(self, x: float, y: float) -> None:
        """Keeps every ``stride``-th point, so that a long training costs no more than a short one."""
        self._skipped += 1
        if self._skipped < self._stride:
            return
        self._skipped = 0
        self.x.append(x)
        self.y.append(y)
        if len(self.x) > MOST_POINTS:
            del self.x[1::2], self.y[1::2]
            self._stride *= 2

    @property
    def last(self) -> float | None:
        return self.y[-1] if self.y else None


@dataclass(frozen=True, slots=True)
class Group:
    """One plot: the losses of all heads, or one metric. ``names`` without ``val_``."""

    title: str
    names: tuple[str, ...]


class Curves(Callback):
    """``batches``: a sliding mean over about an epoch; ``epochs``: the value at each epoch's end, also ``val_``.

    Running means start anew with each epoch. So that curves have no steps, the running mean takes over from
    the last epoch's value as the epoch goes on, and meets the new epoch's value exactly at its end.
    """

    def __init__(self) -> None:
        self.batches: dict[str, Curve] = {}
        self.epochs: dict[str, Curve] = {}
        self.groups: tuple[Group, ...] = ()
        self.version = 0  # grows with everything that is new
        self._epoch = 0

    @property
    def length(self) -> int:
        """How many epochs the training is meant to last."""
        return int(self.training.get("epochs", 0))

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.batches, self.epochs = {}, {}
        self.groups = groups_of(self.training.get("metrics", ()), self.training.get("outputs", ()))
        self.version += 1

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        share = (batch + 1) / max(1, int(self.training.get("steps", 1)))
        self._add(self.batches, self._epoch + share, self._blended(logs or {}, min(1.0, share)))

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self._add(self.epochs, epoch + 1.0, logs)

    def show(self, history: Mapping[str, Sequence[float]]) -> None:
        """A training of the past, by its values per epoch."""
        length = max((len(values) for values in history.values()), default=0)
        self.training = {"epochs": length, "metrics": list(history)}
        self.on_train_begin()
        for name, values in history.items():
            for epoch, value in enumerate(values):
                self.epochs.setdefault(name, Curve()).add(epoch + 1.0, value)

    def _blended(self, logs: Logs, share: float) -> Logs:
        before = {name: curve.last for name, curve in self.epochs.items()}
        return {name: _between(before.get(name), value, share) for name, value in logs.items()}

    def _add(self, curves: dict[str, Curve], at: float, logs: Logs | None) -> None:
        for name, value in (logs or {}).items():
            curves.setdefault(name, Curve()).add(at, value)
        self.version += 1


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

"""The callback that finds out where a loss that is not finite came from."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graph_engine.kernels.program import Array
from graph_engine.params import boolean
from graph_engine.runtime.tracing import Break, Tracer
from graph_engine.training.callbacks.base import ConfiguredCallback
from graph_engine.training.diagnostics.causes import Setting
from graph_engine.training.diagnostics.finding import Finding, Scene
from graph_engine.training.events import Logs
from graph_engine.training.feeding import Batch, Feeder

if TYPE_CHECKING:
    from graph_engine.training.trainer import Trainer

PERIOD: Final = 3.0  # seconds of training that are done again when it breaks
BUDGET: Final = (
    0.01  # of a training's time may be spent on copies: of large weights they are made more seldom
)


@dataclass(frozen=True, slots=True)
class _Kept:
    """Copies of all that training changes, before a batch."""

    epoch: int
    batch: int
    iterations: int
    learning_rate: float
    weights: Array
    slots: Mapping[str, Array]

    @classmethod
    def of(cls, trainer: Trainer) -> _Kept:
        state = trainer.optimizer
        slots = {name: slot.copy() for name, slot in state.slots.items()}
        place = trainer.epoch, trainer.batch, state.iterations, state.learning_rate
        return cls(*place, trainer.parameters.flat.copy(), slots)

    def restore(self, trainer: Trainer) -> None:
        trainer.parameters.flat[...] = self.weights
        for name, slot in self.slots.items():
            trainer.optimizer.slots[name][...] = slot
        trainer.optimizer.iterations, trainer.optimizer.learning_rate = self.iterations, self.learning_rate


class NaNAutopsy(ConfiguredCallback):
    """Finds the layer, the rows and the cause when the loss is not finite, and ends training before that step.

    While all is well it only copies the weights every few seconds. A gradient may break long before the loss: so the
    batches since the last copy are trained again, which gives the same numbers, and the first that breaks is done once
    more step by step.
    """

    title = "NaN autopsy"
    stop: bool = boolean(True, help="End training, with the weights from before the step that broke.")

    def __post_init__(self) -> None:
        super().__post_init__()
        self.clock: Callable[[], float] = time.monotonic
        self.places: Sequence[int] = ()  # of the training rows within the data, where that is known

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._kept: _Kept | None = None
        self._is_stale = False
        self._since = self._cost = 0.0
        self._told = False
        self._largest = 0.0 if self.trainer is None else _largest(self.trainer.parameters.trainable)

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        if self.trainer is None or self._told:
            return
        if (
            self._kept is None
            or self._is_stale
            or self.clock() - self._since >= max(PERIOD, self._cost / BUDGET)
        ):
            self._keep(self.trainer)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        trainer = self.trainer
        if trainer is not None and not self._told and not math.isfinite(trainer.batch_losses["loss"]):
            self._examine(trainer)

    def on_train_end(self, logs: Logs | None = None) -> None:
        self._kept = None

    def on_notice(self, event: Mapping[str, Any]) -> None:
        """With another setting the batches before it would give other numbers."""
        if event["event"] == "changed":
            self._is_stale = True
            if event["what"].startswith("trainable/"):  # weights are laid out otherwise now
                self._kept = None

    def _keep(self, trainer: Trainer) -> None:
        began, self._is_stale = self.clock(), False
        if self._kept is not None and not np.isfinite(trainer.parameters.trainable).all():
            self._examine(trainer)  # a weight broke that the loss does not show
        else:
            self._kept = None  # its memory first
            self._kept = _Kept.of(trainer)
        self._since = self.clock()
        self._cost = self._since - began

    def _examine(self, trainer: Trainer) -> None:
        self._told = True
        now = _Kept.of(trainer)
        found = self._found(trainer)
        if not self.stop or found.cause == "unknown":
            now.restore(trainer)
        trainer.notify("autopsy", **found.fields())
        if self.stop:
            trainer.stop(found.message)

    def _found(self, trainer: Trainer) -> Finding:
        """The trainer is left in the state before the step that broke, where that was found."""
        feeder, kept = trainer.feeder, self._kept
        last = trainer.epoch, trainer.batch - 1
        assert kept is not None, "a batch has begun"
        kept.restore(trainer)
        if not isinstance(feeder, Feeder):
            return self._streamed(trainer, self._scene(trainer, *last, ()))
        for epoch, batch, data in _since(trainer, feeder, kept, last):
            order = feeder.order(epoch, trainer.seed, trainer.shuffle)
            rows = order[batch * feeder.batch_size :][: data.rows].tolist()
            found = self._trained(trainer, data, self._scene(trainer, epoch, batch, rows))
            if found is not None:
                return found
        return self._scene(trainer, *last, ()).lost(
            "Trained again from a copy of the weights it did not happen: a callback may have changed them."
        )

    def _streamed(self, trainer: Trainer, scene: Scene) -> Finding:
        """A stream cannot be read again: the last batch is looked at alone, with weights that are a little older."""
        assert trainer.latest is not None, "a batch has ended"
        scene = replace(scene, rows=range(trainer.latest.rows), ground="batch")
        found = self._traced(trainer, trainer.latest, trainer.optimizer.iterations)
        if found is not None:
            return scene.describe(found)
        return scene.lost("The data came as a stream, which cannot be read again to find out where.")

    def _trained(self, trainer: Trainer, data: Batch, scene: Scene) -> Finding | None:
        """One batch once more; what broke in it."""
        before = _Kept.of(trainer)
        executor = trainer.session.executor("train", data.feeds)
        results = executor.run(data.feeds, step=before.iterations, seed=trainer.seed)
        fine = math.isfinite(float(results["loss"])) and bool(np.isfinite(executor.gradients).all())
        if fine:
            trainer.optimizer.step(executor.gradients, executor.plan.gradients)
            if np.isfinite(trainer.parameters.trainable).all():
                return None
            path = next(path for path, array in trainer.parameters.items() if not np.isfinite(array).all())
            before.restore(trainer)
            return scene.run_away(path)
        before.restore(trainer)
        found = self._traced(trainer, data, before.iterations)
        return (
            scene.lost("Computed step by step every value is finite.")
            if found is None
            else scene.describe(found)
        )

    @staticmethod
    def _traced(trainer: Trainer, data: Batch, step: int) -> Break | None:
        tracer = Tracer(trainer.session.plan("train", data.feeds), trainer.parameters)
        return tracer.trace(data.feeds, step=step, seed=trainer.seed)

    def _scene(self, trainer: Trainer, epoch: int, batch: int, rows: Sequence[int]) -> Scene:
        if len(self.places):
            rows = [self.places[row] for row in rows]
        largest = _largest(trainer.parameters.trainable)
        setting = Setting(largest, self._largest, trainer.optimizer.rate)
        ground = "data" if len(self.places) else "training rows"
        return Scene(trainer.document, epoch, batch, rows, setting, ground)


def _since(
    trainer: Trainer, feeder: Feeder, kept: _Kept, last: tuple[int, int]
) -> Iterator[tuple[int, int, Batch]]:
    """Epoch, number and contents of every batch from a copy on, to the last one that was trained."""
    epoch, first = kept.epoch, kept.batch
    while epoch <= last[0]:
        batches = feeder.epoch(epoch, trainer.seed, trainer.shuffle, first, varied=True)
        for batch, data in enumerate(batches, first):
            if (epoch, batch) > last:
                return
            yield epoch, batch, data
        epoch, first = epoch + 1, 0


def _largest(weights: Array) -> float:
    finite = weights[np.isfinite(weights)]
    return float(np.abs(finite).max()) if finite.size else 0.0

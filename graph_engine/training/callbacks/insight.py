"""The callback that tells how layers are doing, while somebody watches."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graph_engine.kernels.program import Array
from graph_engine.training.callbacks.base import Callback
from graph_engine.training.diagnostics.layers import ROWS, Probe, weight_sizes
from graph_engine.training.events import Logs
from graph_engine.training.feeding import Feeder

if TYPE_CHECKING:
    from graph_engine.training.trainer import Trainer

BUDGET: Final = 0.02  # of a training's time may be spent on it
RUNS: Final = 3  # of a batch that is timed
PERIOD: Final = 0.2  # seconds between two looks, at least


class LayerInsight(Callback):
    """Follows ``trainer.watched``, which names one or more of these, with commas between.

    ``weights`` tells sizes of weights, gradients and updates; ``activations`` what leaves every node, for the same
    rows throughout (``activations/5``: the sixth training row first); ``times`` how long a batch takes in every
    node, forward and backward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._since, self._cost = -PERIOD, 0.0
        self._looks = False  # at the batch that is trained
        self._before: Array | None = None
        self._probe: Probe | None = None
        self._probed = self._looked = ""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        trainer = self.trainer
        if trainer is None or not trainer.watched:
            self._looks, self._looked = False, ""
            return
        self._looks = (
            trainer.watched != self._looked or self._is_due()
        )  # who asks for something else sees it at once
        if self._looks and "weights" in self._kinds(trainer):
            self._before = trainer.parameters.trainable.copy()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        trainer = self.trainer
        if trainer is None or not self._looks:
            return
        began, kinds = self._clock(), self._kinds(trainer)
        told: dict[str, Any] = {}
        if self._before is not None:  # first: what follows runs the same plan
            told["layers"], self._before = self._sizes(trainer, self._before), None
        if "activations" in kinds:
            told["nodes"] = self._activations(trainer, kinds["activations"])
        if "times" in kinds:
            told["seconds"] = self._times(trainer)
        if told:
            trainer.notify("layers", **told)
        self._since = self._clock()
        is_first, self._looked = trainer.watched != self._looked, trainer.watched
        self._cost = 0.0 if is_first else self._since - began  # a first look prepares what later ones need

    def on_notice(self, event: Mapping[str, Any]) -> None:
        """Copies of what was laid out otherwise mean nothing any more."""
        if event["event"] == "changed" and event["what"].startswith("trainable/"):
            self._before, self._probe = None, None

    @staticmethod
    def _kinds(trainer: Trainer) -> dict[str, str]:
        """What is watched, each with what stands behind its stroke."""
        parts = (kind.partition("/") for kind in trainer.watched.split(","))
        return {kind: detail for kind, _, detail in parts}

    def _is_due(self) -> bool:
        return self._clock() - self._since >= max(PERIOD, self._cost / BUDGET)

    def _sizes(self, trainer: Trainer, before: Array) -> dict[str, list[float]]:
        assert trainer.latest is not None, "a batch has ended"
        gradients = trainer.session.executor("train", trainer.latest.feeds).gradients
        return weight_sizes(trainer.parameters, gradients, before)

    def _times(self, trainer: Trainer) -> dict[str, float]:
        """The least of several runs: what else the machine does only adds."""
        assert trainer.latest is not None, "a batch has ended"
        feeds, step = trainer.latest.feeds, trainer.optimizer.iterations - 1
        executor = trainer.session.executor("train", feeds)
        runs = [executor.timed(feeds, step=step, seed=trainer.seed) for _ in range(RUNS)]
        return {place: min(run[place] for run in runs) for place in runs[0]}

    def _activations(self, trainer: Trainer, row: str) -> dict[str, dict[str, Any]]:
        if self._probe is None or self._probed != row:
            self._probe, self._probed = Probe(trainer.session, _sample(trainer, row)), row
        return self._probe.look(trainer.seed)


def _sample(trainer: Trainer, row: str) -> Mapping[str, Array]:
    """Inputs of a few rows, the one that is asked for first; of the last batch where the data is a stream."""
    assert trainer.latest is not None, "a batch has ended"
    if not isinstance(trainer.feeder, Feeder):
        return {name: trainer.latest.feeds[name][:ROWS] for name in trainer.session.inputs}
    first = min(int(row), trainer.feeder.rows - 1) if row.isdecimal() else 0
    others = [other for other in range(min(ROWS, trainer.feeder.rows)) if other != first]
    return trainer.feeder.inputs(np.array([first, *others][:ROWS]))

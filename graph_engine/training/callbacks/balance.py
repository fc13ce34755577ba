"""The callback that tells how outputs share the gradient on the layers they have in common."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from graph_engine.training.callbacks.base import Callback
from graph_engine.training.diagnostics.balance import Balance, Scale
from graph_engine.training.events import Logs

BUDGET: Final = 0.02  # of a training's time may be spent on it
FIRST: Final = 10  # batches, after which it is measured for the first time


class LossBalance(Callback):
    """Measures now and then, on the batch that has just been trained on; says nothing where no weights are shared."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._scale: Scale | None = None
        self._balance: Balance | None = None
        self._count, self._cost, self._since = 0, 0.0, self._clock()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._count += 1
        if self._count >= FIRST and (self._clock() - self._since) * BUDGET >= self._cost:
            began = self._clock()
            self._measure()
            self._since = self._clock()
            self._cost = self._since - began

    def on_notice(self, event: Mapping[str, Any]) -> None:
        """What is shared and trained is looked for again."""
        if event["event"] == "changed" and event["what"].startswith("trainable/"):
            self._scale = None

    def _measure(self) -> None:
        trainer = self.trainer
        if trainer is None or trainer.latest is None or len(trainer.loss_weights) < 2:
            return
        feeds, step = trainer.latest.feeds, trainer.optimizer.iterations - 1
        self._scale = self._scale or Scale(trainer.session, feeds)
        if not self._scale.is_needed:
            return
        fresh = self._scale.measure(feeds, step, trainer.seed)
        if not all(map(math.isfinite, fresh.norms.values())):
            return  # another callback says what broke
        self._balance = self._balance.towards(fresh) if self._balance else fresh
        found = self._balance
        told = {"weights": dict(found.weights), "proposed": found.proposed, "sentence": found.sentence}
        trainer.notify("balance", shares=found.shares, **told)

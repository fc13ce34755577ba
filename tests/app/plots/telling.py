"""Events as a worker tells them."""

from __future__ import annotations

from typing import Any

from app.plots import Curves
from graph_engine.training import Replay

METRICS = ["loss", "price_loss", "cut_loss", "price_error", "cut_accuracy"]
OUTPUTS = ["price", "cut"]


class Teller:
    """Feeds curves with a training of made-up numbers; epochs have ten batches."""

    def __init__(self, curves: Curves) -> None:
        self._replay = Replay([curves])

    def begin(self, metrics: list[str] | None = None, epochs: int = 4, **more: Any) -> None:
        params = {"epochs": epochs, "steps": 10, "metrics": metrics or ["loss", "accuracy"], **more}
        self._replay.feed({"event": "train_begin", "params": params})

    def epoch(self, epoch: int, **logs: float) -> None:
        """Its batches log twice the values that the epoch ends with."""
        self.batches(epoch, range(10), **{name: 2 * value for name, value in logs.items()})
        self.end(epoch, **logs)

    def end(self, epoch: int, **logs: float) -> None:
        both = {**logs, **{f"val_{name}": 3 * value for name, value in logs.items()}}
        self._replay.feed({"event": "epoch_end", "epoch": epoch, "logs": both})

    def batches(self, epoch: int, batches: range, **logs: float) -> None:
        if batches.start == 0:
            self._replay.feed({"event": "epoch_begin", "epoch": epoch})
        first = {"event": "batches", "epoch": epoch, "first": batches.start}
        self._replay.feed({**first, "logs": [logs] * len(batches)})

    def change(self, what: str, value: float) -> None:
        self.tell(event="changed", what=what, value=value)

    def tell(self, **event: Any) -> None:
        self._replay.feed(event)

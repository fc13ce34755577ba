"""Sums over the batches of an epoch, and the logs they give."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from graph_engine.training.events import Logs
from graph_engine.training.heads import Head, LogNames

Array = npt.NDArray[Any]


class Tally:
    """Means weighted by batch size, and metrics from their summed statistics. Sums are kept in float64.

    ``losses``: those of the last batch alone, under the names of their logs.
    """

    def __init__(self, heads: Sequence[Head], names: LogNames) -> None:
        self._heads = heads
        self._names = names
        self._losses = [head for head in heads if head.loss is not None and names.losses.get(head.name)]
        self.reset()

    def reset(self) -> None:
        self._rows = 0.0
        self._loss = 0.0
        self._parts = {head.name: [0.0, 0.0] for head in self._losses}  # sum of loss * rows, rows
        self._statistics: dict[str, list[Any]] = {}
        self.losses: Logs = {}

    def add(self, results: Mapping[str, Array], rows: int, valid: Mapping[str, float]) -> None:
        """One batch. ``valid`` counts the rows of each head whose target is there."""
        self._rows += rows
        self.losses = {"loss": float(results["loss"])}
        self._loss += self.losses["loss"] * rows
        for head in self._losses:
            part, loss = self._parts[head.name], float(results[f"loss/{head.name}"])
            self.losses[self._names.losses[head.name]] = loss
            part[0] += loss * valid[head.name]
            part[1] += valid[head.name]
        for head in self._heads:
            for key in head.metrics:
                self._add_statistics(f"{head.name}/{key}", results)

    def _add_statistics(self, key: str, results: Mapping[str, Array]) -> None:
        found: list[Any] = []
        while (name := f"metric/{key}/{len(found)}") in results:
            found.append(np.array(results[name], np.float64))
        before = self._statistics.get(key)
        self._statistics[key] = (
            found if before is None else [a + b for a, b in zip(before, found, strict=True)]
        )

    def logs(self) -> Logs:
        """Means over the batches so far, in Keras' order: loss, losses of the outputs, metrics."""
        logs = {"loss": _ratio(self._loss, self._rows)}
        for head in self._losses:
            logs[self._names.losses[head.name]] = _ratio(*self._parts[head.name])
        for head in self._heads:
            for key, metric in head.metrics.items():
                statistics = self._statistics.get(f"{head.name}/{key}")
                found = math.nan if statistics is None else metric.result(statistics)
                names = self._names.metrics[head.name, key]
                logs |= dict(zip(names, map(float, np.broadcast_to(found, len(names))), strict=True))
        return logs

    def state(self) -> dict[str, Any]:
        """JSON that ``restore`` takes, to continue in the middle of an epoch."""
        statistics = {key: [value.tolist() for value in values] for key, values in self._statistics.items()}
        return {"rows": self._rows, "loss": self._loss, "parts": self._parts, "statistics": statistics}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._rows, self._loss = state["rows"], state["loss"]
        self._parts = {name: list(part) for name, part in state["parts"].items()}
        self._statistics = {
            key: [np.asarray(value, np.float64) for value in values]
            for key, values in state["statistics"].items()
        }


def _ratio(total: float, count: float) -> float:
    return total / count if count else 0.0

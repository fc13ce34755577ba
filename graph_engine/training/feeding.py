"""Feeds of one batch: inputs, targets and weights gathered into buffers that are used again and again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from graph_engine.data import Dataset, Gatherer, batch_count, batches_of, epoch_order
from graph_engine.training.heads import Head
from graph_engine.training.targets import Target, targets_of
from graph_engine.values import DType, TensorSpec

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]


class Feeder:
    """Gives a program's feeds for some rows of a dataset, and how many rows of each head have a target.

    ``loss_weights`` is read anew for each batch.
    """

    def __init__(
        self,
        dataset: Dataset,
        heads: Sequence[Head],
        outputs: Mapping[str, TensorSpec],
        loss_weights: Mapping[str, float],
        batch_size: int,
        dtype: DType,
    ) -> None:
        self.rows = len(dataset)
        self.batch_size = max(1, min(batch_size, self.rows))
        self.steps = batch_count(self.rows, self.batch_size)
        self._loss_weights = loss_weights
        self._dtype = dtype
        self._targets = targets_of(dataset, heads, outputs)
        fed = {name: array for each in self._targets.items() for name, array in self._feeds_of(*each)}
        self._gatherer = Gatherer({**dataset.inputs, **fed}, self.batch_size)

    def shuffled(self, seed: int, epoch: int) -> Rows:
        return epoch_order(self.rows, seed, epoch)

    def in_order(self) -> Rows:
        return np.arange(self.rows)

    def batches(self, order: Rows, first: int = 0) -> Iterator[Rows]:
        """The rows of each batch, from batch number ``first`` on."""
        return batches_of(order, self.batch_size, first)

    def feeds(self, rows: Rows) -> tuple[dict[str, Array], dict[str, float]]:
        """By name; overwritten by the next call."""
        feeds = self._gatherer.gather(rows)
        valid: dict[str, float] = {}
        for name in self._targets:
            present = feeds.get(f"present/{name}")
            valid[name] = len(rows) if present is None else len(rows) * float(present.mean())
            feeds[f"loss_weight/{name}"] = np.asarray(self._loss_weights.get(name, 1.0), self._dtype)
        return feeds, valid

    def _feeds_of(self, name: str, target: Target) -> Iterator[tuple[str, Array]]:
        yield f"target/{name}", target.values
        if target.present is not None:
            yield f"present/{name}", target.present.astype(self._dtype)
        if target.weight is not None:
            yield f"weight/{name}", target.weight.astype(self._dtype)

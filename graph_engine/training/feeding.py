"""Feeds of one batch: inputs, targets and weights gathered into buffers that are used again and again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from graph_engine.data import Dataset, Gatherer, batch_count, batches_of, epoch_order
from graph_engine.training.heads import Head
from graph_engine.training.targets import targets_of
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
        self._targets = targets_of(dataset, heads, outputs)
        targets = {f"target/{name}": target.values for name, target in self._targets.items()}
        self._gatherer = Gatherer({**dataset.inputs, **targets}, self.batch_size)
        self._ones = np.ones(self.batch_size, dtype)

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
        for name, target in self._targets.items():
            ones = self._ones[: len(rows)]
            present = ones if target.present is None else target.present[rows].astype(ones.dtype)
            valid[name] = len(rows) if target.present is None else float(present.sum())
            weight = present if target.weight is None else present * target.weight[rows]
            if 0 < valid[name] < len(rows):  # the mean is over the rows that are there
                weight = weight * (len(rows) / valid[name])
            feeds[f"present/{name}"] = present
            feeds[f"weight/{name}"] = weight
            feeds[f"loss_weight/{name}"] = np.asarray(self._loss_weights.get(name, 1.0), ones.dtype)
        return feeds, valid

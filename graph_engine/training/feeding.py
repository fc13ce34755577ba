"""Feeds of one batch: inputs, targets and weights gathered into buffers that are used again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from graph_engine.data import Dataset, Draw, Gatherer, Stream, batch_count, batches_of, epoch_order
from graph_engine.training.heads import Head
from graph_engine.training.targets import Target, targets_of
from graph_engine.values import DType, TensorSpec

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """Feeds by name (overwritten by the next batch), the number of rows, and how many of each head have a target."""

    feeds: Mapping[str, Array]
    rows: int
    valid: Mapping[str, float]


class Feeder:
    """Gives a program's feeds for the batches of a dataset.

    ``loss_weights`` is read anew for each batch.
    """

    exhausted = False

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
        self.steps: int | None = batch_count(self.rows, self.batch_size)
        self._loss_weights = loss_weights
        self._dtype = dtype
        self._inputs = dataset.inputs
        self._targets = targets_of(dataset, heads, outputs)
        fed = {name: array for each in self._targets.items() for name, array in self._feeds_of(*each)}
        self._gatherer = Gatherer({**dataset.inputs, **fed}, self.batch_size)

    def epoch(
        self, number: int, seed: int, shuffle: bool, first: int = 0, *, varied: bool = False
    ) -> Iterator[Batch]:
        """The batches of an epoch from batch ``first`` on; ``varied``: with what steps draw at random in training."""
        batches = batches_of(self.order(number, seed, shuffle), self.batch_size, first)
        for rows, feeds in self._gatherer.each(batches, Draw(seed, number) if varied else None):
            yield self._batch(rows, feeds)

    def order(self, number: int, seed: int, shuffle: bool) -> Rows:
        """The numbers of an epoch's rows, in their order."""
        return epoch_order(self.rows, seed, number) if shuffle else np.arange(self.rows)

    def whole(self) -> Batch:
        """All rows at once."""
        rows = np.arange(self.rows)
        return self._batch(rows, self._gatherer.gather(rows))

    def inputs(self, rows: Rows) -> dict[str, Array]:
        """Copies of the model's inputs for some rows; no batch is overwritten."""
        return {name: array[rows] for name, array in self._inputs.items()}

    def _batch(self, rows: Rows, feeds: dict[str, Array]) -> Batch:
        valid: dict[str, float] = {}
        for name in self._targets:
            present = feeds.get(f"present/{name}")
            valid[name] = len(rows) if present is None else len(rows) * float(present.mean())
            feeds[f"loss_weight/{name}"] = np.asarray(self._loss_weights.get(name, 1.0), self._dtype)
        return Batch(feeds, len(rows), valid)

    def _feeds_of(self, name: str, target: Target) -> Iterator[tuple[str, Array]]:
        yield f"target/{name}", target.values
        if target.present is not None:
            yield f"present/{name}", target.present.astype(self._dtype)
        if target.weight is not None:
            yield f"weight/{name}", target.weight.astype(self._dtype)


class StreamFeeder:
    """Gives a program's feeds for batches as they come, each checked like a dataset of its own.

    How many rows there are, and how large batches get, is known only when they have come: 0 until then.
    """

    rows = batch_size = 0

    def __init__(self, stream: Stream, feeder: Callable[[Dataset], Feeder]) -> None:
        self._stream, self._feeder = stream, feeder

    @property
    def steps(self) -> int | None:
        return self._stream.steps

    @property
    def exhausted(self) -> bool:
        return self._stream.exhausted

    def epoch(
        self, number: int, seed: int, shuffle: bool, first: int = 0, *, varied: bool = False
    ) -> Iterator[Batch]:
        for index, dataset in enumerate(self._stream.epoch(number, seed, shuffle)):
            if index >= first:
                yield self._feeder(dataset).whole()

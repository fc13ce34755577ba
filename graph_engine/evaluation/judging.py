"""A head's answers beside the truth, entry by entry: what every number and every picture of a report is made of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from graph_engine.data import DataError, Dataset, Pipeline
from graph_engine.evaluation.kinds import Kind, is_calibrated, kind_of, probabilities
from graph_engine.evaluation.losses import entry_losses
from graph_engine.training.heads import Head
from graph_engine.training.targets import Target, targets_of
from graph_engine.values import TensorSpec

Array = npt.NDArray[Any]
_LEAST: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Judged:
    """Entries that have a target: samples, steps of a sequence, pixels.

    ``true``: class ids (entries,), labels (entries, labels) or numbers (entries,); ``scores``: probabilities
    (entries, classes), (entries, labels), or the predicted numbers (entries,). ``rows``: the row of each entry;
    ``losses``: (entries,); ``names``: of classes or labels. ``is_probability``: whether scores claim to be that.
    """

    head: str
    kind: Kind
    names: tuple[str, ...]
    true: Array
    scores: Array
    rows: Array
    losses: Array
    is_probability: bool = True

    @property
    def predicted(self) -> Array:
        """What the head decides for: the likeliest class, labels above one half, the number itself."""
        if self.kind == "labels":
            return self.scores > 0.5
        return self.scores if self.kind == "numbers" else self.scores.argmax(axis=-1)

    @property
    def confidence(self) -> Array:
        """How sure the head is of its decision; for labels of the least sure one. NaN for numbers."""
        if self.kind == "numbers":
            return np.full(len(self.true), math.nan)
        sure = np.maximum(self.scores, 1.0 - self.scores) if self.kind == "labels" else self.scores
        found: Array = sure.min(axis=-1) if self.kind == "labels" else sure.max(axis=-1)
        return found

    @property
    def per_row(self) -> int:
        """Entries of a row, the steps of a sequence or the pixels of a picture; 1 where a row is one entry."""
        return -(-len(self.rows) // max(1, len(np.unique(self.rows))))

    @property
    def row_losses(self) -> Array:
        """The mean loss of each entry's row, (entries,)."""
        counts = np.maximum(1, np.bincount(self.rows))
        found: Array = (np.bincount(self.rows, self.losses) / counts)[self.rows]
        return found

    @property
    def right(self) -> Array:
        """Booleans (entries,); numbers are never right or wrong."""
        equal: Array = self.predicted == self.true
        return np.all(equal, axis=-1) if equal.ndim > 1 else equal


def judged(
    head: Head,
    output: TensorSpec,
    dataset: Dataset,
    found: Array,
    pipeline: Pipeline,
    mask: Array | None = None,
) -> Judged:
    """``found``: the head's outputs for all rows of the dataset; ``pipeline``: that of its target.

    ``mask``: (rows, steps ...), False where a step is padding and does not count.
    """
    given = np.asarray(
        dataset.targets[head.name]
    )  # beside what was found, which is held for all rows as well
    alone = Dataset(dataset.inputs, {head.name: given})
    target = targets_of(alone, [head], {head.name: output})[head.name]
    kind = kind_of(head, output, target.values)
    kept, rows = _kept(head, target, kind, found, mask)
    losses = None if head.loss is None else entry_losses(head.loss, target.values, found)
    if kind == "numbers":
        true, scores = _in_own_terms(pipeline, given, target.values, found)
        entries = len(true) // max(1, len(kept))  # numbers of one entry
        kept, rows = np.repeat(kept, entries), np.repeat(rows, entries)
        losses = None if losses is None else np.repeat(losses.reshape(-1), entries)
    else:
        scores = probabilities(head, kind, found)
        scores = scores.reshape(-1, scores.shape[-1])
        true = _truth(kind, target.values, scores.shape[-1])
    if losses is None or losses.size != len(true):
        losses = _plain_losses(kind, true, scores)
    names = class_names(pipeline, 0 if kind == "numbers" else scores.shape[-1])
    return Judged(
        head.name,
        kind,
        names,
        true[kept],
        scores[kept],
        rows[kept],
        losses.reshape(-1)[kept],
        is_calibrated(head),
    )


def class_names(pipeline: Pipeline, count: int) -> tuple[str, ...]:
    """The categories that the target's last step has found, else the numbers from 0."""
    for state in reversed(pipeline.states):
        known = state.get("categories") if isinstance(state, dict) else None
        if known and len(known[0]) == count:
            return tuple(str(name) for name in known[0])
    return tuple(str(index) for index in range(count))


def _kept(head: Head, target: Target, kind: Kind, found: Array, mask: Array | None) -> tuple[Array, Array]:
    """Which entries have a target that counts, and the row of each entry."""
    shape: Sequence[int] = found.shape
    if kind == "classes":
        axis = getattr(head.loss, "axis", -1) % found.ndim
        shape = [size for place, size in enumerate(found.shape) if place != axis]
    elif found.ndim > 1:
        shape = found.shape[:-1]
    kept = np.ones(shape, bool)
    if mask is not None:
        kept &= mask.reshape(mask.shape[: kept.ndim] + (1,) * max(0, kept.ndim - mask.ndim))
    if target.present is not None:
        kept &= target.present.reshape(target.present.shape + (1,) * (kept.ndim - target.present.ndim))
    ignored = head.loss.ignored() if head.loss else None
    if ignored is not None and target.values.shape == kept.shape:
        kept &= target.values != ignored
    rows = np.repeat(np.arange(len(found)), math.prod(shape[1:]))
    return kept.reshape(-1), rows


def _truth(kind: Kind, values: Array, classes: int) -> Array:
    if kind == "labels":
        return values.reshape(-1, classes) > 0
    if kind == "classes" and values.dtype.kind == "f":
        values = values.argmax(axis=-1)
    elif kind == "binary":
        values = values > 0
    return values.reshape(-1).astype(np.int64)


def _in_own_terms(pipeline: Pipeline, given: Array, values: Array, found: Array) -> tuple[Array, Array]:
    """Truth and prediction as the data has them, where the target's steps can be undone."""
    true, predicted = values.astype(np.float64), found.astype(np.float64)
    try:
        back = [pipeline.invert(array.reshape(given.shape)) for array in (true, predicted)]
        if all(np.asarray(array).dtype.kind in "iuf" for array in back):
            true, predicted = (np.asarray(array, np.float64) for array in back)
    except (DataError, ValueError):
        pass  # in the model's terms, then
    return true.reshape(-1), predicted.reshape(-1)


def _plain_losses(kind: Kind, true: Array, scores: Array) -> Array:
    """Where no loss says more: squared error, or surprise (-log of what the truth was given)."""
    found: Array
    if kind == "numbers":
        found = (scores - true) ** 2
    elif kind == "labels":
        found = -np.log(np.maximum(np.where(true, scores, 1.0 - scores), _LEAST)).mean(axis=-1)
    else:
        found = -np.log(np.maximum(scores[np.arange(len(true)), true], _LEAST))
    return found

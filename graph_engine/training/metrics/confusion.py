"""Counts of true and false positives and negatives over thresholds (``keras.metrics``), and shares of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.params import integer, numbers
from graph_engine.training.losses.base import EPSILON
from graph_engine.training.metrics.base import Array, Metric, number_of, ratios, spread
from graph_engine.values import TensorSpec

_NEVER: Final = -1e10  # below every threshold: an output that is not among the k largest


def counts(
    y_true: Value, y_pred: Value, weight: Value | None, thresholds: Array, *, by_label: bool = False
) -> tuple[Value, Value, Value]:
    """True positives and false positives per threshold, and the positives and negatives there are.

    ``by_label``: apart for each index of the last axis. Evenly laid thresholds are compared as Keras sorts
    outputs into buckets, so that rounding falls the same way.
    """
    labels = y_pred.shape[-1] if by_label else 1
    share = spread(weight, y_pred)
    target = number_of(ops.not_equal(y_true, ops.number(0.0, y_true)), y_pred)
    sides = (target, 1.0 - target)
    positive, negative = (_rows(side if share is None else side * share, labels) for side in sides)
    above = _above(_rows(y_pred, labels), thresholds)
    hits, misses = (ops.sum(ops.expand_dims(side, -1) * above, axes=(0,)) for side in (positive, negative))
    totals = ops.stack(ops.sum(positive, axes=(0,)), ops.sum(negative, axes=(0,)), axis=-1)
    return hits, misses, totals


def _above(scores: Value, thresholds: Array) -> Value:
    """(rows, labels, thresholds): 1 where a score passes a threshold."""
    count = len(thresholds)
    if _evenly_laid(thresholds):
        steps = np.arange(count, dtype=np.float64)
        steps[0] = -1.0 if thresholds[0] < 0.0 else 0.0
        scores, thresholds = ops.clip(scores, low=0.0, high=1.0) * float(count - 1), steps
    limits = scores.program.constant(thresholds, scores.dtype)
    return number_of(ops.greater(ops.expand_dims(scores, -1), limits), scores)


def _evenly_laid(thresholds: Array) -> bool:
    count = len(thresholds)
    return count >= 3 and np.allclose(thresholds, np.arange(count) / (count - 1), atol=EPSILON)


def _rows(values: Value, labels: int) -> Value:
    return ops.reshape(values, shape=(-1, labels))


class Thresholded(Metric):
    """Base of metrics that count outputs above thresholds. Several thresholds give several numbers."""

    thresholds: tuple[float, ...] | None = numbers(
        None, minimum=0.0, maximum=1.0, optional=True, help="Outputs above it mean yes; none: 0.5."
    )

    def limits(self) -> Array:
        return np.array(self.thresholds or (0.5,))

    def entries(self, output: TensorSpec) -> int:
        return len(self.limits())

    def statistics(self, y_true: Value, y_pred: Value, weight: Value | None) -> tuple[Value, ...]:
        return counts(*self.chosen(y_true, y_pred), weight, self.limits())

    def chosen(self, y_true: Value, y_pred: Value) -> tuple[Value, Value]:
        """The part of target and output that is looked at."""
        return y_true, y_pred

    def shape(self, found: Array) -> float | Array:
        return float(found[0]) if found.size == 1 else found


class TruePositives(Thresholded):
    """How many positive samples are found."""

    title = "True positives"
    direction = "up"

    def result(self, statistics: Sequence[Array]) -> float | Array:
        return self.shape(statistics[0].reshape(-1))


class FalsePositives(Thresholded):
    """How many negative samples are taken for positive ones."""

    title = "False positives"

    def result(self, statistics: Sequence[Array]) -> float | Array:
        return self.shape(statistics[1].reshape(-1))


class TrueNegatives(Thresholded):
    """How many negative samples are told as such."""

    title = "True negatives"
    direction = "up"

    def result(self, statistics: Sequence[Array]) -> float | Array:
        return self.shape((statistics[2][..., 1:] - statistics[1]).reshape(-1))


class FalseNegatives(Thresholded):
    """How many positive samples are missed."""

    title = "False negatives"

    def result(self, statistics: Sequence[Array]) -> float | Array:
        return self.shape((statistics[2][..., :1] - statistics[0]).reshape(-1))


class Chosen(Thresholded):
    """Base of metrics that may look at one class, or at the k largest outputs alone."""

    direction = "up"
    top_k: int | None = integer(
        None, minimum=1, optional=True, help="Look at the k largest outputs of each sample alone."
    )
    class_id: int | None = integer(
        None, minimum=0, optional=True, help="Look at this class alone; none: all outputs count."
    )

    def limits(self) -> Array:
        default = 0.5 if self.top_k is None else _NEVER
        return np.array(self.thresholds or (default,))

    def chosen(self, y_true: Value, y_pred: Value) -> tuple[Value, Value]:
        if self.top_k is not None:
            y_pred = _largest(y_pred, self.top_k)
        if self.class_id is None:
            return y_true, y_pred
        place = self.class_id
        return ops.slice_axis(y_true, -1, place, place + 1), ops.slice_axis(y_pred, -1, place, place + 1)


class Precision(Chosen):
    """Share of positive answers that are right."""

    title = "Precision"

    def result(self, statistics: Sequence[Array]) -> float | Array:
        hits, misses = statistics[0].reshape(-1), statistics[1].reshape(-1)
        return self.shape(ratios(hits, hits + misses))


class Recall(Chosen):
    """Share of positive samples that are found."""

    title = "Recall"

    def result(self, statistics: Sequence[Array]) -> float | Array:
        hits = statistics[0].reshape(-1)
        return self.shape(ratios(hits, np.full_like(hits, statistics[2].reshape(-1)[0])))


def _largest(values: Value, k: int) -> Value:
    """The k largest along the last axis as they are, all others below every threshold."""
    left, kept = values, ops.number(0.0, values)
    for _ in range(min(k, values.shape[-1])):
        best = ops.one_hot(ops.argmax(left), depth=values.shape[-1], dtype=values.dtype)
        kept = kept + best
        left = ops.where(ops.greater(kept, ops.number(0.5, kept)), ops.number(-np.inf, left), values)
    return values * kept + _NEVER * (1.0 - kept)

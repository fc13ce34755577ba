"""Metrics that say how well numbers follow their targets (``keras.metrics``)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.params import choice, integer
from graph_engine.training.losses.base import EPSILON, aligned
from graph_engine.training.losses.regression import cosine
from graph_engine.training.metrics.base import Array, MeanMetric, Metric
from graph_engine.values import TensorSpec


class CosineSimilarity(MeanMetric):
    """Mean cosine of the angle between target and prediction: 1 where they point the same way."""

    title = "Cosine similarity"
    direction = "up"
    axis: int = integer(-1, help="The axis along which the vectors lie.")

    def values(self, y_true: Value, y_pred: Value) -> Value:
        return cosine(y_true, y_pred, self.axis)


class PearsonCorrelation(MeanMetric):
    """Mean linear correlation of target and prediction along an axis, from -1 to 1."""

    title = "Pearson correlation"
    direction = "up"
    axis: int = integer(-1, help="The axis along which numbers are compared.")

    def values(self, y_true: Value, y_pred: Value) -> Value:
        axes = (self.axis,)
        mine, theirs = _centred(y_true, self.axis), _centred(y_pred, self.axis)
        scale = ops.sqrt(ops.mean(ops.square(mine), axes) * ops.mean(ops.square(theirs), axes))
        return ops.mean(mine * theirs, axes) / scale


class ConcordanceCorrelation(MeanMetric):
    """Mean agreement of target and prediction along an axis, in scale and offset too (Lin, 1989)."""

    title = "Concordance correlation"
    direction = "up"
    axis: int = integer(-1, help="The axis along which numbers are compared.")

    def values(self, y_true: Value, y_pred: Value) -> Value:
        axes = (self.axis,)
        mine, theirs = _centred(y_true, self.axis), _centred(y_pred, self.axis)
        apart = ops.mean(y_true, axes) - ops.mean(y_pred, axes)
        spread = ops.mean(ops.square(mine), axes) + ops.mean(ops.square(theirs), axes)
        return 2.0 * ops.mean(mine * theirs, axes) / (spread + ops.square(apart) + EPSILON)


class R2Score(Metric):
    """Share of the target's variance that is explained; 1 is perfect, 0 is as good as the mean."""

    title = "R2 score"
    direction = "up"
    aliases = ("r2",)
    class_aggregation: str | None = choice(
        "uniform_average",
        ("uniform_average", "variance_weighted_average"),
        optional=True,
        help="How the scores of several numbers per sample become one; none: a score for each.",
    )
    num_regressors: int = integer(0, minimum=0, help="Inputs to adjust the score for; 0: no adjustment.")

    def entries(self, output: TensorSpec) -> int:
        return 1 if self.class_aggregation else math.prod(size or 1 for size in output.sample_shape)

    def statistics(self, y_true: Value, y_pred: Value, weight: Value | None) -> tuple[Value, ...]:
        target, predicted = _rows(y_true), _rows(y_pred)
        factor = ops.number(1.0, target) if weight is None else aligned(weight, 2)
        spread = ops.broadcast_to(factor, shape=target.shape)
        sums = (spread, target * spread, ops.square(target) * spread, ops.square(target - predicted) * spread)
        samples = ops.number(float(np.prod(target.shape)), target)
        return (samples, *(ops.sum(values, axes=(0,)) for values in sums))

    def result(self, statistics: Sequence[Array]) -> float | Array:
        samples, count, total, squares, residual = statistics
        with np.errstate(divide="ignore", invalid="ignore"):
            variance = squares - total * total / count
            scores = 1.0 - residual / variance
            scores = np.where(np.isinf(scores), 0.0, scores)
            if self.class_aggregation == "variance_weighted_average":
                scores = (scores * variance).sum() / variance.sum()
            elif self.class_aggregation == "uniform_average":
                scores = scores.mean()
        scores = self._adjusted(scores, float(samples))
        return scores if scores.ndim else float(scores)

    def _adjusted(self, scores: Array, samples: float) -> Array:
        """Where there are more inputs than samples the plain score stands, as in Keras."""
        if not self.num_regressors or self.num_regressors >= samples - 1:
            return np.asarray(scores)
        return np.asarray(1.0 - (1.0 - scores) * (samples - 1.0) / (samples - self.num_regressors - 1.0))


def _centred(values: Value, axis: int) -> Value:
    return values - ops.mean(values, axes=(axis,), keepdims=True)


def _rows(values: Value) -> Value:
    return ops.reshape(values, shape=(values.shape[0], -1))

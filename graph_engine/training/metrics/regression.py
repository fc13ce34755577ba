"""Metrics for numbers, and every loss that may also be watched as a metric (``keras.metrics``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.params import choice
from graph_engine.training import losses
from graph_engine.training.metrics.base import Array, MeanMetric, Metric
from graph_engine.values import TensorSpec


class LossMetric(MeanMetric):
    """Base of metrics that are the mean of a loss."""

    loss: ClassVar[losses.Loss]

    def target(self, output: TensorSpec) -> TensorSpec:
        return self.loss.target(output)

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        return self.loss.per_sample(y_true, y_pred)


class MeanSquaredError(LossMetric):
    """Mean of squared differences."""

    title = "Mean squared error"
    aliases = ("mse",)
    loss = losses.MeanSquaredError()


class MeanAbsoluteError(LossMetric):
    """Mean of absolute differences."""

    title = "Mean absolute error"
    aliases = ("mae",)
    loss = losses.MeanAbsoluteError()


class MeanAbsolutePercentageError(LossMetric):
    """Mean of absolute differences in percent of the target."""

    title = "Mean absolute percentage error"
    aliases = ("mape",)
    loss = losses.MeanAbsolutePercentageError()


class MeanSquaredLogarithmicError(LossMetric):
    """Mean squared difference of ``log(1 + x)``."""

    title = "Mean squared logarithmic error"
    aliases = ("msle",)
    loss = losses.MeanSquaredLogarithmicError()


class LogCoshError(LossMetric):
    """Mean of ``log(cosh(difference))``."""

    title = "Log-cosh error"
    aliases = ("logcosh",)
    loss = losses.LogCosh()

    @classmethod
    def log_name(cls) -> str:
        return "logcosh"


class Poisson(LossMetric):
    """Mean Poisson loss."""

    title = "Poisson"
    loss = losses.Poisson()


class BinaryCrossentropy(LossMetric):
    """Mean binary cross-entropy of probabilities."""

    title = "Binary cross-entropy"
    loss = losses.BinaryCrossentropy()


class CategoricalCrossentropy(LossMetric):
    """Mean categorical cross-entropy of probabilities; targets are one-hot."""

    title = "Categorical cross-entropy"
    loss = losses.CategoricalCrossentropy()


class SparseCategoricalCrossentropy(LossMetric):
    """Mean categorical cross-entropy of probabilities; targets are class ids."""

    title = "Sparse categorical cross-entropy"
    loss = losses.SparseCategoricalCrossentropy()


class KLDivergence(LossMetric):
    """Mean Kullback-Leibler divergence."""

    title = "Kullback-Leibler divergence"
    loss = losses.KLDivergence()


class CosineSimilarity(MeanMetric):
    """Mean cosine of the angle between target and prediction: 1 where they point the same way."""

    title = "Cosine similarity"
    direction = "up"

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        return -losses.CosineSimilarity().per_sample(y_true, y_pred)


class RootMeanSquaredError(LossMetric):
    """Root of the mean of squared differences."""

    title = "Root mean squared error"
    aliases = ("rmse",)
    loss = losses.MeanSquaredError()

    def result(self, statistics: Sequence[Array]) -> float:
        return float(np.sqrt(super().result(statistics)))


class R2Score(Metric):
    """Share of the target's variance that is explained; 1 is perfect, 0 is as good as the mean."""

    title = "R2 score"
    direction = "up"
    aliases = ("r2",)
    class_aggregation: str = choice(
        "uniform_average",
        ("uniform_average", "variance_weighted_average"),
        help="How the scores of several numbers per sample become one.",
    )

    def statistics(self, y_true: Value, y_pred: Value, weight: Value) -> tuple[Value, ...]:
        target, predicted = _rows(y_true), _rows(y_pred)
        row = ops.reshape(weight, shape=(1, weight.shape[0]))
        sums = (target, ops.square(target), ops.square(target - predicted))
        return (ops.sum(weight), *(ops.matmul(row, values) for values in sums))

    def result(self, statistics: Sequence[Array]) -> float:
        count, total, squares, residual = statistics
        variance = squares - total * total / max(float(count), 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            scores = 1.0 - residual / variance
        scores = np.where(np.isinf(scores), 0.0, scores)
        if self.class_aggregation == "variance_weighted_average":
            return float((scores * variance).sum() / variance.sum())
        return float(scores.mean())


def _rows(values: Value) -> Value:
    return ops.reshape(values, shape=(values.shape[0], -1))

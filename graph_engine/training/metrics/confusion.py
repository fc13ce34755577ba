"""Metrics from counts of true and false positives (``keras.metrics``)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.params import boolean, choice, integer, number
from graph_engine.training.losses.base import EPSILON
from graph_engine.training.metrics.base import Array, Metric, ratio, ratios


class _Thresholded(Metric):
    """Base of metrics that count outputs above a threshold."""

    direction = "up"
    threshold: float = number(0.5, help="Outputs above it mean yes.")
    class_id: int | None = integer(
        None, minimum=0, optional=True, help="Look at this class alone; none: all outputs count."
    )

    def counts(self, y_true: Value, y_pred: Value, weight: Value) -> tuple[Value, Value, Value]:
        """Weighted numbers of true positives, of positives in the output and of positives in the target."""
        target, predicted = self._chosen(y_true), self._chosen(y_pred)
        zero = predicted.program.constant(0.0, target.dtype)
        threshold = predicted.program.constant(self.threshold, predicted.dtype)
        right = 1.0 - ops.cast(ops.equal(target, zero), dtype=weight.dtype)
        said = ops.cast(ops.greater(predicted, threshold), dtype=weight.dtype)
        each = ops.reshape(weight, shape=(weight.shape[0], 1))
        return ops.sum(right * said * each), ops.sum(said * each), ops.sum(right * each)

    def _chosen(self, values: Value) -> Value:
        rows = ops.reshape(values, shape=(values.shape[0], -1))
        if self.class_id is None:
            return rows
        only = np.arange(values.shape[-1]) == self.class_id
        chosen = values * values.program.constant(only, values.dtype)
        return ops.reshape(ops.sum(chosen, axes=(values.rank - 1,)), shape=(values.shape[0], -1))


class Precision(_Thresholded):
    """Share of positive answers that are right."""

    title = "Precision"

    def statistics(self, y_true: Value, y_pred: Value, weight: Value) -> tuple[Value, ...]:
        true_positives, said, _ = self.counts(y_true, y_pred, weight)
        return true_positives, said

    def result(self, statistics: Sequence[Array]) -> float:
        return ratio(*statistics)


class Recall(_Thresholded):
    """Share of positive samples that are found."""

    title = "Recall"

    def statistics(self, y_true: Value, y_pred: Value, weight: Value) -> tuple[Value, ...]:
        true_positives, _, right = self.counts(y_true, y_pred, weight)
        return true_positives, right

    def result(self, statistics: Sequence[Array]) -> float:
        return ratio(*statistics)


class AUC(Metric):
    """Area under a curve over all thresholds: the chance that a positive ranks above a negative (ROC)."""

    title = "Area under the curve"
    direction = "up"
    num_thresholds: int = integer(200, minimum=2, help="How finely thresholds lie between 0 and 1.")
    curve: str = choice(
        "ROC", ("ROC", "PR"), help="True against false positives, or precision against recall."
    )
    from_logits: bool = boolean(False, help="The output is a logit: no sigmoid was applied.")

    def thresholds(self) -> Array:
        """As Keras lays them: evenly, and one just beyond each end."""
        inner = np.arange(1, self.num_thresholds - 1) / (self.num_thresholds - 1)
        return np.array([-EPSILON, *inner, 1.0 + EPSILON])

    def statistics(self, y_true: Value, y_pred: Value, weight: Value) -> tuple[Value, ...]:
        rows, count = y_pred.shape[0], int(np.prod(y_pred.shape[1:]))
        scores = ops.sigmoid(y_pred) if self.from_logits else y_pred
        column = ops.reshape(scores, shape=(rows * count, 1))
        thresholds = scores.program.constant(self.thresholds(), scores.dtype)
        above = ops.cast(ops.greater(column, thresholds), dtype=weight.dtype)
        target = ops.reshape(ops.cast(y_true, dtype=weight.dtype), shape=(rows, count))
        each = ops.reshape(weight, shape=(rows, 1))
        positive, negative = target * each, (1.0 - target) * each
        hits = tuple(
            ops.matmul(ops.reshape(side, shape=(1, rows * count)), above) for side in (positive, negative)
        )
        return *hits, ops.sum(positive), ops.sum(negative)

    def result(self, statistics: Sequence[Array]) -> float:
        true, false = statistics[0].reshape(-1), statistics[1].reshape(-1)
        positives, negatives = float(statistics[2]), float(statistics[3])
        if self.curve == "PR":
            return _area_precision_recall(true, false, positives)
        recall, fall_out = true / (positives or 1.0), false / (negatives or 1.0)
        return float(((fall_out[:-1] - fall_out[1:]) * (recall[:-1] + recall[1:]) / 2.0).sum())


def _area_precision_recall(true: Array, false: Array, positives: float) -> float:
    """Davis and Goadrich's interpolation (2006), as ``keras.metrics.AUC.interpolate_pr_auc``."""
    said = true + false
    gained, span = true[:-1] - true[1:], said[:-1] - said[1:]
    slope = ratios(gained, np.maximum(span, 0.0))
    intercept = true[1:] - slope * said[1:]
    growth = np.where((said[:-1] > 0) & (said[1:] > 0), ratios(said[:-1], np.maximum(said[1:], 0.0)), 1.0)
    return float((slope * (gained + intercept * np.log(growth))).sum() / (positives or 1.0))

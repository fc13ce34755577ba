"""F-scores: the harmonic mean of precision and recall (``keras.metrics``)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.params import choice, number
from graph_engine.training.losses.base import EPSILON
from graph_engine.training.metrics.base import Array, Metric, number_of, spread, weighed
from graph_engine.values import TensorSpec

_AVERAGES = ("micro", "macro", "weighted")


class FBetaScore(Metric):
    """Precision and recall in one number per class; ``beta`` says how much more recall counts."""

    title = "F-beta score"
    direction = "up"
    average: str | None = choice(
        None, _AVERAGES, optional=True, help="How the classes' scores become one; none: a score for each."
    )
    beta: float = number(1.0, minimum=1e-6, help="How much more recall counts than precision.")
    threshold: float | None = number(
        None,
        minimum=0.0,
        maximum=1.0,
        optional=True,
        help="Outputs above it mean yes; none: the largest does.",
    )

    @classmethod
    def log_name(cls) -> str:
        return "fbeta_score"

    def entries(self, output: TensorSpec) -> int:
        return 1 if self.average else output.shape[-1] or 1

    def statistics(self, y_true: Value, y_pred: Value, weight: Value | None) -> tuple[Value, ...]:
        said, share = self._said(y_pred), spread(weight, y_pred)
        parts = (said * y_true, said * (1.0 - y_true), (1.0 - said) * y_true, y_true)
        axes = tuple(range(y_pred.rank if self.average == "micro" else y_pred.rank - 1))
        return tuple(ops.sum(weighed(part, share), axes=axes) for part in parts)

    def result(self, statistics: Sequence[Array]) -> float | Array:
        hits, invented, missed, positives = statistics
        precision, recall = hits / (hits + invented + EPSILON), hits / (hits + missed + EPSILON)
        squared = self.beta**2
        scores = precision * recall / (squared * precision + recall + EPSILON) * (1.0 + squared)
        if self.average == "weighted":
            return float((scores * positives / (positives.sum() + EPSILON)).sum())
        return np.asarray(scores) if self.average is None else float(scores.mean())

    def _said(self, y_pred: Value) -> Value:
        if self.threshold is not None:
            return number_of(ops.greater(y_pred, ops.number(self.threshold, y_pred)), y_pred)
        largest = ops.greater_equal(y_pred, ops.max(y_pred, axes=(y_pred.rank - 1,), keepdims=True))
        something = ops.greater(ops.absolute(y_pred), ops.number(1e-9, y_pred))
        return number_of(ops.logical_and(largest, something), y_pred)


class F1Score(FBetaScore):
    """Precision and recall in one number per class, both counting the same."""

    title = "F1 score"
    beta: float = 1.0

    @classmethod
    def log_name(cls) -> str:
        return "f1_score"

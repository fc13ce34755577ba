"""Metrics over a whole curve of thresholds (``keras.metrics``)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.params import ParamError, boolean, choice, integer, number, numbers, shared
from graph_engine.training.losses.base import EPSILON
from graph_engine.training.metrics.base import Array, Metric, ratios
from graph_engine.training.metrics.confusion import counts


class AUC(Metric):
    """Area under a curve over all thresholds: the chance that a positive ranks above a negative (ROC)."""

    title = "Area under the curve"
    direction = "up"
    num_thresholds: int = integer(200, minimum=2, help="How finely thresholds lie between 0 and 1.")
    curve: str = choice(
        "ROC",
        ("ROC", "PR", "PRGAIN"),
        help="True against false positives; precision against recall; their gains (Flach and Kull, 2015).",
    )
    summation_method: str = choice(
        "interpolation", ("interpolation", "minoring", "majoring"), help="Heights between two thresholds."
    )
    thresholds: tuple[float, ...] | None = numbers(
        None, minimum=0.0, maximum=1.0, optional=True, help="Thresholds between 0 and 1; none: evenly laid."
    )
    multi_label: bool = boolean(False, help="A curve for each label, and the mean of their areas.")
    num_labels: int | None = integer(None, minimum=1, optional=True, help="How many labels there are.")
    label_weights: tuple[float, ...] | None = numbers(
        None, minimum=0.0, optional=True, help="A weight for each label."
    )
    from_logits: bool = boolean(False, help="The output is a logit: no sigmoid was applied.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.num_labels and not self.multi_label:
            raise ParamError("AUC.num_labels: only with multi_label")

    def limits(self) -> Array:
        """As Keras lays them: evenly, and one just beyond each end."""
        even = np.arange(1, self.num_thresholds - 1) / (self.num_thresholds - 1)
        inner = even if self.thresholds is None else sorted(self.thresholds)
        return np.array([-EPSILON, *inner, 1.0 + EPSILON])

    def statistics(self, y_true: Value, y_pred: Value, weight: Value | None) -> tuple[Value, ...]:
        scores = ops.sigmoid(y_pred) if self.from_logits else y_pred
        if self.label_weights and not self.multi_label:
            each = scores.program.constant(np.array(self.label_weights), scores.dtype)
            whole = ops.broadcast_to(each, shape=scores.shape)
            weight = whole if weight is None else whole * ops.expand_dims(weight, -1)
        return counts(y_true, scores, weight, self.limits(), by_label=self.multi_label)

    def result(self, statistics: Sequence[Array]) -> float:
        true, false, totals = statistics
        missed, rejected = totals[..., :1] - true, totals[..., 1:] - false
        if self.curve == "PR" and self.summation_method == "interpolation":
            areas = _interpolated(true, false, missed)
        else:
            areas = self._riemann(*self._curve(true, false, missed, rejected))
        weights = self.label_weights if self.multi_label else None
        return float(np.average(areas, weights=weights))

    def _curve(self, true: Array, false: Array, missed: Array, rejected: Array) -> tuple[Array, Array]:
        """Coordinates x and y per threshold."""
        recall = ratios(true, true + missed)
        if self.curve == "ROC":
            return ratios(false, false + rejected), recall
        if self.curve == "PR":
            return recall, ratios(true, true + false)
        scale = ratios(true + missed, rejected + false)
        recall_gain = np.where(true == 0.0, 0.0, 1.0 - scale * ratios(missed, true))
        precision_gain = np.where(true == 0.0, 1.0, 1.0 - scale * ratios(false, true))
        return np.maximum(recall_gain, 0.0), precision_gain

    def _riemann(self, x: Array, y: Array) -> Array:
        left, right = y[..., :-1], y[..., 1:]
        heights = {
            "interpolation": (left + right) / 2.0,
            "minoring": np.minimum(left, right),
            "majoring": np.maximum(left, right),
        }[self.summation_method]
        areas: Array = ((x[..., :-1] - x[..., 1:]) * heights).sum(-1)
        return areas


def _interpolated(true: Array, false: Array, missed: Array) -> Array:
    """Davis and Goadrich's interpolation (2006), as ``keras.metrics.AUC.interpolate_pr_auc``."""
    said = true + false
    gained, span = true[..., :-1] - true[..., 1:], said[..., :-1] - said[..., 1:]
    slope = ratios(gained, np.maximum(span, 0.0))
    intercept = true[..., 1:] - slope * said[..., 1:]
    both = (said[..., :-1] > 0) & (said[..., 1:] > 0)
    growth = np.where(both, ratios(said[..., :-1], np.maximum(said[..., 1:], 0.0)), 1.0)
    steps = slope * (gained + intercept * np.log(growth))
    areas: Array = ratios(steps, np.maximum(true[..., 1:] + missed[..., 1:], 0.0)).sum(-1)
    return areas


class AtConstraint(Metric):
    """Base of metrics that are the best of one share where another is at least a given value."""

    direction = "up"
    num_thresholds: int = shared(integer(200, minimum=1, help="How finely thresholds lie between 0 and 1."))
    class_id: int | None = shared(
        integer(None, minimum=0, optional=True, help="Look at this class alone; none: all outputs count.")
    )

    @property
    @abstractmethod
    def least(self) -> float:
        """The value that must be reached."""

    @abstractmethod
    def shares(self, true: Array, false: Array, missed: Array, rejected: Array) -> tuple[Array, Array]:
        """Per threshold: the share that must reach the value, and the one of which the best is wanted."""

    def limits(self) -> Array:
        count = self.num_thresholds
        return np.array([0.5]) if count == 1 else np.arange(count) / (count - 1)

    def statistics(self, y_true: Value, y_pred: Value, weight: Value | None) -> tuple[Value, ...]:
        place = self.class_id
        if place is not None:
            y_true = ops.slice_axis(y_true, -1, place, place + 1)
            y_pred = ops.slice_axis(y_pred, -1, place, place + 1)
        return counts(y_true, y_pred, weight, self.limits())

    def result(self, statistics: Sequence[Array]) -> float:
        true, false = statistics[0].reshape(-1), statistics[1].reshape(-1)
        positives, negatives = statistics[2].reshape(-1)
        constrained, wanted = self.shares(true, false, positives - true, negatives - false)
        return float(np.max(np.where(constrained >= self.least, wanted, 0.0), initial=0.0))


class SensitivityAtSpecificity(AtConstraint):
    """Best share of positives found, where at least a given share of negatives is told as such."""

    title = "Sensitivity at specificity"
    specificity: float = number(0.5, minimum=0.0, maximum=1.0, help="Least share of negatives told as such.")

    @property
    def least(self) -> float:
        return self.specificity

    def shares(self, true: Array, false: Array, missed: Array, rejected: Array) -> tuple[Array, Array]:
        return ratios(rejected, rejected + false), ratios(true, true + missed)


class SpecificityAtSensitivity(AtConstraint):
    """Best share of negatives told as such, where at least a given share of positives is found."""

    title = "Specificity at sensitivity"
    sensitivity: float = number(0.5, minimum=0.0, maximum=1.0, help="Least share of positives found.")

    @property
    def least(self) -> float:
        return self.sensitivity

    def shares(self, true: Array, false: Array, missed: Array, rejected: Array) -> tuple[Array, Array]:
        return ratios(true, true + missed), ratios(rejected, rejected + false)


class PrecisionAtRecall(AtConstraint):
    """Best precision where at least a given share of positives is found."""

    title = "Precision at recall"
    recall: float = number(0.5, minimum=0.0, maximum=1.0, help="Least share of positives found.")

    @property
    def least(self) -> float:
        return self.recall

    def shares(self, true: Array, false: Array, missed: Array, rejected: Array) -> tuple[Array, Array]:
        return ratios(true, true + missed), ratios(true, true + false)


class RecallAtPrecision(AtConstraint):
    """Best share of positives found where at least a given share of positive answers is right."""

    title = "Recall at precision"
    precision: float = number(0.5, minimum=0.0, maximum=1.0, help="Least share of answers that are right.")

    @property
    def least(self) -> float:
        return self.precision

    def shares(self, true: Array, false: Array, missed: Array, rejected: Array) -> tuple[Array, Array]:
        return ratios(true, true + false), ratios(true, true + missed)

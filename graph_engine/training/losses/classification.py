"""Losses for classes (``keras.losses``): probabilities clipped to [1e-7, 1 - 1e-7] as there."""

from __future__ import annotations

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.params import boolean, number
from graph_engine.training.losses.base import EPSILON, Loss, class_ids, mean_per_sample, sum_last
from graph_engine.values import TensorSpec


class BinaryCrossentropy(Loss):
    """Two classes, or several labels of which each is on or off."""

    title = "Binary cross-entropy"
    aliases = ("bce",)
    from_logits: bool = boolean(False, help="The output is a logit: no sigmoid was applied.")
    label_smoothing: float = number(
        0.0, minimum=0.0, maximum=1.0, help="Pull targets towards one half by this share."
    )

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        if self.label_smoothing:
            y_true = y_true * (1.0 - self.label_smoothing) + 0.5 * self.label_smoothing
        if self.from_logits:  # max(x, 0) - x * t + log(1 + exp(-|x|)), which cannot overflow
            return mean_per_sample(ops.softplus(y_pred) - y_pred * y_true)
        p = _clipped(y_pred, EPSILON, 1.0 - EPSILON)
        return -mean_per_sample(y_true * ops.log(p) + (1.0 - y_true) * ops.log(1.0 - p))


class CategoricalCrossentropy(Loss):
    """One of several classes; targets are one-hot or probabilities."""

    title = "Categorical cross-entropy"
    aliases = ("cce",)
    from_logits: bool = boolean(False, help="The output is logits: no softmax was applied.")
    label_smoothing: float = number(
        0.0, minimum=0.0, maximum=1.0, help="Pull targets towards equal probabilities by this share."
    )

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        if self.label_smoothing:
            smoothing = self.label_smoothing
            y_true = y_true * (1.0 - smoothing) + smoothing / y_pred.shape[-1]
        return -mean_per_sample(sum_last(y_true * log_probabilities(y_pred, self.from_logits)))


class SparseCategoricalCrossentropy(Loss):
    """One of several classes; targets are class ids from 0."""

    title = "Sparse categorical cross-entropy"
    aliases = ("scce",)
    from_logits: bool = boolean(False, help="The output is logits: no softmax was applied.")

    def target(self, output: TensorSpec) -> TensorSpec:
        return class_ids(output)

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        logs = log_probabilities(y_pred, self.from_logits)
        return -mean_per_sample(sum_last(one_hot(y_true, y_pred) * logs))


class KLDivergence(Loss):
    """How far the predicted distribution lies from the target's (Kullback and Leibler)."""

    title = "Kullback-Leibler divergence"
    aliases = ("kld", "kl_divergence", "kullback_leibler_divergence")

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        target, predicted = _clipped(y_true, EPSILON, 1.0), _clipped(y_pred, EPSILON, 1.0)
        return mean_per_sample(sum_last(target * ops.log(target / predicted)))


class Hinge(Loss):
    """Margin between two classes, targets -1 and 1 (0 counts as -1)."""

    title = "Hinge"

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        return mean_per_sample(_margin(y_true, y_pred))


class SquaredHinge(Loss):
    """Squared margin between two classes, targets -1 and 1 (0 counts as -1)."""

    title = "Squared hinge"

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        return mean_per_sample(ops.square(_margin(y_true, y_pred)))


class CategoricalHinge(Loss):
    """Margin between the right class and the best of the others; targets are one-hot."""

    title = "Categorical hinge"

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        right = sum_last(y_true * y_pred)
        wrong = ops.max((1.0 - y_true) * y_pred, axes=(y_pred.rank - 1,))
        return mean_per_sample(ops.relu(wrong - right + 1.0))


def log_probabilities(y_pred: Value, from_logits: bool) -> Value:
    """Logarithms of the classes' probabilities, which are made to sum to 1 first, as in Keras."""
    if from_logits:
        return ops.log_softmax(y_pred)
    return ops.log(_clipped(y_pred / sum_last(y_pred, keepdims=True), EPSILON, 1.0 - EPSILON))


def one_hot(ids: Value, like: Value) -> Value:
    """1 at each id along a new last axis, of ``like``'s size and dtype."""
    classes = like.program.constant(np.arange(like.shape[-1]), ids.dtype)
    hits = ops.equal(ops.reshape(ids, shape=(*ids.shape, 1)), classes)
    return ops.cast(hits, dtype=like.dtype)


def _clipped(values: Value, low: float, high: float) -> Value:
    program, dtype = values.program, values.dtype
    return ops.minimum(ops.maximum(values, program.constant(low, dtype)), program.constant(high, dtype))


def _margin(y_true: Value, y_pred: Value) -> Value:
    """``max(1 - t * y, 0)`` with targets 0 read as -1.

    Keras does so only where a batch holds nothing but 0 and 1; here a target of 0 is always the
    negative class, so that the same row gives the same loss in every batch.
    """
    zero = y_true.program.constant(0.0, y_true.dtype)
    sign = y_true - ops.cast(ops.equal(y_true, zero), dtype=y_true.dtype)
    return ops.relu(1.0 - sign * y_pred)

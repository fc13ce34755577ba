"""Losses for numbers (``keras.losses``): formulas, clipping and defaults as there."""

from __future__ import annotations

import math

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.params import number
from graph_engine.training.losses.base import EPSILON, Loss, mean_per_sample, sum_last


class MeanSquaredError(Loss):
    """Mean of squared differences."""

    title = "Mean squared error"
    aliases = ("mse",)

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        return mean_per_sample(ops.square(y_pred - y_true))


class MeanAbsoluteError(Loss):
    """Mean of absolute differences: outliers count less than with squares."""

    title = "Mean absolute error"
    aliases = ("mae",)

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        return mean_per_sample(ops.absolute(y_pred - y_true))


class MeanAbsolutePercentageError(Loss):
    """Mean of absolute differences in percent of the target."""

    title = "Mean absolute percentage error"
    aliases = ("mape",)

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        size = ops.maximum(ops.absolute(y_true), _constant(EPSILON, y_true))
        return 100.0 * mean_per_sample(ops.absolute((y_true - y_pred) / size))


class MeanSquaredLogarithmicError(Loss):
    """Mean squared difference of ``log(1 + x)``: relative errors of positive amounts."""

    title = "Mean squared logarithmic error"
    aliases = ("msle",)

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        return mean_per_sample(ops.square(_log_above_zero(y_pred) - _log_above_zero(y_true)))


class Huber(Loss):
    """Squares for small differences, absolute values for those beyond ``delta`` (Huber, 1964)."""

    title = "Huber"
    delta: float = number(1.0, minimum=1e-12, help="Difference from which on errors count linearly.")

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        size = ops.absolute(y_pred - y_true)
        near = ops.minimum(size, _constant(self.delta, size))
        # near * (size - near / 2) is size^2 / 2 up to delta and delta * size - delta^2 / 2 beyond.
        return mean_per_sample(near * (size - 0.5 * near))


class LogCosh(Loss):
    """``log(cosh(difference))``: like squares near 0 and absolute values far from it."""

    title = "Log-cosh"
    aliases = ("logcosh",)

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        difference = y_pred - y_true
        return mean_per_sample(difference + ops.softplus(-2.0 * difference) - math.log(2.0))


class Poisson(Loss):
    """Negative log-likelihood of counts, up to a constant: ``y_pred - y_true * log(y_pred)``."""

    title = "Poisson"

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        return mean_per_sample(y_pred - y_true * ops.log(y_pred + EPSILON))


class CosineSimilarity(Loss):
    """Minus the cosine of the angle between target and prediction: -1 where they point the same way."""

    title = "Cosine similarity"

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        return -mean_per_sample(sum_last(_direction(y_true) * _direction(y_pred)))


def _constant(number: float, like: Value) -> Value:
    return like.program.constant(number, like.dtype)


def _log_above_zero(values: Value) -> Value:
    return ops.log(ops.maximum(values, _constant(EPSILON, values)) + 1.0)


def _direction(values: Value) -> Value:
    """Vectors along the last axis at length 1 (``keras.ops.normalize``); a vector of length 0 stays 0."""
    squares = sum_last(ops.square(values), keepdims=True)
    return values / ops.sqrt(ops.maximum(squares, _constant(EPSILON**2, squares)))

"""Losses for numbers (``keras.losses``): formulas, clipping and defaults as there."""

from __future__ import annotations

import math

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.params import integer, number
from graph_engine.training.losses.base import EPSILON, Loss, mean_last


class MeanSquaredError(Loss):
    """Mean of squared differences."""

    title = "Mean squared error"
    aliases = ("mse",)

    def values(self, y_true: Value, y_pred: Value) -> Value:
        return mean_last(ops.square(y_pred - y_true))


class MeanAbsoluteError(Loss):
    """Mean of absolute differences: outliers count less than with squares."""

    title = "Mean absolute error"
    aliases = ("mae",)

    def values(self, y_true: Value, y_pred: Value) -> Value:
        return mean_last(ops.absolute(y_pred - y_true))


class MeanAbsolutePercentageError(Loss):
    """Mean of absolute differences in percent of the target."""

    title = "Mean absolute percentage error"
    aliases = ("mape",)

    def values(self, y_true: Value, y_pred: Value) -> Value:
        size = ops.maximum(ops.absolute(y_true), ops.number(EPSILON, y_true))
        return 100.0 * mean_last(ops.absolute((y_true - y_pred) / size))


class MeanSquaredLogarithmicError(Loss):
    """Mean squared difference of ``log(1 + x)``: relative errors of positive amounts."""

    title = "Mean squared logarithmic error"
    aliases = ("msle",)

    def values(self, y_true: Value, y_pred: Value) -> Value:
        return mean_last(ops.square(_log_above_zero(y_pred) - _log_above_zero(y_true)))


class Huber(Loss):
    """Squares for small differences, absolute values for those beyond ``delta`` (Huber, 1964)."""

    title = "Huber"
    delta: float = number(1.0, minimum=1e-12, help="Difference from which on errors count linearly.")

    def values(self, y_true: Value, y_pred: Value) -> Value:
        size = ops.absolute(y_pred - y_true)
        near = ops.minimum(size, ops.number(self.delta, size))
        # near * (size - near / 2) is size^2 / 2 up to delta and delta * size - delta^2 / 2 beyond.
        return mean_last(near * (size - 0.5 * near))


class LogCosh(Loss):
    """``log(cosh(difference))``: like squares near 0 and absolute values far from it."""

    title = "Log-cosh"
    aliases = ("logcosh",)

    def values(self, y_true: Value, y_pred: Value) -> Value:
        difference = y_pred - y_true
        return mean_last(difference + ops.softplus(-2.0 * difference) - math.log(2.0))


class Poisson(Loss):
    """Negative log-likelihood of counts, up to a constant: ``y_pred - y_true * log(y_pred)``."""

    title = "Poisson"

    def values(self, y_true: Value, y_pred: Value) -> Value:
        return mean_last(y_pred - y_true * ops.log(y_pred + EPSILON))


class CosineSimilarity(Loss):
    """Minus the cosine of the angle between target and prediction: -1 where they point the same way."""

    title = "Cosine similarity"
    axis: int = integer(-1, help="The axis along which the vectors lie.")

    def values(self, y_true: Value, y_pred: Value) -> Value:
        return -cosine(y_true, y_pred, self.axis)


def cosine(y_true: Value, y_pred: Value, axis: int) -> Value:
    """The cosine of the angle between vectors along ``axis``."""
    return ops.sum(_direction(y_true, axis) * _direction(y_pred, axis), axes=(axis,))


def _log_above_zero(values: Value) -> Value:
    return ops.log(ops.maximum(values, ops.number(EPSILON, values)) + 1.0)


def _direction(values: Value, axis: int) -> Value:
    """Vectors along ``axis`` at length 1 (``keras.ops.normalize``); a vector of length 0 stays 0."""
    squares = ops.sum(ops.square(values), axes=(axis,), keepdims=True)
    return values / ops.sqrt(ops.maximum(squares, ops.number(EPSILON**2, squares)))

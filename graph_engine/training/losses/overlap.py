"""Losses that compare areas rather than single entries: for segmentation (``keras.losses``)."""

from __future__ import annotations

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.params import integers, number
from graph_engine.training.losses.base import EPSILON, Loss


class Dice(Loss):
    """One minus twice the overlap by the sum of both areas (Sudre et al., 2017)."""

    title = "Dice"
    axis: tuple[int, ...] | None = integers(
        None, optional=True, help="Axes that make up an area; none: all, the batch included."
    )

    def values(self, y_true: Value, y_pred: Value) -> Value:
        overlap = ops.sum(y_true * y_pred, axes=self.axis)
        areas = ops.sum(y_true, axes=self.axis) + ops.sum(y_pred, axes=self.axis) + EPSILON
        return 1.0 - 2.0 * overlap / areas


class Tversky(Loss):
    """Dice in which missed and invented parts have weights of their own (Salehi et al., 2017)."""

    title = "Tversky"
    alpha: float = number(
        0.5, minimum=0.0, help="Weight of target that the output misses, as Keras counts it."
    )
    beta: float = number(0.5, minimum=0.0, help="Weight of output where there is no target.")
    axis: tuple[int, ...] | None = integers(
        None, optional=True, help="Axes that make up an area; none: all, the batch included."
    )

    def values(self, y_true: Value, y_pred: Value) -> Value:
        overlap = ops.sum(y_true * y_pred, axes=self.axis)
        missed = ops.sum((1.0 - y_pred) * y_true, axes=self.axis)
        invented = ops.sum(y_pred * (1.0 - y_true), axes=self.axis)
        return 1.0 - overlap / (overlap + missed * self.alpha + invented * self.beta + EPSILON)

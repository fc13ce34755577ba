"""Losses that ask for a distance between right and wrong (``keras.losses``)."""

from __future__ import annotations

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.params import boolean, number
from graph_engine.training.losses.base import Loss, mean_last, sum_last
from graph_engine.values import Shape, TensorSpec

_NEVER = -1e30  # what logsumexp passes over


class Hinge(Loss):
    """Margin between two classes, targets -1 and 1 (0 counts as -1)."""

    title = "Hinge"

    def values(self, y_true: Value, y_pred: Value) -> Value:
        return mean_last(_margin(y_true, y_pred))


class SquaredHinge(Loss):
    """Squared margin between two classes, targets -1 and 1 (0 counts as -1)."""

    title = "Squared hinge"

    def values(self, y_true: Value, y_pred: Value) -> Value:
        return mean_last(ops.square(_margin(y_true, y_pred)))


class CategoricalHinge(Loss):
    """Margin between the right class and the best of the others; targets are one-hot."""

    title = "Categorical hinge"

    def values(self, y_true: Value, y_pred: Value) -> Value:
        right = sum_last(y_true * y_pred)
        wrong = ops.max((1.0 - y_true) * y_pred, axes=(y_pred.rank - 1,))
        return ops.relu(wrong - right + 1.0)


class Circle(Loss):
    """Embeddings of one label near each other, of others far apart (Sun et al., 2020); targets are labels.

    The output holds one vector of length 1 per sample; each is compared with all others of its batch.
    """

    title = "Circle"
    gamma: float = number(80.0, minimum=0.0, help="Scale of the similarities.")
    margin: float = number(
        0.4, minimum=0.0, maximum=1.0, help="Radius of the circle where samples are at rest."
    )
    remove_diagonal: bool = boolean(True, help="Do not compare a sample with itself.")

    def target(self, output: TensorSpec, given: Shape | None = None) -> TensorSpec:
        return TensorSpec(output.shape[:1], "int32")

    def values(self, y_true: Value, y_pred: Value) -> Value:
        distance = ops.relu(1.0 - ops.matmul(y_pred, ops.transpose(y_pred, (1, 0))))
        same = self._same(y_true)
        near = (self.margin + distance) * (self.margin - distance) * -self.gamma
        far = ops.relu(1.0 + self.margin - distance) * (1.0 - self.margin - distance) * self.gamma
        other = ops.logical_not(ops.equal(*_pairs(y_true)))
        return ops.softplus(_log_of_sum(near, same) + _log_of_sum(far, other))

    def valid(self, y_true: Value, values: Value) -> Value | None:
        """A sample without another of its label has nothing to come near to, and does not count."""
        return ops.greater(values, ops.number(0.0, values))

    def _same(self, y_true: Value) -> Value:
        same = ops.equal(*_pairs(y_true))
        if not self.remove_diagonal:
            return same
        others = y_true.program.constant(~np.eye(y_true.shape[0], dtype=bool), "bool")
        return ops.logical_and(same, others)


def _pairs(labels: Value) -> tuple[Value, Value]:
    return ops.reshape(labels, (-1, 1)), ops.reshape(labels, (1, -1))


def _log_of_sum(values: Value, chosen: Value) -> Value:
    return ops.logsumexp(ops.where(chosen, values, ops.number(_NEVER, values)), axis=1)


def _margin(y_true: Value, y_pred: Value) -> Value:
    """``max(1 - t * y, 0)`` with targets 0 read as -1.

    Keras does so only where a batch holds nothing but 0 and 1; here a target of 0 is always the
    negative class, so that the same row gives the same loss in every batch.
    """
    zero = ops.number(0.0, y_true)
    sign = y_true - ops.cast(ops.equal(y_true, zero), dtype=y_true.dtype)
    return ops.relu(1.0 - sign * y_pred)

"""Cross-entropies that care for hard cases (Lin et al., 2017)."""

from __future__ import annotations

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.params import boolean, integer, number, numbers
from graph_engine.training.losses.base import Loss
from graph_engine.training.losses.classification import (
    binary_crossentropy,
    halved,
    mean_along,
    probabilities,
    smoothed,
)


class BinaryFocalCrossentropy(Loss):
    """Binary cross-entropy in which answers that are right already count little."""

    title = "Binary focal cross-entropy"
    apply_class_balancing: bool = boolean(False, help="Weigh the two classes by alpha and 1 - alpha.")
    alpha: float = number(
        0.25, minimum=0.0, maximum=1.0, help="Weight of class 1 where classes are balanced."
    )
    gamma: float = number(2.0, minimum=0.0, help="How much easy samples are played down; 0: not at all.")
    from_logits: bool = boolean(False, help="The output is a logit: no sigmoid was applied.")
    label_smoothing: float = number(
        0.0, minimum=0.0, maximum=1.0, help="Pull targets towards one half by this share."
    )
    axis: int = integer(-1, help="The axis over which the mean is taken.")

    def values(self, y_true: Value, y_pred: Value) -> Value:
        y_true = halved(y_true, self.label_smoothing)
        p = ops.sigmoid(y_pred) if self.from_logits else y_pred
        right = y_true * p + (1.0 - y_true) * (1.0 - p)
        found = _played_down(right, self.gamma) * binary_crossentropy(y_true, p)
        if self.apply_class_balancing:
            found = found * (y_true * self.alpha + (1.0 - y_true) * (1.0 - self.alpha))
        return mean_along(found, self.axis)


class CategoricalFocalCrossentropy(Loss):
    """Categorical cross-entropy in which answers that are right already count little; targets are one-hot."""

    title = "Categorical focal cross-entropy"
    alpha: tuple[float, ...] = numbers((0.25,), minimum=0.0, help="Weight of each class, or one for all.")
    gamma: float = number(2.0, minimum=0.0, help="How much easy samples are played down; 0: not at all.")
    from_logits: bool = boolean(False, help="The output is logits: no softmax was applied.")
    label_smoothing: float = number(
        0.0, minimum=0.0, maximum=1.0, help="Pull targets towards equal probabilities by this share."
    )
    axis: int = integer(-1, help="The axis of the classes.")

    def values(self, y_true: Value, y_pred: Value) -> Value:
        y_true = smoothed(y_true, self.label_smoothing)
        p = probabilities(ops.softmax(y_pred, axis=self.axis) if self.from_logits else y_pred, self.axis)
        alpha = p.program.constant(np.array(self.alpha), p.dtype)
        found = _played_down(p, self.gamma) * alpha * y_true * ops.log(p)
        return -ops.sum(found, axes=(self.axis,))


def _played_down(right: Value, gamma: float) -> Value:
    return ops.power(1.0 - right, ops.number(gamma, right))

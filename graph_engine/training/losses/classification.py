"""Losses for classes (``keras.losses``): probabilities clipped to [1e-7, 1 - 1e-7] as there."""

from __future__ import annotations

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.params import boolean, integer, number
from graph_engine.training.losses.base import EPSILON, Loss, class_ids, mean_last, sum_last
from graph_engine.values import Shape, TensorSpec


class BinaryCrossentropy(Loss):
    """Two classes, or several labels of which each is on or off."""

    title = "Binary cross-entropy"
    aliases = ("bce",)
    from_logits: bool = boolean(False, help="The output is a logit: no sigmoid was applied.")
    label_smoothing: float = number(
        0.0, minimum=0.0, maximum=1.0, help="Pull targets towards one half by this share."
    )
    axis: int = integer(-1, help="The axis over which the mean is taken.")

    def values(self, y_true: Value, y_pred: Value) -> Value:
        y_true = halved(y_true, self.label_smoothing)
        if self.from_logits:  # max(x, 0) - x * t + log(1 + exp(-|x|)), which cannot overflow
            return mean_along(ops.softplus(y_pred) - y_pred * y_true, self.axis)
        return mean_along(binary_crossentropy(y_true, y_pred), self.axis)


class CategoricalCrossentropy(Loss):
    """One of several classes; targets are one-hot or probabilities."""

    title = "Categorical cross-entropy"
    aliases = ("cce",)
    from_logits: bool = boolean(False, help="The output is logits: no softmax was applied.")
    label_smoothing: float = number(
        0.0, minimum=0.0, maximum=1.0, help="Pull targets towards equal probabilities by this share."
    )
    axis: int = integer(-1, help="The axis of the classes.")

    def values(self, y_true: Value, y_pred: Value) -> Value:
        y_true = smoothed(y_true, self.label_smoothing)
        return -ops.sum(y_true * log_probabilities(y_pred, self.from_logits, self.axis), axes=(self.axis,))


class SparseCategoricalCrossentropy(Loss):
    """One of several classes; targets are class ids from 0."""

    title = "Sparse categorical cross-entropy"
    aliases = ("scce",)
    from_logits: bool = boolean(False, help="The output is logits: no softmax was applied.")
    ignore_class: int | None = integer(None, optional=True, help="Entries of this class do not count.")
    axis: int = integer(-1, help="The axis of the classes.")

    def target(self, output: TensorSpec, given: Shape | None = None) -> TensorSpec:
        return class_ids(output, self.axis)

    def classes(self, output: TensorSpec) -> int | None:
        return output.shape[self.axis]

    def ignored(self) -> int | None:
        return self.ignore_class

    def values(self, y_true: Value, y_pred: Value) -> Value:
        logs = log_probabilities(y_pred, self.from_logits, self.axis)
        found = -ops.sum(one_hot(y_true, y_pred, self.axis) * logs, axes=(self.axis,))
        valid = self.valid(y_true, found)
        return found if valid is None else ops.where(valid, found, ops.number(0.0, found))

    def valid(self, y_true: Value, values: Value) -> Value | None:
        if self.ignore_class is None:
            return None
        return ops.not_equal(y_true, ops.number(self.ignore_class, y_true))


class Crossentropy(Loss):
    """The cross-entropy that fits output and target: binary, of class ids, or of one-hot targets (Keras' "ce")."""

    title = "Cross-entropy"
    aliases = ("ce",)

    def target(self, output: TensorSpec, given: Shape | None = None) -> TensorSpec:
        return fitting_target(output, given)

    def classes(self, output: TensorSpec) -> int | None:
        return output.shape[-1]

    def values(self, y_true: Value, y_pred: Value) -> Value:
        chosen: Loss = CategoricalCrossentropy()
        if y_pred.shape[-1] == 1:
            chosen = BinaryCrossentropy()
        elif y_true.rank < y_pred.rank:
            chosen = SparseCategoricalCrossentropy()
        return chosen.values(y_true, y_pred)


class KLDivergence(Loss):
    """How far the predicted distribution lies from the target's (Kullback and Leibler)."""

    title = "Kullback-Leibler divergence"
    aliases = ("kld", "kl_divergence", "kullback_leibler_divergence")

    def values(self, y_true: Value, y_pred: Value) -> Value:
        target = ops.clip(y_true, low=EPSILON, high=1.0)
        predicted = ops.clip(y_pred, low=EPSILON, high=1.0)
        return sum_last(target * ops.log(target / predicted))


class CategoricalGeneralizedCrossEntropy(Loss):
    """Between cross-entropy and mean absolute error: noisy labels count less (Zhang and Sabuncu, 2018)."""

    title = "Generalized cross-entropy"
    q: float = number(0.5, minimum=1e-6, maximum=1.0, help="0 is near cross-entropy, 1 the absolute error.")

    def target(self, output: TensorSpec, given: Shape | None = None) -> TensorSpec:
        return class_ids(output)

    def classes(self, output: TensorSpec) -> int | None:
        return output.shape[-1]

    def values(self, y_true: Value, y_pred: Value) -> Value:
        right = sum_last(one_hot(y_true, y_pred) * y_pred)
        return (1.0 - ops.power(right, ops.number(self.q, right))) / self.q


def fitting_target(output: TensorSpec, given: Shape | None) -> TensorSpec:
    """As ``keras.src.trainers.compile_utils``: numbers for one output, class ids for several, unless one-hot."""
    if output.rank == 1 or output.shape[-1] == 1:
        return output
    one_hot_given = given is not None and len(given) >= output.rank and given[-1] != 1
    return output if one_hot_given else class_ids(output)


def binary_crossentropy(y_true: Value, y_pred: Value) -> Value:
    """Of every single probability."""
    p = ops.clip(y_pred, low=EPSILON, high=1.0 - EPSILON)
    return -(y_true * ops.log(p) + (1.0 - y_true) * ops.log(1.0 - p))


def probabilities(y_pred: Value, axis: int) -> Value:
    """Made to sum to 1 along ``axis``, then clipped, as in Keras."""
    total = ops.sum(y_pred, axes=(axis,), keepdims=True)
    return ops.clip(y_pred / total, low=EPSILON, high=1.0 - EPSILON)


def log_probabilities(y_pred: Value, from_logits: bool, axis: int = -1) -> Value:
    """Logarithms of the classes' probabilities."""
    return ops.log_softmax(y_pred, axis=axis) if from_logits else ops.log(probabilities(y_pred, axis))


def halved(y_true: Value, smoothing: float) -> Value:
    """Labels that are on or off, pulled towards one half."""
    return y_true * (1.0 - smoothing) + 0.5 * smoothing if smoothing else y_true


def smoothed(y_true: Value, smoothing: float) -> Value:
    """One-hot labels pulled towards equal probabilities; the last axis says how many, as in Keras."""
    return y_true * (1.0 - smoothing) + smoothing / y_true.shape[-1] if smoothing else y_true


def mean_along(values: Value, axis: int) -> Value:
    return mean_last(values) if axis == -1 else ops.mean(values, axes=(axis,))


def one_hot(ids: Value, like: Value, axis: int = -1) -> Value:
    """1 at each id along a new axis, of ``like``'s size and dtype; all 0 for an id that is no class."""
    position, last = axis % like.rank, like.rank - 1
    hot = ops.one_hot(ids, like.shape[position], like.dtype)
    return ops.transpose(hot, [*range(position), last, *range(position, last)])

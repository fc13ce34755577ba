"""Metrics that count right answers (``keras.metrics``)."""

from __future__ import annotations

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.params import boolean, integer, number
from graph_engine.training.losses.base import class_ids, sum_last
from graph_engine.training.losses.classification import fitting_target, one_hot
from graph_engine.training.metrics.base import MeanMetric, number_of
from graph_engine.values import Shape, TensorSpec


class BinaryAccuracy(MeanMetric):
    """Share of outputs on the right side of a threshold."""

    title = "Binary accuracy"
    direction = "up"
    threshold: float = number(0.5, help="Outputs above it mean 1.")

    def values(self, y_true: Value, y_pred: Value) -> Value:
        said = number_of(ops.greater(y_pred, ops.number(self.threshold, y_pred)), y_true)
        return number_of(ops.equal(y_true, said), y_pred)


class CategoricalAccuracy(MeanMetric):
    """Share of samples whose largest output is the right class; targets are one-hot."""

    title = "Categorical accuracy"
    direction = "up"

    def values(self, y_true: Value, y_pred: Value) -> Value:
        return number_of(ops.equal(ops.argmax(y_true), ops.argmax(y_pred)), y_pred)


class SparseCategoricalAccuracy(MeanMetric):
    """Share of samples whose largest output is the right class; targets are class ids."""

    title = "Sparse categorical accuracy"
    direction = "up"

    def target(self, output: TensorSpec, given: Shape | None = None) -> TensorSpec:
        return class_ids(output)

    def classes(self, output: TensorSpec) -> int | None:
        return output.shape[-1]

    def values(self, y_true: Value, y_pred: Value) -> Value:
        return number_of(ops.equal(y_true, ops.cast(ops.argmax(y_pred), dtype=y_true.dtype)), y_pred)


class Accuracy(MeanMetric):
    """Binary, sparse or categorical accuracy, whichever fits output and target (Keras' "accuracy")."""

    title = "Accuracy"
    direction = "up"
    aliases = ("acc",)

    def target(self, output: TensorSpec, given: Shape | None = None) -> TensorSpec | None:
        return None if given is None else fitting_target(output, given)

    def values(self, y_true: Value, y_pred: Value) -> Value:
        chosen: MeanMetric = CategoricalAccuracy()
        if y_pred.rank == 1 or y_pred.shape[-1] == 1:
            chosen = BinaryAccuracy()
        elif y_true.rank < y_pred.rank:
            chosen = SparseCategoricalAccuracy()
        return chosen.values(y_true, y_pred)


class ExactAccuracy(MeanMetric):
    """Share of outputs that equal their target exactly (the class ``keras.metrics.Accuracy``)."""

    title = "Exact accuracy"
    direction = "up"

    @classmethod
    def log_name(cls) -> str:
        return "accuracy"

    def values(self, y_true: Value, y_pred: Value) -> Value:
        return number_of(ops.equal(y_true, y_pred), y_pred)


class TopKCategoricalAccuracy(MeanMetric):
    """Share of samples whose right class is among the k largest outputs; targets are one-hot."""

    title = "Top-k categorical accuracy"
    direction = "up"
    k: int = integer(5, minimum=1, help="How many guesses count.")

    def values(self, y_true: Value, y_pred: Value) -> Value:
        return _among_best(one_hot(ops.argmax(y_true), y_pred), y_pred, self.k)


class SparseTopKCategoricalAccuracy(MeanMetric):
    """Share of samples whose right class is among the k largest outputs; targets are class ids."""

    title = "Sparse top-k categorical accuracy"
    direction = "up"
    k: int = integer(5, minimum=1, help="How many guesses count.")
    from_sorted_ids: bool = boolean(False, help="The outputs are class ids, the best guess first.")

    def target(self, output: TensorSpec, given: Shape | None = None) -> TensorSpec:
        return class_ids(output)

    def classes(self, output: TensorSpec) -> int | None:
        return None if self.from_sorted_ids else output.shape[-1]

    def values(self, y_true: Value, y_pred: Value) -> Value:
        if not self.from_sorted_ids:
            return _among_best(one_hot(y_true, y_pred), y_pred, self.k)
        best = ops.slice_axis(y_pred, -1, 0, min(self.k, y_pred.shape[-1]))
        hits = ops.equal(ops.expand_dims(ops.cast(y_true, dtype=y_pred.dtype), -1), best)
        return number_of(ops.any(hits, axes=(hits.rank - 1,)), y_pred)


def _among_best(right: Value, y_pred: Value, k: int) -> Value:
    """Whether fewer than ``k`` outputs are larger than the right class's."""
    score = sum_last(right * y_pred, keepdims=True)
    larger = sum_last(number_of(ops.greater(y_pred, score), y_pred))
    return number_of(ops.greater(ops.number(k - 0.5, larger), larger), y_pred)

"""Metrics that count right answers (``keras.metrics``)."""

from __future__ import annotations

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.params import integer, number
from graph_engine.training.losses.base import class_ids, mean_per_sample, sum_last
from graph_engine.training.losses.classification import one_hot
from graph_engine.training.metrics.base import MeanMetric
from graph_engine.values import TensorSpec


class BinaryAccuracy(MeanMetric):
    """Share of outputs on the right side of a threshold."""

    title = "Binary accuracy"
    direction = "up"
    threshold: float = number(0.5, help="Outputs above it mean 1.")

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        threshold = y_pred.program.constant(self.threshold, y_pred.dtype)
        return _share(ops.equal(y_true, _number(ops.greater(y_pred, threshold), y_true)), y_pred)


class CategoricalAccuracy(MeanMetric):
    """Share of samples whose largest output is the right class; targets are one-hot."""

    title = "Categorical accuracy"
    direction = "up"

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        return _share(ops.equal(_largest(y_true), _largest(y_pred)), y_pred)


class SparseCategoricalAccuracy(MeanMetric):
    """Share of samples whose largest output is the right class; targets are class ids."""

    title = "Sparse categorical accuracy"
    direction = "up"

    def target(self, output: TensorSpec) -> TensorSpec:
        return class_ids(output)

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        return _share(ops.equal(y_true, ops.cast(_largest(y_pred), dtype=y_true.dtype)), y_pred)


class Accuracy(MeanMetric):
    """Binary, sparse or categorical accuracy, whichever fits output and target (Keras' "accuracy")."""

    title = "Accuracy"
    direction = "up"
    aliases = ("acc",)

    def target(self, output: TensorSpec) -> TensorSpec | None:
        return None

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        return self.resolved(y_true, y_pred).per_sample(y_true, y_pred)

    def resolved(self, y_true: Value, y_pred: Value) -> MeanMetric:
        """As ``keras.src.trainers.compile_utils.get_metric``; rank-1 outputs count as one number each."""
        if y_pred.rank == 1 or y_pred.shape[-1] == 1:
            return BinaryAccuracy()
        return SparseCategoricalAccuracy() if y_true.rank < y_pred.rank else CategoricalAccuracy()


class TopKCategoricalAccuracy(MeanMetric):
    """Share of samples whose right class is among the k largest outputs; targets are one-hot."""

    title = "Top-k categorical accuracy"
    direction = "up"
    k: int = integer(5, minimum=1, help="How many guesses count.")

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        return _share(_among_best(one_hot(_largest(y_true), y_pred), y_pred, self.k), y_pred)


class SparseTopKCategoricalAccuracy(MeanMetric):
    """Share of samples whose right class is among the k largest outputs; targets are class ids."""

    title = "Sparse top-k categorical accuracy"
    direction = "up"
    k: int = integer(5, minimum=1, help="How many guesses count.")

    def target(self, output: TensorSpec) -> TensorSpec:
        return class_ids(output)

    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        return _share(_among_best(one_hot(y_true, y_pred), y_pred, self.k), y_pred)


def _largest(values: Value) -> Value:
    return ops.argmax(values)


def _among_best(right: Value, y_pred: Value, k: int) -> Value:
    """Whether fewer than ``k`` outputs are larger than the right class's."""
    score = sum_last(right * y_pred, keepdims=True)
    larger = sum_last(_number(ops.greater(y_pred, score), y_pred))
    return ops.greater(larger.program.constant(k - 0.5, larger.dtype), larger)


def _share(hits: Value, like: Value) -> Value:
    return mean_per_sample(_number(hits, like))


def _number(condition: Value, like: Value) -> Value:
    return ops.cast(condition, dtype=like.dtype)

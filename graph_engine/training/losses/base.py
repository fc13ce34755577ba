"""What a loss is: the target it expects for an output, and one number per sample."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.params import Config
from graph_engine.values import TensorSpec

EPSILON: Final = 1e-7  # keras.config.epsilon()


class Loss(Config):
    """Base of all losses. ``aliases`` are the short names that Keras knows, such as ``mse``."""

    aliases: ClassVar[tuple[str, ...]] = ()

    def target(self, output: TensorSpec) -> TensorSpec:
        """The target's spec for an output of this spec: the same, unless a loss says otherwise."""
        return output

    @abstractmethod
    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        """Losses of shape (batch,): the mean over all further axes."""


def class_ids(output: TensorSpec) -> TensorSpec:
    """The spec of targets that are class ids: the output's shape without its last axis."""
    return TensorSpec(output.shape[:-1], "int32")


def mean_per_sample(values: Value) -> Value:
    """The mean over every axis but the first."""
    if values.rank == 1:
        return values
    return ops.mean(ops.reshape(values, shape=(values.shape[0], -1)), axes=(1,))


def sum_last(values: Value, keepdims: bool = False) -> Value:
    """The sum over the last axis."""
    return ops.sum(values, axes=(values.rank - 1,), keepdims=keepdims)

"""Layers that shift and scale their input to mean 0 and variance 1, then learn a shift and scale of their own."""

from __future__ import annotations

from typing import Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Example, Layer, Weight, summary_line
from graph_engine.layers.initializers import INITIALIZERS, Initializer
from graph_engine.layers.requirements import require_axis, require_floats, require_size
from graph_engine.params import boolean, configured, integer, number
from graph_engine.values import TensorSpec

_EPSILON: Final = "Added to the variance, so that nothing is divided by zero."
_CENTER: Final = "Whether to learn a shift (beta)."
_SCALE: Final = "Whether to learn a scale (gamma)."


class _Normalization(Layer):
    """What normalizations have in common: an axis whose elements have a learned shift and scale each."""

    family = "normalization"

    axis: int = integer(-1, help="The axis of the features; the last is -1.")
    epsilon: float = number(0.001, minimum=0.0, help=_EPSILON)
    center: bool = boolean(True, help=_CENTER)
    scale: bool = boolean(True, help=_SCALE)
    beta_initializer: Initializer = configured("Zeros", INITIALIZERS, help="How the shift starts.")
    gamma_initializer: Initializer = configured("Ones", INITIALIZERS, help="How the scale starts.")

    def line(self) -> str:
        return summary_line("" if self.axis == -1 else f"axis {self.axis}")

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        require_floats(self, x)
        require_axis(self, x, self.axis)
        return x

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        size = require_size(self, inputs[0], self.axis, "number of features")
        gamma = Weight("gamma", (size,), self.gamma_initializer)
        beta = Weight("beta", (size,), self.beta_initializer)
        return (*((gamma,) if self.scale else ()), *((beta,) if self.center else ()))

    def along_axis(self, x: Value, vector: Value) -> Value:
        """``vector``, one element a feature, in a shape that broadcasts to ``x``."""
        axis = self.axis % x.rank
        return ops.reshape(vector, tuple(size if each == axis else 1 for each, size in enumerate(x.shape)))

    def gamma_and_beta(self, call: Call, x: Value) -> tuple[Value, Value]:
        """The learned scale and shift, or those that change nothing."""
        size = (x.shape[self.axis],)
        gamma = call.weight("gamma") if self.scale else ops.broadcast_to(ops.number(1.0, x), size)
        beta = call.weight("beta") if self.center else ops.broadcast_to(ops.number(0.0, x), size)
        return self.along_axis(x, gamma), self.along_axis(x, beta)


class BatchNormalization(_Normalization):
    """Normalizes each feature over the batch in training, by moving averages afterwards or when frozen."""

    title = "BatchNormalization"
    examples = (
        Example(inputs=((6, 3),), config={"gamma_initializer": "random_normal", "beta_initializer": "ones"}),
        Example(
            inputs=((2, 4, 3, 2),),
            config={
                "axis": 1,
                "momentum": 0.9,
                "epsilon": 0.01,
                "center": False,
                "scale": False,
                "moving_mean_initializer": "random_normal",
                "moving_variance_initializer": {"type": "Constant", "value": 2.0},
            },
        ),
    )

    momentum: float = number(
        0.99, minimum=0.0, maximum=1.0, help="How much the moving averages keep of themselves in each step."
    )
    moving_mean_initializer: Initializer = configured(
        "Zeros", INITIALIZERS, help="How the moving mean starts."
    )
    moving_variance_initializer: Initializer = configured(
        "Ones", INITIALIZERS, help="How the moving variance starts."
    )

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        size = require_size(self, inputs[0], self.axis, "number of features")
        mean = Weight("moving_mean", (size,), self.moving_mean_initializer, trainable=False)
        variance = Weight("moving_variance", (size,), self.moving_variance_initializer, trainable=False)
        return (*super().weights(*inputs), mean, variance)

    def lower(self, call: Call, *inputs: Value) -> Value:
        (x,) = inputs
        gamma, beta = self.gamma_and_beta(call, x)
        if not (call.training and call.trainable):
            return self._by_moving_averages(call, x, gamma, beta)
        axes = tuple(axis for axis in range(x.rank) if axis != self.axis % x.rank)
        y, mean, variance = ops.normalize(x, gamma, beta, axes=axes, epsilon=self.epsilon)
        self._move(call, "moving_mean", mean)
        self._move(call, "moving_variance", variance)
        return y

    def _by_moving_averages(self, call: Call, x: Value, gamma: Value, beta: Value) -> Value:
        factor = gamma * ops.rsqrt(self.along_axis(x, call.weight("moving_variance")) + self.epsilon)
        return x * factor + (beta - self.along_axis(x, call.weight("moving_mean")) * factor)

    def _move(self, call: Call, name: str, seen: Value) -> None:
        before = call.latest(name)
        call.update(name, before * self.momentum + ops.reshape(seen, before.shape) * (1.0 - self.momentum))


class LayerNormalization(_Normalization):
    """Normalizes each sample by itself along its features."""

    title = "LayerNormalization"
    examples = (
        Example(inputs=((3, 5),), config={"gamma_initializer": "random_normal", "beta_initializer": "ones"}),
        Example(inputs=((2, 4, 3),), config={"axis": 1, "epsilon": 0.01}),
        Example(inputs=((2, 4),), config={"center": False, "scale": False}),
    )

    def lower(self, call: Call, *inputs: Value) -> Value:
        (x,) = inputs
        gamma, beta = self.gamma_and_beta(call, x)
        y, _, _ = ops.normalize(x, gamma, beta, axes=(self.axis % x.rank,), epsilon=self.epsilon)
        return y

"""Layers that shift and scale their input to mean 0 and variance 1, then learn a shift and scale of their own."""

from __future__ import annotations

from typing import Any, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Example, Keras, Layer, Ports, Weight, summary_line
from graph_engine.layers.constraints import Constraint
from graph_engine.layers.initializers import INITIALIZERS, Initializer
from graph_engine.layers.regularizers import Regularizer
from graph_engine.layers.requirements import require_axis, require_floats, require_size
from graph_engine.layers.weighted import constraint, initializer, regularizer
from graph_engine.params import boolean, configured, integer, integers, number, shared
from graph_engine.values import ShapeError, TensorSpec

EPSILON: Final = "Added to the variance, so that nothing is divided by zero."
SCALED: Final[dict[str, Any]] = {
    "beta_initializer": "ones",
    "gamma_initializer": "random_normal",
    "beta_regularizer": "l2",
    "gamma_regularizer": "l1",
    "beta_constraint": "non_neg",
    "gamma_constraint": "max_norm",
}
_MASKED: Final = 1e-7  # what Keras adds to the number of entries that count


class Normalizing(Layer):
    """What normalizations have in common: a learned shift (beta) and scale (gamma) of every feature."""

    formula = "y = gamma · (x − mean) / √(variance + epsilon) + beta"
    family = "normalization"
    keeps_mask = True

    epsilon: float = shared(number(0.001, minimum=0.0, help=EPSILON))
    center: bool = shared(boolean(True, help="Whether to learn a shift (beta)."))
    scale: bool = shared(boolean(True, help="Whether to learn a scale (gamma)."))
    beta_initializer: Initializer = initializer("Zeros", "the shift")
    gamma_initializer: Initializer = initializer("Ones", "the scale")
    beta_regularizer: Regularizer | None = regularizer("the shift")
    gamma_regularizer: Regularizer | None = regularizer("the scale")
    beta_constraint: Constraint | None = constraint("the shift")
    gamma_constraint: Constraint | None = constraint("the scale")

    def scaled_weights(self, *shape: int) -> tuple[Weight, ...]:
        """Scale and shift, as far as they are learned."""
        gamma = Weight(
            "gamma",
            shape,
            self.gamma_initializer,
            regularizer=self.gamma_regularizer,
            constraint=self.gamma_constraint,
        )
        beta = Weight(
            "beta",
            shape,
            self.beta_initializer,
            regularizer=self.beta_regularizer,
            constraint=self.beta_constraint,
        )
        return (*((gamma,) if self.scale else ()), *((beta,) if self.center else ()))

    def gamma_and_beta(self, call: Call, x: Value, shape: tuple[int, ...]) -> tuple[Value, Value]:
        """The learned scale and shift, or those that change nothing, in a shape that broadcasts to ``x``."""
        gamma = call.weight("gamma") if self.scale else ops.broadcast_to(ops.number(1.0, x), shape)
        beta = call.weight("beta") if self.center else ops.broadcast_to(ops.number(0.0, x), shape)
        return ops.reshape(gamma, shape), ops.reshape(beta, shape)


class BatchNormalization(Normalizing):
    """Normalizes each feature over the batch in training, by moving averages afterwards or when frozen."""

    title = "BatchNormalization"
    ports = Ports(optional=("mask",))
    keras = Keras(ignored=("synchronized",))
    examples = (
        Example(inputs=((6, 3),), config=SCALED),
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
        Example(inputs=((3, 4, 2), (3, 4)), ports=("input", "mask"), dtypes=("float32", "bool")),
    )

    axis: int = integer(-1, help="The axis of the features; the last is -1.")
    momentum: float = number(
        0.99, minimum=0.0, maximum=1.0, help="How much the moving averages keep of themselves in each step."
    )
    moving_mean_initializer: Initializer = configured(
        "Zeros", INITIALIZERS, help="How the moving mean starts."
    )
    moving_variance_initializer: Initializer = configured(
        "Ones", INITIALIZERS, help="How the moving variance starts."
    )

    def line(self) -> str:
        return "" if self.axis == -1 else f"axis {self.axis}"

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        x = inputs[0]
        require_floats(self, x)
        require_axis(self, x, self.axis)
        return x

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        size = require_size(self, inputs[0], self.axis, "number of features")
        mean = Weight("moving_mean", (size,), self.moving_mean_initializer, trainable=False)
        variance = Weight("moving_variance", (size,), self.moving_variance_initializer, trainable=False)
        return (*self.scaled_weights(size), mean, variance)

    def lower(self, call: Call, *inputs: Value) -> Value:
        x = inputs[0]
        shape = tuple(size if axis == self.axis % x.rank else 1 for axis, size in enumerate(x.shape))
        gamma, beta = self.gamma_and_beta(call, x, shape)
        if not (call.training and call.trainable):
            mean, variance = (
                ops.reshape(call.weight(name), shape) for name in ("moving_mean", "moving_variance")
            )
            return self._normalized(x, mean, variance, gamma, beta)
        axes = tuple(axis for axis in range(x.rank) if axis != self.axis % x.rank)
        if call.masks[0] is None:
            y, mean, variance = ops.normalize(x, gamma, beta, axes=axes, epsilon=self.epsilon)
        else:
            mean, variance = _masked_moments(x, call.masks[0], axes)
            y = self._normalized(x, mean, variance, gamma, beta)
        self._move(call, "moving_mean", mean)
        self._move(call, "moving_variance", variance)
        return y

    def _normalized(self, x: Value, mean: Value, variance: Value, gamma: Value, beta: Value) -> Value:
        factor = gamma * ops.rsqrt(variance + self.epsilon)
        return x * factor + (beta - mean * factor)

    def _move(self, call: Call, name: str, seen: Value) -> None:
        before = call.latest(name)
        seen = ops.stop_gradient(ops.reshape(seen, before.shape))
        call.update(name, before * self.momentum + seen * (1.0 - self.momentum))


def _masked_moments(x: Value, mask: Value, axes: tuple[int, ...]) -> tuple[Value, Value]:
    """Mean and variance of the entries that are no padding, with the reduced axes of size 1."""
    counts = ops.broadcast_to(ops.cast(ops.expand_dims(mask, -1), dtype=x.dtype), x.shape)
    number_of = ops.sum(counts, axes, keepdims=True) + _MASKED
    mean = ops.sum(x * counts, axes, keepdims=True) / number_of
    variance = ops.sum(ops.square((x - mean) * counts), axes, keepdims=True) / number_of
    return mean, variance


class LayerNormalization(Normalizing):
    """Normalizes each sample by itself along its features."""

    title = "LayerNormalization"
    examples = (
        Example(inputs=((3, 5),), config=SCALED),
        Example(inputs=((2, 4, 3),), config={"axis": 1, "epsilon": 0.01}),
        Example(inputs=((2, 4, 3),), config={"axis": [1, 2], "center": False, "scale": False}),
        Example(inputs=((2, 4),), config={"rms_scaling": True}),
    )

    axis: tuple[int, ...] = integers((-1,), help="The axes of the features; the last is -1.")
    rms_scaling: bool = boolean(
        False, help="Whether only to divide by the standard deviation, without taking off the mean."
    )

    def line(self) -> str:
        axes = ", ".join(map(str, self.axis))
        return summary_line("" if self.axis == (-1,) else f"axis {axes}", "RMS" if self.rms_scaling else "")

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        require_floats(self, x)
        for axis in self.axis:
            require_axis(self, x, axis)
        return x

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        sizes = tuple(
            require_size(self, inputs[0], axis, "number of features") for axis in self._axes(inputs[0])
        )
        found = self.scaled_weights(*sizes)
        return found[:1] if self.rms_scaling and self.scale else found

    def lower(self, call: Call, *inputs: Value) -> Value:
        (x,) = inputs
        axes = self._axes(x.spec)
        shape = tuple(size if axis in axes else 1 for axis, size in enumerate(x.shape))
        if not self.rms_scaling:
            gamma, beta = self.gamma_and_beta(call, x, shape)
            return ops.normalize(x, gamma, beta, axes=axes, epsilon=self.epsilon)[0]
        variance = ops.mean(ops.square(x - ops.mean(x, axes, keepdims=True)), axes, keepdims=True)
        return x * ops.rsqrt(variance + self.epsilon) * ops.reshape(call.weight("gamma"), shape)

    def _axes(self, x: TensorSpec) -> tuple[int, ...]:
        return tuple(sorted(axis % x.rank for axis in self.axis))


class GroupNormalization(Normalizing):
    """Normalizes each sample by itself, over space and groups of neighbouring channels."""

    title = "GroupNormalization"
    examples = (
        Example(inputs=((2, 3, 4),), config={"groups": 2, **SCALED}),
        Example(inputs=((2, 6, 2, 3),), config={"groups": 3, "axis": 1, "epsilon": 0.01}),
        Example(inputs=((2, 3, 4),), config={"groups": -1, "center": False, "scale": False}),
    )

    groups: int = integer(32, minimum=-1, help="Number of groups of channels; -1: every channel by itself.")
    axis: int = integer(-1, help="The axis of the channels; the last is -1.")

    def line(self) -> str:
        groups = "each channel" if self.groups == -1 else f"{self.groups} groups"
        return summary_line(groups, "" if self.axis == -1 else f"axis {self.axis}")

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        require_floats(self, x)
        require_axis(self, x, self.axis)
        channels = x.shape[self.axis]
        if channels is not None and channels % self._groups(channels):
            raise ShapeError(
                f"GroupNormalization cannot split {channels} channels into {self.groups} equal groups"
            )
        return x

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        return self.scaled_weights(require_size(self, inputs[0], self.axis, "number of channels"))

    def lower(self, call: Call, *inputs: Value) -> Value:
        (x,) = inputs
        axis = self.axis % x.rank
        channels, groups = x.shape[axis], self._groups(x.shape[axis])
        split = (*x.shape[:axis], groups, channels // groups, *x.shape[axis + 1 :])
        shape = tuple(size if place in (axis, axis + 1) else 1 for place, size in enumerate(split))
        gamma, beta = self.gamma_and_beta(call, x, (channels,))
        axes = tuple(place for place in range(1, len(split)) if place != axis)
        y, _, _ = ops.normalize(
            ops.reshape(x, split), ops.reshape(gamma, shape), ops.reshape(beta, shape), axes, self.epsilon
        )
        return ops.reshape(y, x.shape)

    def _groups(self, channels: int) -> int:
        return channels if self.groups in (-1, 0) else self.groups


class RMSNormalization(Layer):
    """Divides each sample by its root mean square along its features (Zhang and Sennrich, 2019)."""

    formula = "y = scale · x / √(mean(x²) + epsilon)"
    title = "RMSNormalization"
    family = "normalization"
    examples = (
        Example(inputs=((3, 5),)),
        Example(inputs=((2, 4, 3),), config={"axis": [1, 2], "epsilon": 0.01}),
    )

    axis: tuple[int, ...] = integers((-1,), help="The axes of the features; the last is -1.")
    epsilon: float = number(
        1e-6, minimum=0.0, help="Added to the mean square, so that nothing is divided by zero."
    )

    def line(self) -> str:
        return "" if self.axis == (-1,) else f"axis {', '.join(map(str, self.axis))}"

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        require_floats(self, x)
        for axis in self.axis:
            require_axis(self, x, axis)
        return x

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        axes = sorted(axis % inputs[0].rank for axis in self.axis)
        sizes = tuple(require_size(self, inputs[0], axis, "number of features") for axis in axes)
        return (Weight("scale", sizes, INITIALIZERS.decode("Ones")),)

    def lower(self, call: Call, *inputs: Value) -> Value:
        (x,) = inputs
        axes = {axis % x.rank for axis in self.axis}
        shape = tuple(size if axis in axes else 1 for axis, size in enumerate(x.shape))
        square = ops.mean(ops.square(x), tuple(axes), keepdims=True)
        return x * ops.rsqrt(square + self.epsilon) * ops.reshape(call.weight("scale"), shape)


class UnitNormalization(Layer):
    """Brings each sample to length one along an axis."""

    formula = "y = x / √Σx²"
    title = "UnitNormalization"
    family = "normalization"
    keeps_mask = True
    examples = (Example(inputs=((3, 5),)), Example(inputs=((2, 4, 3),), config={"axis": [1, 2]}))

    axis: tuple[int, ...] = integers(
        (-1,), help="The axes along which the length is measured; the last is -1."
    )

    def line(self) -> str:
        return "" if self.axis == (-1,) else f"axis {', '.join(map(str, self.axis))}"

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        require_floats(self, x)
        for axis in self.axis:
            require_axis(self, x, axis)
        return x

    def lower(self, call: Call, *inputs: Value) -> Value:
        """Lengths are cut at 1e-12, so that zeros stay zeros."""
        (x,) = inputs
        squares = ops.sum(ops.square(x), self.axis, keepdims=True)
        return x * ops.rsqrt(ops.maximum(squares, ops.number(1e-24, x)))

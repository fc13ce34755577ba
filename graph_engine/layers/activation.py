"""Activation functions as layers of their own."""

from __future__ import annotations

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.activations import ACTIVATIONS, NORMALIZING, activate, elu, leaky_relu, softmax
from graph_engine.layers.base import Call, Example, Layer, Ports, Weight, summary_line
from graph_engine.layers.constraints import Constraint
from graph_engine.layers.initializers import Initializer
from graph_engine.layers.regularizers import Regularizer
from graph_engine.layers.requirements import require_axis, require_floats, require_size
from graph_engine.layers.weighted import constraint, initializer, regularizer
from graph_engine.params import choice, integers, number
from graph_engine.values import TensorSpec

_LOWEST = -1e9  # what Keras puts where nothing may go


class _Elementwise(Layer):
    """Another number for every number."""

    family = "activation"
    keeps_mask = True

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        require_floats(self, *inputs)
        return inputs[0]


class Activation(_Elementwise):
    """Applies any activation function by its name."""

    formula = "y = activation(x)"
    title = "Activation"
    examples = tuple(Example(inputs=((2, 5),), config={"activation": name}) for name in ACTIVATIONS)

    activation: str = choice("relu", ACTIVATIONS, help="The function that is applied.")

    def line(self) -> str:
        return self.activation

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        if self.activation in NORMALIZING:
            require_axis(self, inputs[0], -1)
        return super().infer(*inputs)

    def lower(self, call: Call, *inputs: Value) -> Value:
        return activate(self.activation, inputs[0])


class ReLU(_Elementwise):
    """Lets positive numbers through and cuts negative ones off, or flattens them."""

    formula = "y = x, at most max_value; below the threshold: negative_slope · (x − threshold)"
    title = "ReLU"
    examples = (
        Example(inputs=((2, 5),)),
        Example(inputs=((2, 9),), config={"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.25}),
    )

    max_value: float | None = number(
        None, minimum=0.0, optional=True, help="The largest result; none without it."
    )
    negative_slope: float = number(0.0, minimum=0.0, help="Slope below the threshold.")
    threshold: float = number(0.0, minimum=0.0, help="Numbers below it count as negative.")

    def line(self) -> str:
        return summary_line(
            "" if self.max_value is None else f"max {self.max_value:g}",
            f"slope {self.negative_slope:g}" if self.negative_slope else "",
            f"from {self.threshold:g}" if self.threshold else "",
        )

    def lower(self, call: Call, *inputs: Value) -> Value:
        y = self._rectified(inputs[0])
        return y if self.max_value is None else ops.minimum(y, ops.number(self.max_value, y))

    def _rectified(self, x: Value) -> Value:
        if not self.threshold and not self.negative_slope:
            return ops.relu(x)
        below = (x - self.threshold) * self.negative_slope
        return ops.where(ops.greater_equal(x, ops.number(self.threshold, x)), x, below)


class LeakyReLU(_Elementwise):
    """Lets positive numbers through and a part of negative ones."""

    formula = "y = x;  below 0: negative_slope · x"
    title = "LeakyReLU"
    examples = (Example(inputs=((2, 5),)), Example(inputs=((2, 3, 4),), config={"negative_slope": 0.1}))

    negative_slope: float = number(0.3, minimum=0.0, help="Slope below zero.")

    def line(self) -> str:
        return f"{self.negative_slope:g}"

    def lower(self, call: Call, *inputs: Value) -> Value:
        return leaky_relu(inputs[0], self.negative_slope)


class ELU(_Elementwise):
    """Lets positive numbers through and bends negative ones towards a lowest value (Clevert et al., 2016)."""

    formula = "y = x;  below 0: alpha · (eˣ − 1)"
    title = "ELU"
    examples = (Example(inputs=((2, 5),)), Example(inputs=((2, 3, 4),), config={"alpha": 0.5}))

    alpha: float = number(1.0, minimum=0.0, help="How far below zero results can come.")

    def line(self) -> str:
        return "" if self.alpha == 1.0 else f"{self.alpha:g}"

    def lower(self, call: Call, *inputs: Value) -> Value:
        return elu(inputs[0], self.alpha)


class PReLU(_Elementwise):
    """Lets positive numbers through and a learned part of negative ones (He et al., 2015)."""

    formula = "y = x;  below 0: alpha · x, with alpha learned"
    title = "PReLU"
    examples = (
        Example(inputs=((2, 5),)),
        Example(
            inputs=((2, 3, 4),),
            config={
                "alpha_initializer": "random_normal",
                "alpha_regularizer": "l2",
                "alpha_constraint": "non_neg",
                "shared_axes": [1],
            },
        ),
    )

    alpha_initializer: Initializer = initializer("Zeros", "the slope")
    alpha_regularizer: Regularizer | None = regularizer("the slope")
    alpha_constraint: Constraint | None = constraint("the slope")
    shared_axes: tuple[int, ...] | None = integers(
        None,
        optional=True,
        help="Axes along which all numbers share a slope, such as those of an image: 1, 2.",
    )

    def line(self) -> str:
        return "" if not self.shared_axes else f"shared along {', '.join(map(str, self.shared_axes))}"

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        for axis in self.shared_axes or ():
            require_axis(self, inputs[0], axis)
        return super().infer(*inputs)

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        (x,) = inputs
        common = {axis % x.rank for axis in self.shared_axes or ()}
        shape = tuple(
            1 if axis in common else require_size(self, x, axis, f"size along axis {axis}")
            for axis in range(1, x.rank)
        )
        alpha = Weight(
            "alpha",
            shape,
            self.alpha_initializer,
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
        )
        return (alpha,)

    def lower(self, call: Call, *inputs: Value) -> Value:
        (x,) = inputs
        return ops.relu(x) - call.weight("alpha") * ops.relu(-x)


class Softmax(_Elementwise):
    """Turns scores into shares of one along an axis; what a mask leaves out gets none."""

    formula = "yᵢ = exp(xᵢ) / Σⱼ exp(xⱼ)"
    title = "Softmax"
    ports = Ports(optional=("mask",))
    examples = (
        Example(inputs=((2, 5),)),
        Example(inputs=((2, 3, 4),), config={"axis": 1}),
        Example(inputs=((2, 3, 4),), config={"axis": [1, 2]}),
        Example(inputs=((2, 5), (2, 5)), ports=("input", "mask"), dtypes=("float32", "bool")),
    )

    axis: tuple[int, ...] = integers(
        (-1,), help="The axes along which results add up to one; the last is -1."
    )

    def line(self) -> str:
        return "" if self.axis == (-1,) else f"axis {', '.join(map(str, self.axis))}"

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        for axis in self.axis:
            require_axis(self, inputs[0], axis)
        return super().infer(inputs[0])

    def lower(self, call: Call, *inputs: Value) -> Value:
        x, mask = inputs[0], call.masks[0]
        if mask is None:
            return self._shares(x)
        kept = ops.cast(mask, dtype="bool") if mask.dtype != "bool" else mask
        kept = ops.broadcast_to(kept, x.shape)
        shares = self._shares(ops.where(kept, x, ops.number(_LOWEST, x)))
        return ops.where(kept, shares, ops.number(0.0, x))

    def _shares(self, x: Value) -> Value:
        if len(self.axis) == 1:
            return softmax(x, self.axis[0])
        axes = tuple(axis % x.rank for axis in self.axis)
        order = (*(axis for axis in range(x.rank) if axis not in axes), *axes)
        turned = ops.transpose(x, order)
        rows = ops.reshape(turned, (*turned.shape[: x.rank - len(axes)], -1))
        return ops.transpose(ops.reshape(softmax(rows), turned.shape), np.argsort(order).tolist())

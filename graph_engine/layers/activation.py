"""Activation functions as layers of their own."""

from __future__ import annotations

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.activations import ACTIVATIONS, NORMALIZING, activate, leaky_relu, softmax
from graph_engine.layers.base import Call, Example, Layer, summary_line
from graph_engine.layers.requirements import require_axis, require_floats
from graph_engine.params import choice, integer, number
from graph_engine.values import TensorSpec


class _Elementwise(Layer):
    """Another number for every number."""

    family = "activation"

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        require_floats(self, *inputs)
        return inputs[0]


class Activation(_Elementwise):
    """Applies any activation function by its name."""

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

    title = "LeakyReLU"
    examples = (Example(inputs=((2, 5),)), Example(inputs=((2, 3, 4),), config={"negative_slope": 0.1}))

    negative_slope: float = number(0.3, minimum=0.0, help="Slope below zero.")

    def line(self) -> str:
        return f"{self.negative_slope:g}"

    def lower(self, call: Call, *inputs: Value) -> Value:
        return leaky_relu(inputs[0], self.negative_slope)


class Softmax(_Elementwise):
    """Turns scores into shares of one along an axis."""

    title = "Softmax"
    examples = (Example(inputs=((2, 5),)), Example(inputs=((2, 3, 4),), config={"axis": 1}))

    axis: int = integer(-1, help="The axis along which the results add up to one; the last is -1.")

    def line(self) -> str:
        return "" if self.axis == -1 else f"axis {self.axis}"

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        require_axis(self, inputs[0], self.axis)
        return super().infer(*inputs)

    def lower(self, call: Call, *inputs: Value) -> Value:
        return softmax(inputs[0], self.axis)

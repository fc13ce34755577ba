"""Noise that is there in training alone, so that a network cannot lean on single numbers."""

from __future__ import annotations

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Example, Layer
from graph_engine.layers.requirements import require_floats
from graph_engine.params import number
from graph_engine.values import TensorSpec


class _Noise(Layer):
    """Changes nothing but numbers, and those only in training."""

    family = "regularization"

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        require_floats(self, *inputs)
        return inputs[0]

    def lower(self, call: Call, *inputs: Value) -> Value:
        return self.disturb(inputs[0]) if call.training else inputs[0]

    def disturb(self, x: Value) -> Value:
        raise NotImplementedError


class Dropout(_Noise):
    """Sets a random part of its input to zero in training, and scales the rest up to make good for it."""

    title = "Dropout"
    examples = (Example(inputs=((2, 5),)), Example(inputs=((2, 3, 4),), config={"rate": 0.2}))

    rate: float = number(0.5, minimum=0.0, maximum=1.0, help="Part of the input that is set to zero.")

    def line(self) -> str:
        return f"{self.rate:.3g}"

    def disturb(self, x: Value) -> Value:
        return x * ops.dropout_mask(x, self.rate) if self.rate else x


class GaussianNoise(_Noise):
    """Adds normal noise in training."""

    title = "GaussianNoise"
    examples = (Example(inputs=((2, 5),)), Example(inputs=((2, 3, 4),), config={"stddev": 0.5}))

    stddev: float = number(0.1, minimum=0.0, help="Standard deviation of the noise.")

    def line(self) -> str:
        return f"\u00b1{self.stddev:.3g}"

    def disturb(self, x: Value) -> Value:
        return x + ops.random_normal(x) * self.stddev if self.stddev else x

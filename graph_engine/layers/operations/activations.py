"""Activation functions (``keras.ops.nn``), with all of their parameters."""

from __future__ import annotations

import math
from typing import ClassVar, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.activations import activate, elu, leaky_relu
from graph_engine.layers.base import Example
from graph_engine.layers.operations.base import Operation
from graph_engine.layers.operations.dtypes import as_dtype, floating
from graph_engine.layers.operations.reductions import axes_of
from graph_engine.params import boolean, integer, number as number_param
from graph_engine.values import ShapeError

_X: Final = (Example(inputs=((2, 3, 4),)),)


class _Activation(Operation):
    """An activation function, as layers apply it."""

    module = "nn"
    examples: ClassVar[tuple[Example, ...]] = _X
    activation: ClassVar[str]

    def compute(self, x: Value) -> Value:
        return activate(type(self).activation, floating(x))


class ReluOp(_Activation):
    """Positive numbers; zero in place of others."""

    activation = "relu"
    examples = (*_X, Example(inputs=((2, 3),), dtype="int32"))

    def compute(self, x: Value) -> Value:
        return ops.relu(x) if x.dtype != "bool" else as_dtype(x, x.program.floats)


class Relu6Op(_Activation):
    """Between 0 and 6."""

    activation = "relu6"


class SigmoidOp(_Activation):
    """``1 / (1 + exp(-x))``."""

    activation = "sigmoid"


class SoftplusOp(_Activation):
    """``log(1 + exp(x))``."""

    activation = "softplus"


class SoftsignOp(_Activation):
    """``x / (1 + |x|)``."""

    activation = "softsign"


class SiluOp(_Activation):
    """``x * sigmoid(x)``."""

    activation = "silu"


class LogSigmoidOp(_Activation):
    """The logarithm of sigmoid."""

    activation = "log_sigmoid"


class HardSigmoidOp(_Activation):
    """``x / 6 + 0.5`` between 0 and 1."""

    activation = "hard_sigmoid"


class HardSiluOp(_Activation):
    """``x * hard_sigmoid(x)``."""

    activation = "hard_silu"


class HardTanhOp(_Activation):
    """Between -1 and 1."""

    activation = "hard_tanh"


class TanhShrinkOp(_Activation):
    """``x - tanh(x)``."""

    activation = "tanh_shrink"


class SeluOp(_Activation):
    """The exponential unit that keeps mean and variance."""

    activation = "selu"


class LeakyReluOp(Operation):
    """Positive numbers, and a part of negative ones."""

    module = "nn"
    examples = _X
    negative_slope: float = number_param(0.2, help="Slope below zero.")

    def compute(self, x: Value) -> Value:
        return leaky_relu(floating(x), self.negative_slope)


class EluOp(Operation):
    """``alpha * (exp(x) - 1)`` below zero."""

    module = "nn"
    examples = _X
    alpha: float = number_param(1.0, help="How far below zero results go.")

    def compute(self, x: Value) -> Value:
        return elu(floating(x), self.alpha)


class CeluOp(Operation):
    """``alpha * (exp(x / alpha) - 1)`` below zero."""

    module = "nn"
    examples = (Example(inputs=((2, 3),), config={"alpha": 0.5}),)
    alpha: float = number_param(1.0, help="How far below zero results go.")

    def compute(self, x: Value) -> Value:
        y = floating(x)
        zero = ops.number(0.0, y)
        below = self.alpha * ops.expm1(ops.minimum(y, zero) / self.alpha)
        return ops.where(ops.greater(y, zero), y, below)


class GeluOp(Operation):
    """x times the probability that a normal number is smaller."""

    module = "nn"
    examples = (*_X, Example(inputs=((2, 3),), config={"approximate": False}))
    approximate: bool = boolean(True, help="Whether by tanh, which is faster, or exactly.")

    def compute(self, x: Value) -> Value:
        y = floating(x)
        if not self.approximate:
            return activate("gelu", y)
        inner = (y + 0.044715 * y * y * y) * math.sqrt(2.0 / math.pi)
        return 0.5 * y * (1.0 + ops.tanh(inner))


class GluOp(Operation):
    """One half of an axis times the sigmoid of the other."""

    module = "nn"
    examples = _X
    axis: int = integer(-1, help="The axis that is halved.")

    def compute(self, x: Value) -> Value:
        (axis,) = axes_of(x, self.axis)
        if x.shape[axis] % 2:
            raise ShapeError(f"axis {self.axis} of size {x.shape[axis]} has no halves")
        first, second = ops.split(x, [x.shape[axis] // 2] * 2, axis)
        return first * ops.sigmoid(second)


class SquareplusOp(Operation):
    """``(x + sqrt(x^2 + b)) / 2``."""

    module = "nn"
    examples = _X
    b: float = number_param(4.0, minimum=0.0, help="How smooth the corner is.")

    def compute(self, x: Value) -> Value:
        y = floating(x)
        return 0.5 * (y + ops.sqrt(ops.square(y) + self.b))


class _Shrink(Operation):
    """Zero in place of what is near it."""

    module = "nn"
    examples: ClassVar[tuple[Example, ...]] = _X
    threshold: float = number_param(0.5, minimum=0.0, help="How near.")

    def outside(self, x: Value, kept: Value) -> Value:
        far = ops.greater(ops.absolute(x), ops.number(self.threshold, x))
        return ops.where(far, kept, ops.number(0.0, x))


class HardShrinkOp(_Shrink):
    """Zero in place of what is near it; the rest as it is."""

    def compute(self, x: Value) -> Value:
        return self.outside(floating(x), floating(x))


class SoftShrinkOp(_Shrink):
    """Zero in place of what is near it; the rest closer by as much."""

    def compute(self, x: Value) -> Value:
        y = floating(x)
        return self.outside(y, y - ops.sign(y) * self.threshold)


class ThresholdOp(Operation):
    """Numbers above a threshold; another in place of the rest."""

    module = "nn"
    examples = (Example(inputs=((2, 3),), config={"threshold": 0.2, "default_value": -1.0}),)
    threshold: float = number_param(0.0, help="What is not above it goes.")
    default_value: float = number_param(0.0, help="What stands in its place.")

    def compute(self, x: Value) -> Value:
        y = floating(x)
        above = ops.greater(y, ops.number(self.threshold, y))
        return ops.where(above, y, ops.number(self.default_value, y))


class SparsePlusOp(Operation):
    """Zero up to -1, x from 1 on, a parabola between."""

    module = "nn"
    examples = _X

    def compute(self, x: Value) -> Value:
        y = floating(x)
        middle = 0.25 * ops.square(y + 1.0)
        above = ops.where(ops.less(y, ops.number(1.0, y)), middle, y)
        return ops.where(ops.less_equal(y, ops.number(-1.0, y)), ops.number(0.0, y), above)


class SparseSigmoidOp(Operation):
    """Zero up to -1, one from 1 on, a line between."""

    module = "nn"
    examples = _X

    def compute(self, x: Value) -> Value:
        return ops.clip(0.5 * (floating(x) + 1.0), low=0.0, high=1.0)

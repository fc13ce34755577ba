"""Functions of two operands, tensors or constants, element by element: broadcast and promoted (``keras.ops``)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Example
from graph_engine.layers.operations.base import Operation, operand
from graph_engine.layers.operations.dtypes import (
    as_dtype,
    counted,
    floating,
    fractions,
    numbers,
    promoted,
    truth,
)
from graph_engine.params import boolean, number as number_param

_PAIR: Final = Example(inputs=((2, 3), (2, 3)))
_BROADCAST: Final = Example(inputs=((2, 1, 3), (2, 4, 1)))
_RIGHT: Final = Example(inputs=((2, 3),), config={"x2": 2.5})
_LEFT: Final = Example(inputs=((2, 3),), config={"x1": [0.5, 1.0, 2.0]})
_MIXED: Final = Example(inputs=((2, 3), (2, 3)), dtypes=("int32", "float32"))
_WHOLE: Final = Example(inputs=((2, 3), (2, 3)), dtype="int32")
_ALL: Final = (_PAIR, _BROADCAST, _RIGHT, _LEFT, _MIXED, _WHOLE)
_POSITIVE: Final = (Example(inputs=((2, 3), (2, 3)), span=(0.4, 2.0)), _WHOLE)
_BITS: Final = (_WHOLE, Example(inputs=((2, 3),), config={"y": 1}, dtype="int32"))
_TRUTH: Final = (Example(inputs=((2, 3), (2, 3)), dtype="bool"),)
Function = Callable[[Value, Value], Value]


class _Pair(Operation):
    """Two operands, each a wire or a constant."""

    operands = ("x1", "x2")
    examples: ClassVar[tuple[Example, ...]] = _ALL
    function: ClassVar[Function]

    x1: Any = operand()
    x2: Any = operand()


class _Same(_Pair):
    """Whole numbers with whole numbers stay whole."""

    def compute(self, x1: Value, x2: Value) -> Value:
        return type(self).function(*numbers(x1, x2))


class _Fraction(_Pair):
    """Fractions, whatever comes in."""

    examples: ClassVar[tuple[Example, ...]] = _POSITIVE

    def compute(self, x1: Value, x2: Value) -> Value:
        return type(self).function(*fractions(x1, x2))


class _Comparison(_Pair):
    """True or false."""

    def compute(self, x1: Value, x2: Value) -> Value:
        return type(self).function(*promoted(x1, x2))


class AddOp(_Same):
    """``x1 + x2``."""

    def compute(self, x1: Value, x2: Value) -> Value:
        if x1.dtype == x2.dtype == "bool":
            return ops.logical_or(x1, x2)
        return ops.add(*numbers(x1, x2))


class SubtractOp(_Same):
    """``x1 - x2``."""

    function = ops.subtract


class MultiplyOp(_Same):
    """``x1 * x2``."""

    def compute(self, x1: Value, x2: Value) -> Value:
        if x1.dtype == x2.dtype == "bool":
            return ops.logical_and(x1, x2)
        return ops.multiply(*numbers(x1, x2))


class DivideOp(_Fraction):
    """``x1 / x2``."""

    function = ops.divide


class TrueDivideOp(DivideOp):
    """``x1 / x2``."""


class DivideNoNanOp(_Fraction):
    """``x1 / x2``, zero where x2 is."""

    def compute(self, x1: Value, x2: Value) -> Value:
        a, b = fractions(x1, x2)
        zero = ops.equal(b, ops.number(0.0, b))
        return ops.where(zero, ops.number(0.0, a), a / ops.where(zero, ops.number(1.0, b), b))


class FloorDivideOp(_Same):
    """``x1 // x2``: the whole number below the quotient."""

    examples = _POSITIVE
    function = ops.floor_divide


class ModOp(_Same):
    """What is left of x1 after dividing by x2, with the sign of x2."""

    examples = (_POSITIVE[0], Example(inputs=((2, 3),), config={"x2": 3}, dtype="int32"))
    function = ops.remainder


class FmodOp(_Same):
    """What is left of x1 after dividing by x2, with the sign of x1."""

    examples = (_POSITIVE[0], Example(inputs=((2, 3),), config={"x2": 3}, dtype="int32"))

    def compute(self, x1: Value, x2: Value) -> Value:
        a, b = numbers(x1, x2)
        left = ops.remainder(ops.absolute(a), ops.absolute(b))
        return left * ops.sign(a)


class PowerOp(_Same):
    """``x1`` to the power of x2."""

    examples = (_POSITIVE[0], _WHOLE, Example(inputs=((2, 3),), config={"x2": 2}))

    def compute(self, x1: Value, x2: Value) -> Value:
        if isinstance(self.x2, (int, float)) and self.x2 == 2:
            return ops.square(numbers(x1, x2)[0])  # the common case, without a logarithm
        return ops.power(*numbers(x1, x2))


class MaximumOp(_Same):
    """The larger of the two."""

    function = ops.maximum


class MinimumOp(_Same):
    """The smaller of the two."""

    function = ops.minimum


class FmaxOp(_Same):
    """The larger of the two; NaN gives way."""

    def compute(self, x1: Value, x2: Value) -> Value:
        return _without_nan(ops.maximum, *numbers(x1, x2))


class FminOp(_Same):
    """The smaller of the two; NaN gives way."""

    def compute(self, x1: Value, x2: Value) -> Value:
        return _without_nan(ops.minimum, *numbers(x1, x2))


class Arctan2Op(_Fraction):
    """The angle of the point (x2, x1)."""

    function = ops.arctan2


class HypotOp(_Fraction):
    """The length of the vector (x1, x2)."""

    def compute(self, x1: Value, x2: Value) -> Value:
        a, b = fractions(x1, x2)
        return ops.sqrt(ops.square(a) + ops.square(b))


class LogaddexpOp(_Fraction):
    """``log(exp(x1) + exp(x2))``."""

    def compute(self, x1: Value, x2: Value) -> Value:
        a, b = fractions(x1, x2)
        return b + ops.softplus(a - b)


class Logaddexp2Op(_Fraction):
    """``log2(2 ** x1 + 2 ** x2)``."""

    def compute(self, x1: Value, x2: Value) -> Value:
        a, b = (value * math.log(2.0) for value in fractions(x1, x2))
        return (b + ops.softplus(a - b)) / math.log(2.0)


class LdexpOp(_Fraction):
    """``x1 * 2 ** x2``."""

    examples = (Example(inputs=((2, 3), (2, 3)), dtypes=("float32", "int32")),)

    def compute(self, x1: Value, x2: Value) -> Value:
        a, b = fractions(x1, x2)
        return a * ops.power(ops.number(2.0, b), b)


class HeavisideOp(_Pair):
    """0 below zero, 1 above it and x2 at zero."""

    examples = (_PAIR,)

    def compute(self, x1: Value, x2: Value) -> Value:
        a, b = fractions(x1, x2)
        zero = ops.number(0.0, a)
        step = as_dtype(ops.greater(a, zero), a.dtype)
        return ops.where(ops.equal(a, zero), b, step)


class EqualOp(_Comparison):
    """Whether they are equal."""

    function = ops.equal


class NotEqualOp(_Comparison):
    """Whether they differ."""

    function = ops.not_equal


class GreaterOp(_Comparison):
    """Whether x1 is larger."""

    function = ops.greater


class GreaterEqualOp(_Comparison):
    """Whether x1 is at least x2."""

    function = ops.greater_equal


class LessOp(_Comparison):
    """Whether x1 is smaller."""

    function = ops.less


class LessEqualOp(_Comparison):
    """Whether x1 is at most x2."""

    function = ops.less_equal


class IscloseOp(_Comparison):
    """Whether they are equal but for rounding."""

    called = ("x1", "x2", "rtol", "atol")

    equal_nan: bool = boolean(False, help="Whether NaN is close to NaN.")
    rtol: float = number_param(1e-5, minimum=0.0, help="How far, as a part of x2.")
    atol: float = number_param(1e-8, minimum=0.0, help="How far in addition.")

    def compute(self, x1: Value, x2: Value) -> Value:
        a, b = fractions(x1, x2)
        near = ops.less_equal(ops.absolute(a - b), ops.absolute(b) * self.rtol + self.atol)
        near = ops.logical_or(ops.logical_and(near, ops.is_finite(b)), ops.equal(a, b))
        return ops.logical_or(near, ops.logical_and(ops.is_nan(a), ops.is_nan(b))) if self.equal_nan else near


class _Logic(_Pair):
    """What counts is whether the operands are zero."""

    examples: ClassVar[tuple[Example, ...]] = (*_TRUTH, _MIXED)

    def compute(self, x1: Value, x2: Value) -> Value:
        return type(self).function(truth(x1), truth(x2))


class LogicalAndOp(_Logic):
    """Whether both are true."""

    function = ops.logical_and


class LogicalOrOp(_Logic):
    """Whether one is true."""

    function = ops.logical_or


class LogicalXorOp(_Logic):
    """Whether exactly one is true."""

    function = ops.logical_xor


class _Bits(Operation):
    """Whole numbers, bit by bit."""

    operands = ("x", "y")
    examples: ClassVar[tuple[Example, ...]] = _BITS
    function: ClassVar[Function]

    x: Any = operand()
    y: Any = operand()

    def compute(self, x: Value, y: Value) -> Value:
        return type(self).function(*promoted(x, y))


class BitwiseAndOp(_Bits):
    """Bits that both have."""

    function = ops.bitwise_and


class BitwiseOrOp(_Bits):
    """Bits that one has."""

    function = ops.bitwise_or


class BitwiseXorOp(_Bits):
    """Bits that exactly one has."""

    function = ops.bitwise_xor


class LeftShiftOp(_Bits):
    """Bits moved up: ``x << y``."""

    function = ops.left_shift


class BitwiseLeftShiftOp(LeftShiftOp):
    """Bits moved up: ``x << y``."""


class RightShiftOp(_Bits):
    """Bits moved down: ``x >> y``."""

    function = ops.right_shift


class BitwiseRightShiftOp(RightShiftOp):
    """Bits moved down: ``x >> y``."""


class WhereOp(Operation):
    """``x1`` where the condition holds, else x2."""

    operands = ("condition", "x1", "x2")
    examples = (
        Example(inputs=((2, 3), (2, 3), (2, 3)), dtypes=("bool", "float32", "float32")),
        Example(inputs=((2, 1), (2, 3)), config={"x2": 0.5}, dtypes=("bool", "float32")),
        Example(inputs=((2, 3),), config={"x1": 1, "x2": 0}, dtype="bool"),
    )

    condition: Any = operand()
    x1: Any = operand()
    x2: Any = operand()

    def compute(self, condition: Value, x1: Value, x2: Value) -> Value:
        return ops.where(truth(condition), *promoted(x1, x2))


def _without_nan(function: Function, a: Value, b: Value) -> Value:
    if a.dtype != floating(a).dtype:
        return function(counted(a), counted(b))
    first, second = ops.is_nan(a), ops.is_nan(b)
    return function(ops.where(first, b, a), ops.where(second, a, b))

"""Functions of each number alone (``keras.ops``): signs, rounding, bounds, tests, bits."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import ClassVar, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Example
from graph_engine.layers.operations.base import Operation
from graph_engine.layers.operations.dtypes import as_dtype, counted, floating, truth
from graph_engine.params import constant, integer, number

_WHOLE: Final = (Example(inputs=((2, 3),)), Example(inputs=((2, 3),), dtype="int32"))
_TRUTH: Final = (Example(inputs=((2, 3),), dtype="bool"),)


class _Same(Operation):
    """Numbers of the same kind: whole ones stay whole."""

    function: ClassVar[Callable[[Value], Value]]
    examples: ClassVar[tuple[Example, ...]] = _WHOLE

    def compute(self, x: Value) -> Value:
        return type(self).function(counted(x))


class Fraction(Operation):
    """Fractions, whatever comes in."""

    function: ClassVar[Callable[[Value], Value]]

    def compute(self, x: Value) -> Value:
        return type(self).function(floating(x))


class AbsoluteOp(_Same):
    """How far from zero."""

    function = ops.absolute


class AbsOp(AbsoluteOp):
    """How far from zero."""


class NegativeOp(_Same):
    """The opposite sign."""

    function = ops.negative


class SignOp(_Same):
    """-1, 0 or 1."""

    function = ops.sign


class SquareOp(_Same):
    """Times itself."""

    function = ops.square


class FabsOp(Fraction):
    """How far from zero, as a fraction."""

    function = ops.absolute


class FloorOp(Fraction):
    """The next whole number below."""

    function = ops.floor


class CeilOp(Fraction):
    """The next whole number above."""

    function = ops.ceil


class TruncOp(_Same):
    """The whole number towards zero."""

    examples = (Example(inputs=((2, 3),)),)

    def compute(self, x: Value) -> Value:
        return ops.trunc(x) if x.dtype == floating(x).dtype else x


class RoundOp(Operation):
    """The nearest whole number, or that many decimals; halves go to the even one."""

    decimals: int = integer(0, minimum=-30, maximum=30, help="How many decimals are kept.")

    def compute(self, x: Value) -> Value:
        scale = 10.0**self.decimals
        y = floating(x)
        rounded = ops.rint(y) if self.decimals == 0 else ops.rint(y * scale) / scale
        return as_dtype(rounded, x.dtype)


class ClipOp(Operation):
    """No smaller than one number and no larger than another."""

    examples = (
        Example(inputs=((2, 5),), config={"x_min": -0.5, "x_max": 0.5}),
        Example(inputs=((2, 5),), config={"x_max": 2}, dtype="int32"),
    )

    x_min: object = constant(0, help="The smallest result.")
    x_max: object = constant(1, help="The largest result.")

    def compute(self, x: Value) -> Value:
        y = counted(x)
        low, high = (float(each) for each in (self.x_min, self.x_max))  # type: ignore[arg-type]  # params hold numbers
        return ops.clip(y, low=low, high=high) if y.dtype == floating(y).dtype else self._whole(y, low, high)

    def _whole(self, x: Value, low: float, high: float) -> Value:
        """A fraction as a bound makes fractions of whole numbers, as in Keras on torch."""
        if any(isinstance(each, float) for each in (self.x_min, self.x_max)):
            return ops.clip(floating(x), low=low, high=high)
        return ops.clip(x, low=int(low), high=int(high))


class IsfiniteOp(Fraction):
    """Whether it is neither infinite nor NaN."""

    function = ops.is_finite


class IsinfOp(Fraction):
    """Whether it is infinite."""

    function = ops.is_infinite


class IsnanOp(Fraction):
    """Whether it is not a number."""

    function = ops.is_nan


class IsposinfOp(Fraction):
    """Whether it is positive infinity."""

    def compute(self, x: Value) -> Value:
        return ops.equal(floating(x), ops.number(math.inf, floating(x)))


class IsneginfOp(Fraction):
    """Whether it is negative infinity."""

    def compute(self, x: Value) -> Value:
        return ops.equal(floating(x), ops.number(-math.inf, floating(x)))


class NanToNumOp(Operation):
    """Numbers in place of NaN and the infinities."""

    nan: float = number(0.0, help="In place of NaN.")
    posinf: float | None = number(
        None, optional=True, help="In place of infinity; the largest number if none."
    )
    neginf: float | None = number(None, optional=True, help="In place of minus infinity; likewise.")

    def compute(self, x: Value) -> Value:
        if x.dtype != floating(x).dtype:
            return x
        top = 3.4028234663852886e38 if x.dtype == "float32" else 1.7976931348623157e308
        low = ops.equal(x, ops.number(-math.inf, x))
        high = ops.equal(x, ops.number(math.inf, x))
        y = ops.where(ops.is_nan(x), ops.number(self.nan, x), x)
        y = ops.where(high, ops.number(top if self.posinf is None else self.posinf, x), y)
        return ops.where(low, ops.number(-top if self.neginf is None else self.neginf, x), y)


class LogicalNotOp(Operation):
    """Whether it is zero."""

    examples = _TRUTH

    def compute(self, x: Value) -> Value:
        return ops.logical_not(truth(x))


class BitwiseNotOp(Operation):
    """The other bits."""

    examples = (Example(inputs=((2, 3),), dtype="int32"),)

    def compute(self, x: Value) -> Value:
        return ops.logical_not(x) if x.dtype == "bool" else ops.bitwise_not(x)


class BitwiseInvertOp(BitwiseNotOp):
    """The other bits."""

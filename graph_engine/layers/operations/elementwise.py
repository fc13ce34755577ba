"""Functions of each number alone (``keras.ops``)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import ClassVar, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Example
from graph_engine.layers.operations.base import Operation
from graph_engine.layers.operations.dtypes import CASTS, as_dtype, counted, floating, truth
from graph_engine.params import choice, constant, integer, number as number_param

_SMALL: Final = (Example(inputs=((2, 3),), span=(-0.9, 0.9)),)
_POSITIVE: Final = (Example(inputs=((2, 3),), span=(0.3, 3.0)),)
_WHOLE: Final = (Example(inputs=((2, 3),)), Example(inputs=((2, 3),), dtype="int32"))
_TRUTH: Final = (Example(inputs=((2, 3),), dtype="bool"),)


class _Same(Operation):
    """Numbers of the same kind: whole ones stay whole."""

    function: ClassVar[Callable[[Value], Value]]
    examples: ClassVar[tuple[Example, ...]] = _WHOLE

    def compute(self, x: Value) -> Value:
        return type(self).function(counted(x))


class _Fraction(Operation):
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


class FabsOp(_Fraction):
    """How far from zero, as a fraction."""

    function = ops.absolute


class FloorOp(_Fraction):
    """The next whole number below."""

    function = ops.floor


class CeilOp(_Fraction):
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


class ExpOp(_Fraction):
    """e to this power."""

    function = ops.exp


class Exp2Op(_Fraction):
    """2 to this power."""

    def compute(self, x: Value) -> Value:
        return ops.exp(floating(x) * math.log(2.0))


class Expm1Op(_Fraction):
    """e to this power, less one; precise near zero."""

    function = ops.expm1


class LogOp(_Fraction):
    """The natural logarithm."""

    examples = _POSITIVE
    function = ops.log


class Log1pOp(_Fraction):
    """The natural logarithm of one more; precise near zero."""

    examples = _POSITIVE
    function = ops.log1p


class Log2Op(_Fraction):
    """The logarithm to base 2."""

    examples = _POSITIVE

    def compute(self, x: Value) -> Value:
        return ops.log(floating(x)) / math.log(2.0)


class Log10Op(_Fraction):
    """The logarithm to base 10."""

    examples = _POSITIVE

    def compute(self, x: Value) -> Value:
        return ops.log(floating(x)) / math.log(10.0)


class SqrtOp(_Fraction):
    """The square root."""

    examples = _POSITIVE
    function = ops.sqrt


class RsqrtOp(_Fraction):
    """One through the square root."""

    module = "math"
    examples = _POSITIVE
    function = ops.rsqrt


class CbrtOp(_Fraction):
    """The cube root."""

    examples = _POSITIVE

    def compute(self, x: Value) -> Value:
        y = floating(x)
        return ops.sign(y) * ops.power(ops.absolute(y), ops.number(1.0 / 3.0, y))


class ReciprocalOp(_Fraction):
    """One through this."""

    examples = _POSITIVE
    function = ops.reciprocal


class SinOp(_Fraction):
    """The sine."""

    function = ops.sin


class CosOp(_Fraction):
    """The cosine."""

    function = ops.cos


class TanOp(_Fraction):
    """The tangent."""

    examples = _SMALL
    function = ops.tan


class ArcsinOp(_Fraction):
    """The angle with this sine."""

    examples = _SMALL
    function = ops.arcsin


class ArccosOp(_Fraction):
    """The angle with this cosine."""

    examples = _SMALL
    function = ops.arccos


class ArctanOp(_Fraction):
    """The angle with this tangent."""

    function = ops.arctan


class SinhOp(_Fraction):
    """The hyperbolic sine."""

    function = ops.sinh


class CoshOp(_Fraction):
    """The hyperbolic cosine."""

    function = ops.cosh


class TanhOp(_Fraction):
    """The hyperbolic tangent."""

    function = ops.tanh


class ArcsinhOp(_Fraction):
    """What the hyperbolic sine takes to this."""

    function = ops.arcsinh


class ArccoshOp(_Fraction):
    """What the hyperbolic cosine takes to this."""

    examples = (Example(inputs=((2, 3),), span=(1.2, 3.0)),)
    function = ops.arccosh


class ArctanhOp(_Fraction):
    """What the hyperbolic tangent takes to this."""

    examples = _SMALL
    function = ops.arctanh


class ErfOp(_Fraction):
    """The error function."""

    module = "math"
    function = ops.erf


class ErfcOp(_Fraction):
    """One less the error function."""

    module = "math"

    def compute(self, x: Value) -> Value:
        return 1.0 - ops.erf(floating(x))


class ErfinvOp(_Fraction):
    """What the error function takes to this."""

    module = "math"
    examples = _SMALL
    function = ops.erfinv


class SincOp(_Fraction):
    """``sin(pi x) / (pi x)``, one at zero."""

    def compute(self, x: Value) -> Value:
        y = floating(x) * math.pi
        zero = ops.equal(y, ops.number(0.0, y))
        safe = ops.where(zero, ops.number(1.0, y), y)
        return ops.where(zero, ops.number(1.0, y), ops.sin(safe) / safe)


class Deg2radOp(_Fraction):
    """Degrees as radians."""

    def compute(self, x: Value) -> Value:
        return floating(x) * (math.pi / 180.0)


class Rad2degOp(_Fraction):
    """Radians as degrees."""

    def compute(self, x: Value) -> Value:
        return floating(x) * (180.0 / math.pi)


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
        low, high = (float(each) for each in (self.x_min, self.x_max))  # type: ignore[arg-type]
        return ops.clip(y, low=low, high=high) if y.dtype == floating(y).dtype else self._whole(y, low, high)

    def _whole(self, x: Value, low: float, high: float) -> Value:
        """A fraction as a bound makes fractions of whole numbers, as in Keras on torch."""
        if any(isinstance(each, float) for each in (self.x_min, self.x_max)):
            return ops.clip(floating(x), low=low, high=high)
        return ops.clip(x, low=int(low), high=int(high))


class IsfiniteOp(_Fraction):
    """Whether it is neither infinite nor NaN."""

    function = ops.is_finite


class IsinfOp(_Fraction):
    """Whether it is infinite."""

    function = ops.is_infinite


class IsnanOp(_Fraction):
    """Whether it is not a number."""

    function = ops.is_nan


class IsposinfOp(_Fraction):
    """Whether it is positive infinity."""

    def compute(self, x: Value) -> Value:
        return ops.equal(floating(x), ops.number(math.inf, floating(x)))


class IsneginfOp(_Fraction):
    """Whether it is negative infinity."""

    def compute(self, x: Value) -> Value:
        return ops.equal(floating(x), ops.number(-math.inf, floating(x)))


class NanToNumOp(Operation):
    """Numbers in place of NaN and the infinities."""

    nan: float = number_param(0.0, help="In place of NaN.")
    posinf: float | None = number_param(
        None, optional=True, help="In place of infinity; the largest number if none."
    )
    neginf: float | None = number_param(None, optional=True, help="In place of minus infinity; likewise.")

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


class CastOp(Operation):
    """Another dtype."""

    module = "core"
    examples = (
        Example(inputs=((2, 3),), config={"dtype": "int32"}),
        Example(inputs=((2, 3),), dtype="bool"),
    )

    dtype: str = choice("float32", CASTS, help="The dtype of the result.")

    def compute(self, x: Value) -> Value:
        return as_dtype(x, self.dtype)


class SaturateCastOp(CastOp):
    """Another dtype, numbers cut to what it holds."""

    module = "core"

    def compute(self, x: Value) -> Value:
        bits = {"int32": 31, "int64": 63}.get(self.dtype)
        if bits and x.dtype == floating(x).dtype:  # whole floats nearest to the ends, inside them
            top = 2.0**bits - (2.0 ** (bits - 24) if x.dtype == "float32" else 2.0 ** max(0, bits - 53))
            x = ops.clip(x, low=-(2.0**bits), high=top)
        return as_dtype(x, self.dtype)


class CopyOp(Operation):
    """The same numbers."""

    def compute(self, x: Value) -> Value:
        return x


class StopGradientOp(Operation):
    """The same numbers, through which no gradient flows."""

    module = "core"
    operands = ("variable",)
    examples = (Example(inputs=((2, 3),), dtype="int32"),)

    def compute(self, variable: Value) -> Value:
        return ops.stop_gradient(variable)


class ConvertToTensorOp(Operation):
    """The same numbers, in another dtype if asked for."""

    ignored = ("sparse", "ragged")
    module = "core"
    dtype: str | None = choice(None, CASTS, optional=True, help="The dtype of the result; the same if none.")

    def compute(self, x: Value) -> Value:
        return as_dtype(x, self.dtype) if self.dtype else x

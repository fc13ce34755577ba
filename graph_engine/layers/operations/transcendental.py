"""Exponentials, logarithms, roots, angles and the error function of each number alone (``keras.ops``)."""

from __future__ import annotations

import math
from typing import Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Example
from graph_engine.layers.operations.dtypes import floating
from graph_engine.layers.operations.elementwise import Fraction

_SMALL: Final = (Example(inputs=((2, 3),), span=(-0.9, 0.9)),)
_POSITIVE: Final = (Example(inputs=((2, 3),), span=(0.3, 3.0)),)


class ExpOp(Fraction):
    """e to this power."""

    function = ops.exp


class Exp2Op(Fraction):
    """2 to this power."""

    def compute(self, x: Value) -> Value:
        return ops.exp(floating(x) * math.log(2.0))


class Expm1Op(Fraction):
    """e to this power, less one; precise near zero."""

    function = ops.expm1


class LogOp(Fraction):
    """The natural logarithm."""

    examples = _POSITIVE
    function = ops.log


class Log1pOp(Fraction):
    """The natural logarithm of one more; precise near zero."""

    examples = _POSITIVE
    function = ops.log1p


class Log2Op(Fraction):
    """The logarithm to base 2."""

    examples = _POSITIVE

    def compute(self, x: Value) -> Value:
        return ops.log(floating(x)) / math.log(2.0)


class Log10Op(Fraction):
    """The logarithm to base 10."""

    examples = _POSITIVE

    def compute(self, x: Value) -> Value:
        return ops.log(floating(x)) / math.log(10.0)


class SqrtOp(Fraction):
    """The square root."""

    examples = _POSITIVE
    function = ops.sqrt


class RsqrtOp(Fraction):
    """One through the square root."""

    module = "math"
    examples = _POSITIVE
    function = ops.rsqrt


class CbrtOp(Fraction):
    """The cube root."""

    examples = _POSITIVE

    def compute(self, x: Value) -> Value:
        y = floating(x)
        return ops.sign(y) * ops.power(ops.absolute(y), ops.number(1.0 / 3.0, y))


class ReciprocalOp(Fraction):
    """One through this."""

    examples = _POSITIVE
    function = ops.reciprocal


class SinOp(Fraction):
    """The sine."""

    function = ops.sin


class CosOp(Fraction):
    """The cosine."""

    function = ops.cos


class TanOp(Fraction):
    """The tangent."""

    examples = _SMALL
    function = ops.tan


class ArcsinOp(Fraction):
    """The angle with this sine."""

    examples = _SMALL
    function = ops.arcsin


class ArccosOp(Fraction):
    """The angle with this cosine."""

    examples = _SMALL
    function = ops.arccos


class ArctanOp(Fraction):
    """The angle with this tangent."""

    function = ops.arctan


class SinhOp(Fraction):
    """The hyperbolic sine."""

    function = ops.sinh


class CoshOp(Fraction):
    """The hyperbolic cosine."""

    function = ops.cosh


class TanhOp(Fraction):
    """The hyperbolic tangent."""

    function = ops.tanh


class ArcsinhOp(Fraction):
    """What the hyperbolic sine takes to this."""

    function = ops.arcsinh


class ArccoshOp(Fraction):
    """What the hyperbolic cosine takes to this."""

    examples = (Example(inputs=((2, 3),), span=(1.2, 3.0)),)
    function = ops.arccosh


class ArctanhOp(Fraction):
    """What the hyperbolic tangent takes to this."""

    examples = _SMALL
    function = ops.arctanh


class ErfOp(Fraction):
    """The error function."""

    module = "math"
    function = ops.erf


class ErfcOp(Fraction):
    """One less the error function."""

    module = "math"

    def compute(self, x: Value) -> Value:
        return 1.0 - ops.erf(floating(x))


class ErfinvOp(Fraction):
    """What the error function takes to this."""

    module = "math"
    examples = _SMALL
    function = ops.erfinv


class SincOp(Fraction):
    """``sin(pi x) / (pi x)``, one at zero."""

    def compute(self, x: Value) -> Value:
        y = floating(x) * math.pi
        zero = ops.equal(y, ops.number(0.0, y))
        safe = ops.where(zero, ops.number(1.0, y), y)
        return ops.where(zero, ops.number(1.0, y), ops.sin(safe) / safe)


class Deg2radOp(Fraction):
    """Degrees as radians."""

    def compute(self, x: Value) -> Value:
        return floating(x) * (math.pi / 180.0)


class Rad2degOp(Fraction):
    """Radians as degrees."""

    def compute(self, x: Value) -> Value:
        return floating(x) * (180.0 / math.pi)

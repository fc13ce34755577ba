"""Primitives that work element by element, in two tables: name, numpy function, gradient rule."""

from __future__ import annotations

import math

import numpy as np

from graph_engine.kernels import ops, special
from graph_engine.kernels.copying import cast
from graph_engine.kernels.program import Value
from graph_engine.kernels.rules import Binary, Unary, no_gradient, no_gradients
from graph_engine.kernels.selecting import relu_gradient, shared_win, where

_TWO_OVER_ROOT_PI = 2.0 / math.sqrt(math.pi)

negative = Unary("negative", np.negative, lambda x, y, g: -g)
exp = Unary("exp", np.exp, lambda x, y, g: g * y)
expm1 = Unary("expm1", np.expm1, lambda x, y, g: g * (y + 1.0))
log = Unary("log", np.log, lambda x, y, g: g / x)
log1p = Unary("log1p", np.log1p, lambda x, y, g: g / (x + 1.0))
sqrt = Unary("sqrt", np.sqrt, lambda x, y, g: g * 0.5 / y)
rsqrt = Unary("rsqrt", special.rsqrt, lambda x, y, g: g * -0.5 * y * y * y)
square = Unary("square", np.square, lambda x, y, g: g * 2.0 * x)
reciprocal = Unary("reciprocal", np.reciprocal, lambda x, y, g: -(g * y * y))
absolute = Unary("absolute", np.absolute, lambda x, y, g: g * sign(x))
sign: Unary = Unary("sign", np.sign, no_gradient)
floor = Unary("floor", np.floor, no_gradient)
ceil = Unary("ceil", np.ceil, no_gradient)
rint = Unary("round", np.rint, no_gradient)
trunc = Unary("trunc", np.trunc, no_gradient)
sin = Unary("sin", np.sin, lambda x, y, g: g * cos(x))
cos: Unary = Unary("cos", np.cos, lambda x, y, g: -(g * sin(x)))
tan = Unary("tan", np.tan, lambda x, y, g: g * (1.0 + y * y))
arcsin = Unary("arcsin", np.arcsin, lambda x, y, g: g * rsqrt(1.0 - x * x))
arccos = Unary("arccos", np.arccos, lambda x, y, g: -(g * rsqrt(1.0 - x * x)))
arctan = Unary("arctan", np.arctan, lambda x, y, g: g / (1.0 + x * x))
sinh = Unary("sinh", np.sinh, lambda x, y, g: g * cosh(x))
cosh: Unary = Unary("cosh", np.cosh, lambda x, y, g: g * sinh(x))
arcsinh = Unary("arcsinh", np.arcsinh, lambda x, y, g: g * rsqrt(x * x + 1.0))
arccosh = Unary("arccosh", np.arccosh, lambda x, y, g: g * rsqrt(x * x - 1.0))
arctanh = Unary("arctanh", np.arctanh, lambda x, y, g: g / (1.0 - x * x))
tanh = Unary("tanh", np.tanh, lambda x, y, g: g * (1.0 - y * y))
sigmoid = Unary("sigmoid", special.sigmoid, lambda x, y, g: g * y * (1.0 - y))
relu = Unary("relu", special.relu, lambda x, y, g: relu_gradient(g, y))
softplus = Unary("softplus", special.softplus, lambda x, y, g: g * sigmoid(x))
erf = Unary("erf", special.erf, lambda x, y, g: g * _TWO_OVER_ROOT_PI * exp(-square(x)))
erfinv = Unary("erfinv", special.erfinv, lambda x, y, g: g / _TWO_OVER_ROOT_PI * exp(square(y)))
is_nan = Unary("is_nan", np.isnan, no_gradient, "bool")
is_infinite = Unary("is_infinite", np.isinf, no_gradient, "bool")
is_finite = Unary("is_finite", np.isfinite, no_gradient, "bool")
logical_not = Unary("logical_not", np.logical_not, no_gradient, "bool")
bitwise_not = Unary("bitwise_not", np.bitwise_not, no_gradient)

add = Binary("add", np.add, lambda x, y, z, g: (g, g))
subtract = Binary("subtract", np.subtract, lambda x, y, z, g: (g, -g))
multiply = Binary("multiply", np.multiply, lambda x, y, z, g: (g * y, g * x))
divide = Binary("divide", np.divide, lambda x, y, z, g: (g / y, -(g * z / y)))
power: Binary = Binary(
    "power", np.power, lambda x, y, z, g: (g * y * power(x, _one_less(y)), g * z * _safe_log(x))
)
arctan2 = Binary(
    "arctan2", np.arctan2, lambda x, y, z, g: (g * y / (x * x + y * y), -(g * x / (x * x + y * y)))
)
floor_divide = Binary("floor_divide", np.floor_divide, no_gradients)
remainder = Binary("remainder", np.remainder, lambda x, y, z, g: (g, -(g * floor(x / y))))
maximum = Binary("maximum", np.maximum, lambda x, y, z, g: shared_win(greater(x, y), greater(y, x), g))
minimum = Binary("minimum", np.minimum, lambda x, y, z, g: shared_win(less(x, y), less(y, x), g))
equal = Binary("equal", np.equal, no_gradients, "bool")
not_equal = Binary("not_equal", np.not_equal, no_gradients, "bool")
greater: Binary = Binary("greater", np.greater, no_gradients, "bool")
greater_equal = Binary("greater_equal", np.greater_equal, no_gradients, "bool")
less: Binary = Binary("less", np.less, no_gradients, "bool")
less_equal = Binary("less_equal", np.less_equal, no_gradients, "bool")
logical_and = Binary("logical_and", np.logical_and, no_gradients, "bool")
logical_or = Binary("logical_or", np.logical_or, no_gradients, "bool")
logical_xor = Binary("logical_xor", np.logical_xor, no_gradients, "bool")
bitwise_and = Binary("bitwise_and", np.bitwise_and, no_gradients)
bitwise_or = Binary("bitwise_or", np.bitwise_or, no_gradients)
bitwise_xor = Binary("bitwise_xor", np.bitwise_xor, no_gradients)
left_shift = Binary("left_shift", np.left_shift, no_gradients)
right_shift = Binary("right_shift", np.right_shift, no_gradients)


def _one_less(exponent: Value) -> Value:
    """``exponent - 1``, but 0 for 0, so that the gradient of ``0 ** 0`` is 0 and not 0 / 0."""
    return exponent - cast(not_equal(exponent, ops.number(0.0, exponent)), dtype=exponent.dtype)


def _safe_log(x: Value) -> Value:
    """``log(x)`` where x is positive, 0 elsewhere: the exponent's gradient at 0 ** y."""
    positive = greater(x, ops.number(0.0, x))
    return where(positive, log(where(positive, x, ops.number(1.0, x))), ops.number(0.0, x))

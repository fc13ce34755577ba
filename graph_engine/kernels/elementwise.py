"""Primitives that work element by element: rules in tables, one short class a kind."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.primitive import Gradients, Primitive, Specs
from graph_engine.kernels.program import Array, Op, Value
from graph_engine.values import DType, ShapeError, TensorSpec

UnaryRule = Callable[[Value, Value, Value], Value | None]  # (input, output, gradient) -> input's gradient
BinaryRule = Callable[[Value, Value, Value, Value], tuple[Value | None, Value | None]]


class Unary(Primitive):
    """``y = f(x)``. ``rule`` gives the gradient from x, y and the gradient of y."""

    in_place = True

    def __init__(
        self, name: str, function: Callable[..., Any], rule: UnaryRule, dtype: DType | None = None
    ) -> None:
        self.name = name
        self.function = function
        self.rule = rule
        self.dtype = dtype

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (TensorSpec(inputs[0].shape, self.dtype or inputs[0].dtype),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        self.function(inputs[0], out=outputs[0])

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        return (self.rule(op.inputs[0], op.outputs[0], gradient),)


class Binary(Primitive):
    """``z = f(x, y)`` with numpy's broadcasting. ``rule`` gives both gradients before they are summed back."""

    in_place = True

    def __init__(
        self, name: str, function: Callable[..., Any], rule: BinaryRule, dtype: DType | None = None
    ) -> None:
        self.name = name
        self.function = function
        self.rule = rule
        self.dtype = dtype

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        x, y = inputs
        return (TensorSpec(broadcast(x, y), self.dtype or x.dtype),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        self.function(inputs[0], inputs[1], out=outputs[0])

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        x, y = op.inputs
        return tuple(
            None if found is None else ops.sum_to(found, value.shape)
            for found, value in zip(self.rule(x, y, op.outputs[0], gradient), (x, y), strict=True)
        )


class Where(Primitive):
    """``condition ? a : b``, broadcast."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        condition, a, b = inputs
        shape = np.broadcast_shapes(condition.shape, a.shape, b.shape)  # type: ignore[arg-type]  # concrete
        return (TensorSpec(shape, a.dtype),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        condition, a, b = inputs
        np.copyto(outputs[0], b)
        np.copyto(outputs[0], a, where=condition)

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        condition, a, b = op.inputs
        (gradient,) = gradients
        assert gradient is not None
        zero = gradient.program.constant(0.0, gradient.dtype)
        return (
            None,
            ops.sum_to(where(condition, gradient, zero), a.shape),
            ops.sum_to(where(condition, zero, gradient), b.shape),
        )


class Cast(Primitive):
    """Another dtype, as numpy converts."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (TensorSpec(inputs[0].shape, attrs["dtype"]),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        np.copyto(outputs[0], inputs[0], casting="unsafe")

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        dtype = op.inputs[0].dtype
        return (cast(gradient, dtype=dtype) if dtype in FLOATS else None,)


class Clip(Primitive):
    """Values limited to ``low`` .. ``high``; no gradient where they are cut."""

    in_place = True

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[0],)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        np.clip(inputs[0], attrs["low"], attrs["high"], out=outputs[0])

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (x,), (gradient,) = op.inputs, gradients
        assert gradient is not None
        inside = logical_and(
            greater_equal(x, _like(x, op.attrs["low"])), less_equal(x, _like(x, op.attrs["high"]))
        )
        return (where(inside, gradient, _like(gradient, 0.0)),)


class ReluGradient(Primitive):
    """The gradient where relu's output is positive, zero elsewhere."""

    in_place = True

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[0],)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        gradient, output = inputs
        np.multiply(gradient, output > 0, out=outputs[0])

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        return relu_gradient(gradient, op.inputs[1]), None


class Copy(Primitive):
    """The same values in memory of their own."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[0],)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        np.copyto(outputs[0], inputs[0])

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        return gradients


class StopGradient(Copy):
    """The same values, through which no gradient flows."""

    is_view: ClassVar[bool] = True

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        return (None,)


FLOATS = ("float32", "float64")


def broadcast(*specs: TensorSpec) -> tuple[int, ...]:
    """The common shape. Raises ShapeError when there is none."""
    try:
        return np.broadcast_shapes(*(spec.shape for spec in specs))  # type: ignore[arg-type]  # concrete
    except ValueError:
        raise ShapeError(
            f"shapes {' and '.join(str(spec.shape) for spec in specs)} do not broadcast"
        ) from None


def _like(value: Value, number: float) -> Value:
    return value.program.constant(number, value.dtype)


def _sigmoid(x: Array, out: Array) -> Array:
    """``1 / (1 + exp(-x))`` as ``(1 + tanh(x / 2)) / 2``, which never overflows."""
    np.multiply(x, 0.5, out=out)
    np.tanh(out, out=out)
    np.add(out, 1.0, out=out)
    return np.multiply(out, 0.5, out=out)


def _softplus(x: Array, out: Array) -> Array:
    return np.logaddexp(x, 0.0, out=out)


def _rsqrt(x: Array, out: Array) -> Array:
    np.sqrt(x, out=out)
    return np.reciprocal(out, out=out)


_scalar_erf = np.vectorize(math.erf, otypes=[np.float64])


def _erf(x: Array, out: Array) -> Array:
    """The error function. float64 takes the C library's; float32 a rational fit within 1e-7 (W. J. Cody, 1969)."""
    if x.dtype == np.float64:
        out[...] = _scalar_erf(x) if x.size else x
        return out
    return _erf32(x, out)


# Abramowitz and Stegun 7.1.26 is too coarse; this is the expansion of Numerical Recipes' erfc (2nd ed., 6.2).
_ERFC = (
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806,
    0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277,
)  # fmt: skip


def _erf32(x: Array, out: Array) -> Array:
    size = np.abs(x).astype(np.float64)
    t = 1.0 / (1.0 + 0.5 * size)
    series = np.polynomial.polynomial.polyval(t, _ERFC)
    out[...] = np.copysign(1.0 - t * np.exp(series - size * size), x)
    return out


def _no(*values: Value) -> None:
    return None


def _none(*values: Value) -> tuple[None, None]:
    return None, None


_TWO_OVER_ROOT_PI = 2.0 / math.sqrt(math.pi)

negative = Unary("negative", np.negative, lambda x, y, g: -g)
exp = Unary("exp", np.exp, lambda x, y, g: g * y)
log = Unary("log", np.log, lambda x, y, g: g / x)
log1p = Unary("log1p", np.log1p, lambda x, y, g: g / (x + 1.0))
sqrt = Unary("sqrt", np.sqrt, lambda x, y, g: g * 0.5 / y)
rsqrt = Unary("rsqrt", _rsqrt, lambda x, y, g: g * -0.5 * y * y * y)
square = Unary("square", np.square, lambda x, y, g: g * 2.0 * x)
reciprocal = Unary("reciprocal", np.reciprocal, lambda x, y, g: -(g * y * y))
absolute = Unary("absolute", np.absolute, lambda x, y, g: g * sign(x))
sign: Unary = Unary("sign", np.sign, _no)
floor = Unary("floor", np.floor, _no)
sin = Unary("sin", np.sin, lambda x, y, g: g * cos(x))
cos: Unary = Unary("cos", np.cos, lambda x, y, g: -(g * sin(x)))
tanh = Unary("tanh", np.tanh, lambda x, y, g: g * (1.0 - y * y))
sigmoid = Unary("sigmoid", _sigmoid, lambda x, y, g: g * y * (1.0 - y))
relu = Unary("relu", lambda x, out: np.maximum(x, 0, out=out), lambda x, y, g: relu_gradient(g, y))
softplus = Unary("softplus", _softplus, lambda x, y, g: g * sigmoid(x))
erf = Unary("erf", _erf, lambda x, y, g: g * _TWO_OVER_ROOT_PI * exp(-square(x)))
is_finite = Unary("is_finite", np.isfinite, _no, "bool")
logical_not = Unary("logical_not", np.logical_not, _no, "bool")

add = Binary("add", np.add, lambda x, y, z, g: (g, g))
subtract = Binary("subtract", np.subtract, lambda x, y, z, g: (g, -g))
multiply = Binary("multiply", np.multiply, lambda x, y, z, g: (g * y, g * x))
divide = Binary("divide", np.divide, lambda x, y, z, g: (g / y, -(g * z / y)))
power: Binary = Binary(
    "power", np.power, lambda x, y, z, g: (g * y * power(x, y - 1.0), g * z * _safe_log(x))
)
maximum = Binary("maximum", np.maximum, lambda x, y, z, g: _winner(greater(x, y), greater(y, x), g))
minimum = Binary("minimum", np.minimum, lambda x, y, z, g: _winner(less(x, y), less(y, x), g))
equal = Binary("equal", np.equal, _none, "bool")
not_equal = Binary("not_equal", np.not_equal, _none, "bool")
greater: Binary = Binary("greater", np.greater, _none, "bool")
greater_equal = Binary("greater_equal", np.greater_equal, _none, "bool")
less: Binary = Binary("less", np.less, _none, "bool")
less_equal = Binary("less_equal", np.less_equal, _none, "bool")
logical_and = Binary("logical_and", np.logical_and, _none, "bool")
logical_or = Binary("logical_or", np.logical_or, _none, "bool")

where = Where()
cast = Cast()
clip = Clip()
relu_gradient: ReluGradient = ReluGradient()
copy = Copy()
stop_gradient = StopGradient()


def _safe_log(x: Value) -> Value:
    """``log(x)`` where x is positive, 0 elsewhere: the exponent's gradient at 0 ** y."""
    positive = greater(x, _like(x, 0.0))
    return where(positive, log(where(positive, x, _like(x, 1.0))), _like(x, 0.0))


def _winner(first: Value, second: Value, gradient: Value) -> tuple[Value, Value]:
    """The gradient to the larger (or smaller) side; equal sides share it, as in torch."""
    mine, theirs = cast(first, dtype=gradient.dtype), cast(second, dtype=gradient.dtype)
    return gradient * ((mine - theirs) * 0.5 + 0.5), gradient * ((theirs - mine) * 0.5 + 0.5)

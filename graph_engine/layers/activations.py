"""The functions that layers apply to their results, by name, as Keras 3 defines them.

Adding one is adding a line to ``_FUNCTIONS``; the order here is the order in which they are offered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value

SELU_SCALE: Final = 1.0507009873554805
SELU_ALPHA: Final = 1.6732632423543772


def activate(name: str, value: Value, axis: int = -1) -> Value:
    """Apply the activation called ``name``; ``axis`` matters to softmax and log_softmax alone."""
    if name in NORMALIZING:
        return NORMALIZING[name](value, axis)
    return _FUNCTIONS[name](value)


def leaky_relu(x: Value, negative_slope: float = 0.2) -> Value:
    return ops.where(ops.greater(x, _number(x, 0.0)), x, negative_slope * x)


def elu(x: Value, alpha: float = 1.0) -> Value:
    """``alpha * (exp(x) - 1)`` below zero; the exponent is cut at zero so that the other side cannot overflow."""
    below = alpha * (ops.exp(ops.minimum(x, _number(x, 0.0))) - 1.0)
    return ops.where(ops.greater(x, _number(x, 0.0)), x, below)


def softmax(x: Value, axis: int = -1) -> Value:
    return ops.softmax(x, axis=axis)


def log_softmax(x: Value, axis: int = -1) -> Value:
    return x - ops.logsumexp(x, axis=axis, keepdims=True)


def _linear(x: Value) -> Value:
    return x


def _gelu(x: Value) -> Value:
    """The exact form, by the error function."""
    return 0.5 * x * (1.0 + ops.erf(x * 0.5**0.5))


def _selu(x: Value) -> Value:
    return SELU_SCALE * elu(x, SELU_ALPHA)


def _hard_sigmoid(x: Value) -> Value:
    return ops.clip(x / 6.0 + 0.5, low=0.0, high=1.0)


def _sparse_plus(x: Value) -> Value:
    """Zero up to -1, the identity from 1 on, a parabola between."""
    between = 0.25 * ops.square(ops.clip(x, low=-1.0, high=1.0) + 1.0)
    return ops.where(ops.greater_equal(x, _number(x, 1.0)), x, between)


def _shrink(x: Value, shrunk: Value) -> Value:
    """``shrunk`` where ``|x| > 0.5``, else zero."""
    return ops.where(ops.greater(ops.absolute(x), _number(x, 0.5)), shrunk, _number(x, 0.0))


def _number(x: Value, number: float) -> Value:
    return x.program.constant(number, x.dtype)


_FUNCTIONS: Final[Mapping[str, Callable[[Value], Value]]] = {
    "linear": _linear,
    "relu": ops.relu,
    "sigmoid": ops.sigmoid,
    "tanh": ops.tanh,
    "leaky_relu": leaky_relu,
    "relu6": lambda x: ops.clip(x, low=0.0, high=6.0),
    "elu": elu,
    "celu": elu,
    "selu": _selu,
    "gelu": _gelu,
    "silu": lambda x: x * ops.sigmoid(x),
    "mish": lambda x: x * ops.tanh(ops.softplus(x)),
    "softplus": ops.softplus,
    "softsign": lambda x: x / (1.0 + ops.absolute(x)),
    "hard_sigmoid": _hard_sigmoid,
    "hard_silu": lambda x: x * _hard_sigmoid(x),
    "hard_tanh": lambda x: ops.clip(x, low=-1.0, high=1.0),
    "log_sigmoid": lambda x: -ops.softplus(-x),
    "tanh_shrink": lambda x: x - ops.tanh(x),
    "soft_shrink": lambda x: _shrink(x, x - 0.5 * ops.sign(x)),
    "hard_shrink": lambda x: _shrink(x, x),
    "sparse_plus": _sparse_plus,
    "sparse_sigmoid": lambda x: ops.clip(0.5 * x + 0.5, low=0.0, high=1.0),
    "squareplus": lambda x: 0.5 * (x + ops.sqrt(ops.square(x) + 4.0)),
    "exponential": ops.exp,
}
NORMALIZING: Final[Mapping[str, Callable[[Value, int], Value]]] = {
    "softmax": softmax,
    "log_softmax": log_softmax,
}
_COMMON: Final = ("linear", "relu", "sigmoid", "tanh", "softmax")
ACTIVATIONS: Final[tuple[str, ...]] = (
    *_COMMON,
    *(name for name in (*_FUNCTIONS, *NORMALIZING) if name not in _COMMON),
)

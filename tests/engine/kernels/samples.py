"""Inputs and attributes for every primitive: what the contract test runs each of them on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from graph_engine.kernels import (
    accumulate,
    convolution,
    copying,
    elementwise,
    fused,
    indexing,
    matmul,
    normalization,
    ops,
    pooling,
    random,
    recurrent,
    reduce,
    scan,
    selecting,
    shape,
    softmax,
    sorting,
)
from graph_engine.kernels.primitive import Primitive
from graph_engine.kernels.program import Array, Program, Value
from graph_engine.values import TensorSpec
from tests.engine.kernels.running import forward


@dataclass(frozen=True, slots=True)
class Sample:
    """``through``: the outputs that carry gradients (None: all). ``blind``: float inputs that get none by design."""

    primitive: Primitive
    inputs: tuple[Array, ...] = ()
    attrs: dict[str, Any] = field(default_factory=dict)
    through: tuple[int, ...] | None = None
    blind: tuple[int, ...] = ()


def spread(*sizes: int, low: float = -2.0, high: float = 2.0, seed: int = 0) -> Array:
    """Shuffled numbers with room between each other, none of them 0: no ties, and no kink nearby."""
    count = math.prod(sizes)
    numbers = np.linspace(low, high, count) + 0.0123
    return np.random.default_rng([seed, count]).permutation(numbers).reshape(sizes)


def samples() -> Iterator[Sample]:
    yield from _unary()
    yield from _binary()
    yield from _selecting()
    yield from _reductions()
    yield from _moving()
    yield from _accumulating()
    yield from _sorting()
    yield from _softmax()
    yield from _indexing()
    yield from _matmul()
    yield from _convolution()
    yield from _pooling()
    yield from _normalization()
    yield from _recurrent()
    yield from _scanned()
    yield from _fused()
    for drawn in (random.random_uniform_, random.random_normal_):
        yield Sample(drawn, attrs={"shape": (3, 4), "dtype": "float64"})
    yield Sample(random.dropout_mask_, attrs={"shape": (3, 4), "dtype": "float64", "rate": 0.4})


def _unary() -> Iterator[Sample]:
    e = elementwise
    anywhere = (
        e.negative, e.exp, e.square, e.reciprocal, e.absolute, e.sign, e.floor, e.sin, e.cos, e.tanh,
        e.sigmoid, e.relu, e.softplus, e.erf, e.is_finite, copying.copy, e.ceil, e.rint, e.trunc, e.arctan,
        e.sinh, e.cosh, e.arcsinh, e.expm1, e.is_nan, e.is_infinite,
    )  # fmt: skip
    for primitive in anywhere:
        yield Sample(primitive, (spread(3, 4),))
    for primitive in (e.log, e.log1p, e.sqrt, e.rsqrt):
        yield Sample(primitive, (spread(3, 4, low=0.2),))
    for primitive in (e.tan, e.arcsin, e.arccos, e.arctanh, e.erfinv):
        yield Sample(primitive, (spread(3, 4, low=-0.9, high=0.9),))
    yield Sample(e.arccosh, (spread(3, 4, low=1.2),))
    yield Sample(e.bitwise_not, (np.arange(6),))
    yield Sample(copying.stop_gradient, (spread(3, 4),), blind=(0,))
    yield Sample(e.logical_not, (spread(3, 4) > 0,))


def _binary() -> Iterator[Sample]:
    e = elementwise
    for primitive in (e.add, e.subtract, e.multiply, e.divide, e.maximum, e.minimum):
        yield Sample(primitive, (spread(3, 4), spread(3, 4, seed=1)))
        yield Sample(primitive, (spread(2, 1, 4), spread(3, 1, seed=1)))
    yield Sample(e.power, (spread(3, 4, low=0.2), spread(4, seed=1)))
    for compare in (e.equal, e.not_equal, e.greater, e.greater_equal, e.less, e.less_equal):
        yield Sample(compare, (spread(3, 4), spread(4, seed=1)))
    yield Sample(e.arctan2, (spread(3, 4), spread(4, seed=1)))
    yield Sample(e.floor_divide, (spread(3, 4), spread(4, low=0.7, seed=1)))
    yield Sample(e.remainder, (spread(3, 4), spread(4, low=0.7, seed=1)))
    for bits in (e.bitwise_and, e.bitwise_or, e.bitwise_xor, e.left_shift, e.right_shift):
        yield Sample(bits, (np.arange(6), np.array([3, 0, 1, 2, 1, 3])))
    for logic in (e.logical_and, e.logical_or, e.logical_xor):
        yield Sample(logic, (spread(3, 4) > 0, spread(4, seed=1) > 0))
    yield Sample(selecting.relu_gradient, (spread(3, 4), np.maximum(spread(3, 4, seed=1), 0)), blind=(1,))


def _selecting() -> Iterator[Sample]:
    yield Sample(selecting.where, (spread(3, 4) > 0, spread(3, 1), spread(4, seed=1)))
    yield Sample(selecting.clip, (spread(3, 4),), {"low": -1.0, "high": 0.5})
    yield Sample(copying.cast, (spread(3, 4),), {"dtype": "float64"})
    yield Sample(copying.cast, (spread(3, 4),), {"dtype": "int32"})
    yield Sample(copying.cast, (np.arange(6),), {"dtype": "float64"})


def _reductions() -> Iterator[Sample]:
    for reduction in (reduce.sum_, reduce.mean_, reduce.max_, reduce.min_):
        yield Sample(reduction, (spread(2, 3, 4),), {"axes": (0, 2), "keepdims": False})
        yield Sample(reduction, (spread(2, 3, 4),), {"axes": (1,), "keepdims": True})
    yield Sample(reduce.prod_, (spread(2, 3, 4),), {"axes": (0, 2), "keepdims": False})
    yield Sample(reduce.prod_, (spread(2, 3, 4).round(),), {"axes": (1,), "keepdims": True})
    for logic in (reduce.any_, reduce.all_):
        yield Sample(logic, (spread(2, 3, 4) > 0,), {"axes": (1, 2), "keepdims": False})
    yield Sample(reduce.argmax_, (spread(2, 3, 4),), {"axis": 1})


def _accumulating() -> Iterator[Sample]:
    x, zeros = spread(2, 3, 4), spread(2, 5).round()
    for reverse in (False, True):
        yield Sample(accumulate.cumsum_, (x,), {"axis": 1, "reverse": reverse})
        for each in (x, zeros):
            attrs = {"axis": 1, "reverse": reverse}
            yield Sample(accumulate.cumprod_, (each,), attrs)
            gradient = spread(*each.shape, seed=1)
            yield Sample(accumulate.cumprod_gradient, (each, gradient), attrs, through=())


def _sorting() -> Iterator[Sample]:
    indices = np.array([[0, -1, 2, 2], [1, 1, 0, 0]])
    yield Sample(sorting.argsort_, (spread(2, 3, 4),), {"axis": 1})
    yield Sample(sorting.take_along_, (spread(2, 3), indices), {"axis": 1})
    yield Sample(sorting.add_along, (spread(2, 4), indices), {"axis": 1, "size": 3})


def _moving() -> Iterator[Sample]:
    x = spread(2, 3, 4)
    cut = {"starts": (0, 2, 1), "stops": (2, None, 4), "steps": (1, -1, 2)}
    yield Sample(shape.reshape_, (x,), {"shape": (4, 6)})
    yield Sample(shape.transpose_, (x,), {"perm": (2, 0, 1)})
    yield Sample(shape.broadcast_to_, (spread(3, 1),), {"shape": (2, 3, 4)})
    yield Sample(shape.concatenate_, (x, spread(2, 1, 4), spread(2, 2, 4)), {"axis": 1})
    yield Sample(shape.slice_, (x,), cut)
    yield Sample(shape.slice_gradient, (spread(2, 3, 2),), {**cut, "shape": (2, 3, 4)})
    yield Sample(shape.pad_, (x,), {"pads": ((1, 0), (0, 0), (2, 1)), "value": 0.5})


def _softmax() -> Iterator[Sample]:
    x = spread(2, 3, 4)
    for axis in (1, 2):
        yield Sample(softmax.softmax_, (x,), {"axis": axis})
        yield Sample(softmax.log_softmax_, (x,), {"axis": axis})
        yield Sample(softmax.softmax_gradient, (x, spread(2, 3, 4, seed=1)), {"axis": axis})


def _indexing() -> Iterator[Sample]:
    indices = np.array([[0, 3, 3], [1, 3, 0]])
    yield Sample(indexing.gather, (spread(5, 2), indices))
    yield Sample(indexing.scatter_add, (spread(2, 3, 2), indices), {"shape": (5, 2)})
    yield Sample(indexing.one_hot_, (indices,), {"depth": 4, "dtype": "float64"})


def _matmul() -> Iterator[Sample]:
    left, right = (
        {False: spread(2, 3, 4), True: spread(2, 4, 3)},
        {False: spread(2, 4, 5), True: spread(2, 5, 4)},
    )
    for first in (False, True):
        for second in (False, True):
            attrs = {"transpose_a": first, "transpose_b": second}
            yield Sample(matmul.matmul, (left[first], right[second]), attrs)
    yield Sample(matmul.matmul, (spread(3, 4), spread(4, 2)))


CONVOLUTIONS: tuple[tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]], ...] = (
    ((2, 5, 2), (3, 2, 3), {"strides": (2,), "pads": ((1, 2),), "dilation": (1,), "groups": 1}),
    ((2, 3, 2), (1, 2, 3), {"strides": (1,), "pads": ((0, 0),), "dilation": (1,), "groups": 1}),
    ((1, 4, 2), (1, 1, 4), {"strides": (1,), "pads": ((0, 0),), "dilation": (1,), "groups": 2}),
    ((1, 4, 5, 2), (2, 3, 2, 2), {"strides": (1, 1), "pads": ((0, 0), (1, 1)), "dilation": (2, 1), "groups": 1}),
    ((2, 4, 4, 2), (2, 2, 1, 4), {"strides": (2, 1), "pads": ((0, 1), (0, 0)), "dilation": (1, 1), "groups": 2}),
    ((1, 3, 4), (2, 2, 6), {"strides": (1,), "pads": ((1, 0),), "dilation": (1,), "groups": 2}),
    ((1, 3, 4), (1, 2, 6), {"strides": (1,), "pads": ((0, 0),), "dilation": (1,), "groups": 2}),
    ((1, 4, 3), (2, 1, 3), {"strides": (1,), "pads": ((0, 0),), "dilation": (2,), "groups": 3}),
    ((1, 3, 2, 3, 1), (2, 1, 2, 1, 2),
     {"strides": (1, 1, 2), "pads": ((0, 0), (0, 0), (1, 0)), "dilation": (1, 1, 1), "groups": 1}),
)  # fmt: skip


def _convolution() -> Iterator[Sample]:
    for size, window, attrs in CONVOLUTIONS:
        x, kernel = spread(*size), spread(*window, seed=1)
        yield Sample(convolution.conv, (x, kernel), attrs)
        (y,) = forward(convolution.conv, (x, kernel), attrs)
        yield Sample(convolution.conv_grad_input, (y, kernel), {**attrs, "shape": size})
        yield Sample(convolution.conv_grad_kernel, (x, y), {**attrs, "shape": window})


def _pooling() -> Iterator[Sample]:
    p = pooling
    for size, attrs in (
        ((2, 5, 2), {"size": (2,), "strides": (2,), "pads": ((0, 0),)}),
        ((2, 4, 5, 2), {"size": (3, 2), "strides": (2, 1), "pads": ((1, 1), (0, 1))}),
        ((1, 3, 2, 3, 1), {"size": (2, 1, 2), "strides": (1, 1, 2), "pads": ((0, 0), (0, 0), (0, 1))}),
    ):
        x = spread(*size)
        (y,) = forward(p.max_pool, (x,), attrs)
        gradient = spread(*y.shape, seed=1)
        yield Sample(p.max_pool, (x,), attrs)
        yield Sample(p.max_pool_gradient, (x, y, gradient), attrs, blind=(0, 1))
        yield Sample(p.max_pool_pick, (x, y, spread(*size, seed=1)), attrs, blind=(0, 1))
        yield Sample(p.average_pool, (x,), attrs)
        yield Sample(p.average_pool_gradient, (gradient,), {**attrs, "shape": size})


def _normalization() -> Iterator[Sample]:
    n = normalization
    for axes, scales in (((0, 1), (1, 1, 4)), ((2,), (1, 1, 4)), ((1, 2), (1, 3, 4)), ((0, 2), (2, 1, 4))):
        x, gamma, beta = spread(2, 3, 4), spread(*scales, seed=1), spread(*scales, seed=2)
        attrs = {"axes": axes, "epsilon": 0.1}
        yield Sample(n.normalize_, (x, gamma, beta), attrs, through=(0,))
        _, mean, inverse = forward(n.normalize_, (x, gamma, beta), attrs)
        gradient = spread(2, 3, 4, seed=3)
        yield Sample(n.normalize_gradient, (gradient, x, gamma, mean, inverse), {"axes": axes}, through=())


def _recurrent() -> Iterator[Sample]:
    units = 2
    weights = (spread(3, 4 * units), spread(units, 4 * units, seed=1), spread(4 * units, seed=2))
    inputs = (spread(2, 4, 3, seed=3), *weights, spread(2, units, seed=4), spread(2, units, seed=5))
    for through in ((0, 1), (0,), (1,)):
        yield Sample(recurrent.lstm_, inputs, through=through)
    yield Sample(recurrent.lstm_, (inputs[0][:, :1], *inputs[1:]), through=(0, 1))
    states = forward(recurrent.lstm_, inputs, {})
    arriving = (spread(4, 2, units, seed=6), spread(4, 2, units, seed=7))
    yield Sample(recurrent.lstm_gradient, (*inputs, *states, *arriving), through=())


def _scanned() -> Iterator[Sample]:
    """Two states, a mask, a value around the body, one that is a step's result unchanged, and a view."""

    def step(take: scan.Taking, here: Sequence[Value], before: Sequence[Value]) -> Sequence[Value]:
        (x, seen), (h, other) = here, before
        new = ops.tanh(
            ops.reshape(ops.matmul(h, take(kernel)), x.shape) * x
            + take(kernel.program.constant(0.5, "float64"))
        )
        return ops.where(seen, new, h), h * other

    program = Program(floats="float64")
    x = program.feed("x", TensorSpec((4, 3, 2), "float64"))
    seen = program.feed("seen", TensorSpec((4, 3, 2), "bool"))
    h, other = (program.feed(name, TensorSpec((3, 2), "float64")) for name in ("h", "other"))
    kernel = program.feed("kernel", TensorSpec((2, 2), "float64"))
    ops.scan(step, (x, seen), (h, other))
    (op,) = program.ops
    inputs = (
        spread(4, 3, 2),
        spread(4, 3, 2, seed=1) > -1.0,
        spread(3, 2, seed=2),
        spread(3, 2, seed=3),
        spread(2, 2, seed=4),
        np.array(0.5),
    )
    for through in ((0, 1), (1,)):
        yield Sample(scan.scan_, inputs, dict(op.attrs), through=through)
    states = forward(scan.scan_, inputs, op.attrs)
    arriving = (spread(4, 3, 2, seed=6), spread(4, 3, 2, seed=7))
    yield Sample(scan.scan_gradient, (*inputs, *states, *arriving), dict(op.attrs), through=())


def _fused() -> Iterator[Sample]:
    """What only compiler passes make, which therefore has no second derivative."""
    a, b, c = spread(6, 4), spread(4, 5, seed=1), spread(6, 5, seed=2)
    for also, extras in ((("bias",), (spread(5, seed=3),)), (("start", "bias"), (c, spread(5, seed=3)))):
        yield Sample(fused.fused_matmul, (a, b, *extras), {"also": also, "relu": True}, through=())
    yield Sample(fused.fused_matmul, (a, b, c), {"also": ("gate",), "relu": False}, through=())
    for size, window, attrs in CONVOLUTIONS:
        x, kernel, more = spread(*size), spread(*window, seed=1), {"also": ("bias", "start"), "relu": True}
        (y,) = forward(convolution.conv, (x, kernel), attrs)
        bias, gate = spread(window[-1], seed=2), spread(*size, seed=3)
        yield Sample(fused.fused_conv, (x, kernel, bias, y), {**attrs, **more}, through=())
        gated = {**attrs, "shape": size, "also": ("gate",), "relu": False}
        yield Sample(fused.fused_conv_grad_input, (y, kernel, gate), gated, through=())
    x, gamma, beta, residual = (
        spread(2, 3, 4),
        spread(1, 1, 4, seed=1),
        spread(1, 1, 4, seed=2),
        spread(2, 3, 4, seed=3),
    )
    attrs = {"axes": (0, 1), "epsilon": 0.1, "relu": True}
    yield Sample(fused.fused_normalize, (x, gamma, beta), {**attrs, "also": ()}, through=())
    yield Sample(fused.fused_normalize, (x, gamma, beta, residual), {**attrs, "also": ("start",)}, through=())
    y, mean, inverse = forward(fused.fused_normalize, (x, gamma, beta), {**attrs, "also": ()})
    gradient, gated = spread(2, 3, 4, seed=4), {"axes": (0, 1), "also": ("gate",), "relu": False}
    yield Sample(fused.fused_normalize_gradient, (gradient, x, gamma, mean, inverse, y), gated, through=())

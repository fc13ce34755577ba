"""Every primitive by its name, as programs are written with them: ``ops.sum(x, axes=(1,))``.

Primitives whose name ends in ``_`` take complete attributes only; the functions here take what a
reader would write (axes from the end, one unknown size) and complete it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

from graph_engine.kernels.accumulate import cumprod_, cumsum_
from graph_engine.kernels.contraction import (
    common_shape as common_shape,
    diagonal as diagonal,
    einsum as einsum,
    product as product,
    tensordot as tensordot,
)
from graph_engine.kernels.convolution import (
    conv as conv,
    conv_grad_input as conv_grad_input,
    conv_grad_kernel as conv_grad_kernel,
)
from graph_engine.kernels.copying import (
    cast as cast,
    copy as copy,
    stop_gradient as stop_gradient,
)
from graph_engine.kernels.elementwise import (
    absolute as absolute,
    add as add,
    arccos as arccos,
    arccosh as arccosh,
    arcsin as arcsin,
    arcsinh as arcsinh,
    arctan as arctan,
    arctan2 as arctan2,
    arctanh as arctanh,
    bitwise_and as bitwise_and,
    bitwise_not as bitwise_not,
    bitwise_or as bitwise_or,
    bitwise_xor as bitwise_xor,
    ceil as ceil,
    cos as cos,
    cosh as cosh,
    divide as divide,
    equal as equal,
    erf as erf,
    erfinv as erfinv,
    exp as exp,
    expm1 as expm1,
    floor as floor,
    floor_divide as floor_divide,
    greater as greater,
    greater_equal as greater_equal,
    is_finite as is_finite,
    is_infinite as is_infinite,
    is_nan as is_nan,
    left_shift as left_shift,
    less as less,
    less_equal as less_equal,
    log as log,
    log1p as log1p,
    logical_and as logical_and,
    logical_not as logical_not,
    logical_or as logical_or,
    logical_xor as logical_xor,
    maximum as maximum,
    minimum as minimum,
    multiply as multiply,
    negative as negative,
    not_equal as not_equal,
    power as power,
    reciprocal as reciprocal,
    relu as relu,
    remainder as remainder,
    right_shift as right_shift,
    rint as rint,
    rsqrt as rsqrt,
    sigmoid as sigmoid,
    sign as sign,
    sin as sin,
    sinh as sinh,
    softplus as softplus,
    sqrt as sqrt,
    square as square,
    subtract as subtract,
    tan as tan,
    tanh as tanh,
    trunc as trunc,
)
from graph_engine.kernels.indexing import gather as gather, one_hot_, scatter_add as scatter_add
from graph_engine.kernels.matmul import matmul as matmul
from graph_engine.kernels.normalization import normalize_
from graph_engine.kernels.pooling import average_pool as average_pool, max_pool as max_pool
from graph_engine.kernels.primitive import Primitive
from graph_engine.kernels.program import Value
from graph_engine.kernels.random import dropout_mask_, random_normal_, random_uniform_
from graph_engine.kernels.recurrent import lstm_
from graph_engine.kernels.reduce import all_, any_, argmax_, max_, mean_, min_, prod_, sum_
from graph_engine.kernels.scan import scan as scan
from graph_engine.kernels.selecting import (
    clip as clip,
    relu_gradient as relu_gradient,
    where as where,
)
from graph_engine.kernels.shape import broadcast_to_, concatenate_, pad_, reshape_, slice_, transpose_
from graph_engine.kernels.softmax import log_softmax_, softmax_
from graph_engine.kernels.sorting import argsort_, take_along_
from graph_engine.values import DType, ShapeError


def number(content: float, like: Value) -> Value:
    """A scalar constant of the dtype of ``like``."""
    return like.program.constant(content, like.dtype)


def sum(x: Value, axes: Sequence[int] | None = None, keepdims: bool = False) -> Value:  # noqa: A001
    """Over ``axes`` (all of them when None), like every reduction below."""
    return _reduce(sum_, x, axes, keepdims)


def mean(x: Value, axes: Sequence[int] | None = None, keepdims: bool = False) -> Value:
    return _reduce(mean_, x, axes, keepdims)


def max(x: Value, axes: Sequence[int] | None = None, keepdims: bool = False) -> Value:  # noqa: A001
    return _reduce(max_, x, axes, keepdims)


def min(x: Value, axes: Sequence[int] | None = None, keepdims: bool = False) -> Value:  # noqa: A001
    return _reduce(min_, x, axes, keepdims)


def prod(x: Value, axes: Sequence[int] | None = None, keepdims: bool = False) -> Value:
    return _reduce(prod_, x, axes, keepdims)


def any(x: Value, axes: Sequence[int] | None = None, keepdims: bool = False) -> Value:  # noqa: A001
    return _reduce(any_, x, axes, keepdims)


def all(x: Value, axes: Sequence[int] | None = None, keepdims: bool = False) -> Value:  # noqa: A001
    return _reduce(all_, x, axes, keepdims)


def argmax(x: Value, axis: int = -1) -> Value:
    """Index (int64) of the largest element; the first of equal ones."""
    return argmax_(x, axis=_axis(x, axis))


def argmin(x: Value, axis: int = -1) -> Value:
    """Index (int64) of the smallest element; the first of equal ones."""
    return argmax(logical_not(x) if x.dtype == "bool" else negative(x), axis)


def cumsum(x: Value, axis: int, reverse: bool = False) -> Value:
    """Each element and all before it (after it when ``reverse``) along ``axis``, added up."""
    return cumsum_(x, axis=_axis(x, axis), reverse=reverse)


def cumprod(x: Value, axis: int, reverse: bool = False, exclusive: bool = False) -> Value:
    """Each element and all before it (after it) multiplied; without the element itself when ``exclusive``."""
    found = cumprod_(x, axis=_axis(x, axis), reverse=reverse)
    if not exclusive:
        return found
    size, one = x.shape[_axis(x, axis)], x.program.constant(1, x.dtype)
    kept = slice_axis(found, axis, 1, size) if reverse else slice_axis(found, axis, 0, size - 1)
    first = broadcast_to(one, tuple(1 if each == _axis(x, axis) else n for each, n in enumerate(x.shape)))
    return concatenate(*((kept, first) if reverse else (first, kept)), axis=axis)


def argsort(x: Value, axis: int = -1) -> Value:
    """The indices (int64) that put the elements in ascending order; equal ones keep theirs."""
    return argsort_(x, axis=_axis(x, axis))


def take_along(x: Value, indices: Value, axis: int) -> Value:
    """``x`` at ``indices`` along ``axis``, as numpy's ``take_along_axis``; the other axes are equal."""
    return take_along_(x, indices, axis=_axis(x, axis))


def softmax(x: Value, axis: int = -1) -> Value:
    return softmax_(x, axis=_axis(x, axis))


def log_softmax(x: Value, axis: int = -1) -> Value:
    return log_softmax_(x, axis=_axis(x, axis))


def logsumexp(x: Value, axis: int = -1, keepdims: bool = False) -> Value:
    """``log(sum(exp(x)))`` along ``axis``, shifted by the maximum so that nothing overflows."""
    top = stop_gradient(max(x, (axis,), keepdims=True))
    total = log(sum(exp(x - top), (axis,), keepdims=True)) + top
    return total if keepdims else squeeze(total, axis)


def reshape(x: Value, shape: Sequence[int | None]) -> Value:
    """Same elements, another shape; one size may be -1."""
    known = math.prod(size for size in shape if size is not None and size >= 0)
    rest = math.prod(x.shape) // known if known else 0
    full = tuple(rest if size is None or size < 0 else size for size in shape)
    return x if full == x.shape else reshape_(x, shape=full)


def expand_dims(x: Value, axis: int) -> Value:
    """A new axis of size 1 at ``axis`` of the result."""
    position = axis + x.rank + 1 if axis < 0 else axis
    return reshape(x, (*x.shape[:position], 1, *x.shape[position:]))


def squeeze(x: Value, axis: int) -> Value:
    """Without ``axis``, whose size is 1."""
    position = _axis(x, axis)
    return reshape(x, (*x.shape[:position], *x.shape[position + 1 :]))


def transpose(x: Value, perm: Sequence[int]) -> Value:
    """Axes in the order ``perm``."""
    return x if list(perm) == list(range(x.rank)) else transpose_(x, perm=tuple(perm))


def broadcast_to(x: Value, shape: Sequence[int]) -> Value:
    return x if tuple(shape) == x.shape else broadcast_to_(x, shape=tuple(shape))


def sum_to(x: Value, shape: Sequence[int]) -> Value:
    """What broadcasting ``shape`` to ``x.shape`` repeated, added up again: the gradient of broadcasting."""
    extra = x.rank - len(shape)
    repeated = [extra + axis for axis, size in enumerate(shape) if size == 1 and x.shape[extra + axis] != 1]
    axes = (*range(extra), *repeated)
    return reshape(_reduce(sum_, x, axes, keepdims=True), shape) if axes else x


def concatenate(*values: Value, axis: int) -> Value:
    return values[0] if len(values) == 1 else concatenate_(*values, axis=_axis(values[0], axis))


def stack(*values: Value, axis: int) -> Value:
    """Side by side along a new axis at ``axis`` of the result."""
    return concatenate(*(expand_dims(value, axis) for value in values), axis=axis)


def slice(  # noqa: A001
    x: Value, starts: Sequence[int], stops: Sequence[int | None], steps: Sequence[int] | None = None
) -> Value:
    """``x[starts:stops:steps]`` in every axis."""
    return slice_(x, starts=tuple(starts), stops=tuple(stops), steps=tuple(steps or (1,) * x.rank))


def slice_axis(x: Value, axis: int, start: int, stop: int) -> Value:
    """``start`` to ``stop`` of one axis, all of the others."""
    position = _axis(x, axis)
    starts = [start if each == position else 0 for each in range(x.rank)]
    stops = [stop if each == position else size for each, size in enumerate(x.shape)]
    return x if tuple(stops) == x.shape and start == 0 else slice(x, starts, stops)


def split(x: Value, sizes: Sequence[int], axis: int) -> tuple[Value, ...]:
    """Consecutive parts of the given sizes along ``axis``."""
    stops = list(itertools.accumulate(sizes))
    if stops[-1] != x.shape[_axis(x, axis)]:
        raise ShapeError(
            f"parts of sizes {tuple(sizes)} do not make up axis {_axis(x, axis)} of shape {x.shape}"
        )
    return tuple(slice_axis(x, axis, stop - size, stop) for size, stop in zip(sizes, stops, strict=True))


def flip(x: Value, axis: int) -> Value:
    """Backwards along ``axis``."""
    position = _axis(x, axis)
    backwards = [each == position for each in range(x.rank)]
    starts = [size - 1 if back else 0 for back, size in zip(backwards, x.shape, strict=True)]
    stops = [None if back else size for back, size in zip(backwards, x.shape, strict=True)]
    return slice(x, starts, stops, [-1 if back else 1 for back in backwards])


def pad(x: Value, pads: Sequence[tuple[int, int]], value: float = 0.0) -> Value:
    """``pads``: (before, after) for every axis."""
    return x if set(pads) == {(0, 0)} else pad_(x, pads=tuple(pads), value=value)


def one_hot(indices: Value, depth: int, dtype: DType = "float32") -> Value:
    return one_hot_(indices, depth=depth, dtype=dtype)


def normalize(
    x: Value, gamma: Value, beta: Value, axes: Sequence[int], epsilon: float
) -> tuple[Value, Value, Value]:
    """(y, mean, variance): y scaled by ``gamma`` and shifted by ``beta``, both of the rank of ``x``.

    Mean and variance (biased) keep the reduced axes with size 1; they carry no gradient.
    """
    places = tuple(sorted(_axis(x, axis) for axis in axes))
    y, mean_of_x, inverse = normalize_.several(x, gamma, beta, axes=places, epsilon=epsilon)
    variance = reciprocal(square(inverse)) - epsilon  # which rounding may take below 0
    return y, mean_of_x, relu(variance)


def lstm(
    x: Value, kernel: Value, recurrent_kernel: Value, bias: Value, h: Value, c: Value
) -> tuple[Value, Value]:
    """Hidden and cell states after every step, time first, for x (batch, steps, features)."""
    hidden, cells, _ = lstm_.several(x, kernel, recurrent_kernel, bias, h, c)
    return hidden, cells


def random_uniform(like: Value, shape: Sequence[int] | None = None) -> Value:
    """Uniform in [0, 1), of the dtype and (unless given) the shape of ``like``."""
    return _random(random_uniform_, like, shape)


def random_normal(like: Value, shape: Sequence[int] | None = None) -> Value:
    """Standard normal, of the dtype and (unless given) the shape of ``like``."""
    return _random(random_normal_, like, shape)


def dropout_mask(like: Value, rate: float, shape: Sequence[int] | None = None) -> Value:
    """0 with probability ``rate``, else ``1 / (1 - rate)``."""
    return _random(dropout_mask_, like, shape, rate=rate)


def _reduce(primitive: Primitive, x: Value, axes: Sequence[int] | None, keepdims: bool) -> Value:
    places = tuple(range(x.rank)) if axes is None else tuple(sorted(_axis(x, axis) for axis in axes))
    return primitive(x, axes=places, keepdims=keepdims) if places else x


def _random(primitive: Primitive, like: Value, shape: Sequence[int] | None, **attrs: Any) -> Value:
    sizes = like.shape if shape is None else tuple(shape)
    (drawn,) = like.program.emit(primitive, (), {"shape": sizes, "dtype": like.dtype, **attrs})
    return drawn


def _axis(x: Value, axis: int) -> int:
    position = axis + x.rank if axis < 0 else axis
    if not 0 <= position < x.rank:
        raise ShapeError(f"there is no axis {axis} in shape {x.shape}")
    return position

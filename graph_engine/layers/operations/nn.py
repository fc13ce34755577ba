"""Functions of networks (``keras.ops.nn``)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.activations import log_softmax, softmax
from graph_engine.layers.base import Example
from graph_engine.layers.operations.base import Operation, operand
from graph_engine.layers.operations.dtypes import floating, truth
from graph_engine.layers.operations.reductions import axes_of
from graph_engine.params import boolean, choice, constant, integer, number as number_param, one_or_more
from graph_engine.values import ShapeError

_ROWS: Final = (Example(inputs=((2, 3, 4),), config={"axis": 1}),)
_FOUR: Final = [0.5, 1.0, 1.5, 2.0]
_EPSILON: Final = 1e-7  # Keras' backend epsilon


class _Shares(Operation):
    """Along an axis, several, or all numbers at once."""

    module = "nn"
    examples: ClassVar[tuple[Example, ...]] = (
        *_ROWS,
        Example(inputs=((2, 3, 4),), config={"axis": [1, 2]}),
        Example(inputs=((2, 3),)),
    )
    function: ClassVar[Callable[[Value, int], Value]]
    axis: int | tuple[int, ...] | None = one_or_more(
        -1, optional=True, help="Axes of one distribution; all without it."
    )

    def compute(self, x: Value) -> Value:
        return shares(type(self).function, floating(x), self.axis)


class SoftmaxOp(_Shares):
    """Shares of one."""

    function = softmax


class LogSoftmaxOp(_Shares):
    """Logarithms of shares of one."""

    function = log_softmax


class NormalizeOp(Operation):
    """Vectors of length one."""

    module = "nn"
    examples = (*_ROWS, Example(inputs=((2, 3),), config={"order": 1}))
    axis: int | tuple[int, ...] | None = one_or_more(-1, optional=True, help="Along which vectors lie.")
    order: Any = constant(2, help="Which norm: 2 is the length.")
    epsilon: float | None = number_param(None, optional=True, help="The least length; 1e-7 without it.")

    def compute(self, x: Value) -> Value:
        y, order = floating(x), float(self.order)
        axes = axes_of(y, self.axis)
        least = _EPSILON if self.epsilon is None else self.epsilon
        if order == 2:
            squares = ops.sum(ops.square(y), axes, True)
            return y * ops.rsqrt(ops.maximum(squares, ops.number(least**2, y)))
        size = ops.absolute(y)
        if math.isinf(order):
            length = ops.max(size, axes, True)
        else:
            powers = ops.sum(ops.power(size, ops.number(order, y)), axes, True)
            length = ops.power(powers, ops.number(1.0 / order, y))
        return y / ops.maximum(length, ops.number(least, y))


class LayerNormOp(Operation):
    """Mean zero and variance one along axes, then scaled and shifted."""

    module = "nn"
    operands = ("x", "gamma", "beta")
    spare = ("gamma", "beta")
    examples = (
        Example(inputs=((2, 3, 4),), config={"gamma": _FOUR, "beta": _FOUR}),
        Example(inputs=((2, 3), (2,)), config={"axis": 0}, ports=("x", "gamma")),
        Example(inputs=((2, 3, 4),), config={"axis": [1, 2], "rms_scaling": True}),
    )
    gamma: Any = operand()
    beta: Any = operand()
    axis: int | tuple[int, ...] = one_or_more(-1, help="The axes over which mean and variance are taken.")
    epsilon: float | None = number_param(None, optional=True, help="Added to the variance; 1e-7 without it.")
    rms_scaling: bool = boolean(False, help="Whether to divide by the root mean square alone.")

    def compute(self, x: Value, gamma: Value | None, beta: Value | None) -> Value:
        y, axes = floating(x), axes_of(x, self.axis)
        epsilon = _EPSILON if self.epsilon is None else self.epsilon
        if self.rms_scaling:
            variance = ops.mean(ops.square(y - ops.mean(y, axes, True)), axes, True)
            found = y * ops.rsqrt(variance + epsilon)
            return found if gamma is None else found * _along(gamma, y, axes)
        centred = y - ops.mean(y, axes, True)
        found = centred * ops.rsqrt(ops.mean(ops.square(centred), axes, True) + epsilon)
        found = found if gamma is None else found * _along(gamma, y, axes)
        return found if beta is None else found + _along(beta, y, axes)


class RMSNormOp(Operation):
    """Root mean square one along axes, then scaled."""

    module = "nn"
    operands = ("x", "scale")
    spare = ("scale",)
    examples = (
        Example(inputs=((2, 3, 4),), config={"scale": _FOUR}),
        Example(inputs=((2, 3), (2,)), config={"axis": 0}, ports=("x", "scale")),
    )
    scale: Any = operand()
    axis: int | tuple[int, ...] = one_or_more(-1, help="The axes over which the mean square is taken.")
    epsilon: float | None = number_param(
        None, optional=True, help="Added to the mean square; 1e-7 without it."
    )

    def compute(self, x: Value, scale: Value | None) -> Value:
        y, axes = floating(x), axes_of(x, self.axis)
        epsilon = _EPSILON if self.epsilon is None else self.epsilon
        found = y * ops.rsqrt(ops.mean(ops.square(y), axes, True) + epsilon)
        return found if scale is None else found * _along(scale, y, axes)


class BatchNormOp(Operation):
    """Normalized by a given mean and variance along an axis."""

    module = "nn"
    operands = ("x", "mean", "variance", "offset", "scale")
    spare = ("offset", "scale")
    written = ("x", "mean", "variance", "axis", "offset", "scale", "epsilon")
    examples = (
        Example(inputs=((2, 3, 4),), config={"mean": _FOUR, "variance": _FOUR, "scale": _FOUR}),
        Example(inputs=((2, 3), (2,), (2,), (2,), (2,)), config={"axis": 0}, span=(0.5, 2.0)),
    )
    mean: Any = operand()
    variance: Any = operand()
    offset: Any = operand()
    scale: Any = operand()
    axis: int = integer(-1, help="The axis with a mean of its own for each place.")
    epsilon: float = number_param(1e-3, minimum=0.0, help="Added to the variance.")

    def compute(
        self, x: Value, mean: Value, variance: Value, offset: Value | None, scale: Value | None
    ) -> Value:
        axes = axes_of(x, self.axis)
        factor = ops.rsqrt(_along(variance, x, axes) + self.epsilon)
        factor = factor if scale is None else factor * _along(scale, x, axes)
        found = (x - _along(mean, x, axes)) * factor
        return found if offset is None else found + _along(offset, x, axes)


class DotProductAttentionOp(Operation):
    """Attention of queries to keys: (batch, steps, heads, size) of each."""

    ignored = ("flash_attention",)
    module = "nn"
    operands = ("query", "key", "value", "bias", "mask")
    spare = ("bias", "mask")
    called = ("query", "key", "value", "bias", "mask", "scale")
    examples = (
        Example(inputs=((2, 3, 2, 4), (2, 5, 2, 4), (2, 5, 2, 4))),
        Example(inputs=((2, 3, 2, 4), (2, 3, 2, 4), (2, 3, 2, 4)), config={"is_causal": True, "scale": 0.3}),
    )
    scale: float | None = number_param(
        None, optional=True, help="Factor on the scores; 1 / sqrt(size) without it."
    )
    is_causal: bool = boolean(False, help="Whether a step sees only what came before.")
    attn_logits_soft_cap: float | None = number_param(
        None, optional=True, help="Scores are bent to stay below it."
    )

    def compute(
        self, query: Value, key: Value, value: Value, bias: Value | None, mask: Value | None
    ) -> Value:
        scale = self.scale if self.scale is not None else 1.0 / math.sqrt(query.shape[-1])
        times = query.shape[2] // key.shape[2]
        if times > 1:  # several heads of the query share one of the keys and values
            key, value = (repeated(x, times, 2) for x in (key, value))
        scores = ops.einsum("btnh,bsnh->bnts", query * scale, key)
        if self.attn_logits_soft_cap is not None:
            scores = ops.tanh(scores / self.attn_logits_soft_cap) * self.attn_logits_soft_cap
        if bias is not None:
            scores = scores + bias
        seen = truth(mask) if mask is not None else None
        if self.is_causal:
            before = causal(scores)
            seen = before if seen is None else ops.logical_and(seen, before)
        return ops.einsum("bnts,bsnh->btnh", masked_softmax(scores, seen), value)


class DepthToSpaceOp(Operation):
    """Channels as blocks of pixels."""

    module = "nn"
    examples = (
        Example(inputs=((2, 2, 3, 8),), config={"block_size": 2}),
        Example(inputs=((2, 8, 2, 3),), config={"block_size": 2, "data_format": "channels_first"}),
    )
    block_size: int = integer(2, minimum=1, help="Rows and columns of a block.")
    data_format: str = choice(
        "channels_last", ("channels_last", "channels_first"), help="Where channels are."
    )

    def compute(self, x: Value) -> Value:
        block, first = self.block_size, self.data_format == "channels_first"
        batch, *sizes = x.shape
        channels, rows, columns = sizes if first else (sizes[2], *sizes[:2])
        if channels % block**2:
            raise ShapeError(f"{channels} channels do not make up blocks of {block} \u00d7 {block}")
        kept = channels // block**2
        if first:
            apart = ops.reshape(x, (batch, kept, block, block, rows, columns))
            mixed = ops.transpose(apart, (0, 1, 4, 2, 5, 3))
            return ops.reshape(mixed, (batch, kept, rows * block, columns * block))
        apart = ops.reshape(x, (batch, rows, columns, block, block, kept))
        return ops.reshape(
            ops.transpose(apart, (0, 1, 3, 2, 4, 5)), (batch, rows * block, columns * block, kept)
        )


class SpaceToDepthOp(DepthToSpaceOp):
    """Blocks of pixels as channels."""

    module = "nn"
    examples = (
        Example(inputs=((2, 4, 6, 3),), config={"block_size": 2}),
        Example(inputs=((2, 3, 4, 6),), config={"block_size": 2, "data_format": "channels_first"}),
    )

    def compute(self, x: Value) -> Value:
        block, first = self.block_size, self.data_format == "channels_first"
        batch, *sizes = x.shape
        channels, rows, columns = sizes if first else (sizes[2], *sizes[:2])
        if rows % block or columns % block:
            raise ShapeError(
                f"{rows} \u00d7 {columns} pixels do not make up blocks of {block} \u00d7 {block}"
            )
        down, across, deep = rows // block, columns // block, channels * block**2
        if first:
            apart = ops.reshape(x, (batch, channels, down, block, across, block))
            return ops.reshape(ops.transpose(apart, (0, 1, 3, 5, 2, 4)), (batch, deep, down, across))
        apart = ops.reshape(x, (batch, down, block, across, block, channels))
        return ops.reshape(ops.transpose(apart, (0, 1, 3, 2, 4, 5)), (batch, down, across, deep))


def shares(function: Callable[[Value, int], Value], x: Value, axis: int | tuple[int, ...] | None) -> Value:
    """A function along one axis, applied along several as if they were one."""
    axes = axes_of(x, axis)
    if len(axes) == 1:
        return function(x, axes[0])
    kept = [each for each in range(x.rank) if each not in axes]
    order = (*kept, *axes)
    last = ops.transpose(x, order)
    rows = ops.reshape(last, (*(x.shape[each] for each in kept), math.prod(x.shape[each] for each in axes)))
    return ops.transpose(
        ops.reshape(function(rows, -1), last.shape), [order.index(each) for each in range(x.rank)]
    )


def masked_softmax(scores: Value, seen: Value | None, axis: int | tuple[int, ...] = -1) -> Value:
    """Softmax over what is seen."""
    if seen is not None:
        scores = ops.where(seen, scores, ops.number(-1e9, scores))
    return shares(softmax, scores, axis)


def causal(scores: Value) -> Value:
    """(queries, keys): whether a key is no later than its query."""
    rows = ops.cumsum(_ones(scores, scores.shape[-2]), 0)
    columns = ops.cumsum(_ones(scores, scores.shape[-1]), 0)
    return ops.less_equal(columns, ops.expand_dims(rows, -1))


def repeated(x: Value, times: int, axis: int) -> Value:
    """Each element along ``axis`` repeated."""
    apart = ops.expand_dims(x, axis + 1)
    spread = ops.broadcast_to(apart, (*x.shape[: axis + 1], times, *x.shape[axis + 1 :]))
    return ops.reshape(spread, (*x.shape[:axis], x.shape[axis] * times, *x.shape[axis + 1 :]))


def _along(weight: Value, x: Value, axes: tuple[int, ...]) -> Value:
    """A weight of the sizes of ``axes`` as a tensor that broadcasts with ``x``."""
    return ops.reshape(weight, tuple(size if axis in axes else 1 for axis, size in enumerate(x.shape)))


def _ones(x: Value, size: int) -> Value:
    return ops.broadcast_to(x.program.constant(1, "int32"), (size,))

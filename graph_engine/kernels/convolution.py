"""Convolution over any number of spatial axes, channels last, as im2col and one matrix product.

Shapes: ``x`` (batch, *sizes, channels), ``kernel`` (*window, channels / groups, filters), result
(batch, *positions, filters). Attributes, one entry per spatial axis: ``strides``, ``pads`` as (before,
after), ``dilation``; and ``groups``, which split channels and filters into parts that do not see each other.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from graph_engine.kernels.primitive import Gradients, Primitive, Specs
from graph_engine.kernels.program import Array, Op, Value
from graph_engine.values import ShapeError, TensorSpec


class Conv(Primitive):
    """``y[b, p, f] = sum over w, c of x[b, p * stride + w * dilation - pad, c] * kernel[w, c, f]``."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        x, kernel = inputs
        window = kernel.shape[:-2]
        if x.shape[-1] != (kernel.shape[-2] or 0) * attrs["groups"]:
            raise ShapeError(f"a kernel of shape {kernel.shape} does not fit {x.shape[-1]} channels")
        return (x.with_shape((x.shape[0], *positions(x.shape[1:-1], window, attrs), kernel.shape[-1])),)

    def scratch(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        x, kernel = inputs
        return _column_scratch(x, kernel.shape[:-2], attrs)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        (y,), (x, kernel) = outputs, inputs
        columns = _columns(x, kernel.shape[:-2], y.shape[1:-1], attrs)
        groups = attrs["groups"]
        if groups == 1:
            np.matmul(columns.reshape(-1, _rows(kernel)), kernel.reshape(-1, kernel.shape[-1]), out=_flat(y))
            return
        taps = math.prod(kernel.shape[:-2])
        split = columns.reshape(-1, taps, groups, kernel.shape[-2])
        filters = kernel.reshape(taps, kernel.shape[-2], groups, -1)
        result = _flat(y).reshape(len(split), groups, -1)
        for group in range(groups):
            part = np.ascontiguousarray(split[:, :, group]).reshape(len(split), -1)
            result[:, group] = part @ np.ascontiguousarray(filters[:, :, group]).reshape(part.shape[1], -1)

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (x, kernel), (gradient,) = op.inputs, gradients
        assert gradient is not None
        return (
            conv_grad_input(gradient, kernel, shape=x.shape, **op.attrs),
            conv_grad_kernel(x, gradient, shape=kernel.shape, **op.attrs),
        )

    def flops(self, op: Op) -> int:
        return _flops(op.inputs[1].shape, op.outputs[0].shape)


class ConvGradInput(Primitive):
    """The gradient of a convolution for its input of ``shape``; also the forward pass of a transposed one."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[0].with_shape(tuple(attrs["shape"])),)

    def scratch(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        gradient, kernel = inputs
        places = math.prod(size or 0 for size in gradient.shape[:-1])
        channels = (kernel.shape[-2] or 0) * attrs["groups"]
        taps = math.prod(size or 0 for size in kernel.shape[:-2])
        padded = padded_shape(attrs["shape"], attrs["pads"])
        return gradient.with_shape((places, taps * channels)), gradient.with_shape(padded)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        (dx,), (gradient, kernel) = outputs, inputs
        columns, padded = attrs["scratch"]
        _spread(gradient, kernel, columns, attrs["groups"])
        padded.fill(0)
        window, sizes = kernel.shape[:-2], gradient.shape[1:-1]
        taps = columns.reshape(*gradient.shape[:-1], math.prod(window), dx.shape[-1])
        for index, cut in enumerate(tap_slices(window, sizes, attrs)):
            padded[(slice(None), *cut)] += taps[..., index, :]
        np.copyto(dx, padded[inside(dx.shape, attrs["pads"])])

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient, kernel), (arriving,) = op.inputs, gradients
        assert arriving is not None
        attrs = {name: value for name, value in op.attrs.items() if name != "shape"}
        return conv(arriving, kernel, **attrs), conv_grad_kernel(
            arriving, gradient, shape=kernel.shape, **attrs
        )

    def flops(self, op: Op) -> int:
        return _flops(op.inputs[1].shape, op.inputs[0].shape)


class ConvGradKernel(Primitive):
    """The gradient of a convolution for its kernel of ``shape``, from its input and the result's gradient."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[0].with_shape(tuple(attrs["shape"])),)

    def scratch(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return _column_scratch(inputs[0], attrs["shape"][:-2], attrs)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        (dk,), (x, gradient), groups = outputs, inputs, attrs["groups"]
        columns = _columns(x, dk.shape[:-2], gradient.shape[1:-1], attrs)
        if groups == 1:
            rows = columns.reshape(-1, _rows(dk))
            np.matmul(rows.T, _flat(gradient), out=dk.reshape(-1, dk.shape[-1]))
            return
        taps = math.prod(dk.shape[:-2])
        split = columns.reshape(-1, taps, groups, dk.shape[-2])
        parts = _flat(gradient).reshape(len(split), groups, -1)
        result = dk.reshape(taps, dk.shape[-2], groups, -1)
        for group in range(groups):
            rows = np.ascontiguousarray(split[:, :, group]).reshape(len(split), -1)
            result[:, :, group] = (rows.T @ parts[:, group]).reshape(taps, dk.shape[-2], -1)

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (x, gradient), (arriving,) = op.inputs, gradients
        assert arriving is not None
        attrs = {name: value for name, value in op.attrs.items() if name != "shape"}
        return conv_grad_input(gradient, arriving, shape=x.shape, **attrs), conv(x, arriving, **attrs)

    def flops(self, op: Op) -> int:
        return _flops(op.outputs[0].shape, op.inputs[1].shape)


def positions(
    sizes: Sequence[int | None], window: Sequence[int | None], attrs: dict[str, Any]
) -> tuple[int, ...]:
    """How many places the window takes along each axis. Raises ShapeError where it does not fit at all."""
    found = []
    for size, taps, stride, (before, after), dilation in zip(
        sizes, window, attrs["strides"], attrs["pads"], attrs["dilation"], strict=True
    ):
        room = (size or 0) + before + after - ((taps or 0) - 1) * dilation - 1
        if room < 0:
            raise ShapeError(f"a window of {taps} does not fit into {size}")
        found.append(room // stride + 1)
    return tuple(found)


def _columns(x: Array, window: Sequence[int], places: Sequence[int], attrs: dict[str, Any]) -> Array:
    """(batch, *places, *window, channels): what the window sees at every place. ``x`` itself for 1x1 steps."""
    if _is_pointwise(window, attrs):
        return x
    columns, *rest = attrs["scratch"]
    if rest:
        padded = rest[0]
        padded.fill(0)
        padded[inside(x.shape, attrs["pads"])] = x
        x = padded
    seen: Array = columns.reshape(len(x), *places, math.prod(window), x.shape[-1])
    for index, cut in enumerate(tap_slices(window, places, attrs)):
        seen[..., index, :] = x[(slice(None), *cut)]
    return seen


def _column_scratch(x: TensorSpec, window: Sequence[int | None], attrs: dict[str, Any]) -> Specs:
    if _is_pointwise(window, attrs):
        return ()
    places = positions(x.shape[1:-1], window, attrs)
    size = (
        (x.shape[0] or 0) * math.prod(places) * math.prod(taps or 0 for taps in window) * (x.shape[-1] or 0)
    )
    columns = x.with_shape((size,))
    padded = padded_shape(x.shape, attrs["pads"])
    return (columns,) if padded == x.shape else (columns, x.with_shape(padded))


def tap_slices(
    window: Sequence[int], places: Sequence[int], attrs: dict[str, Any]
) -> Iterator[tuple[slice, ...]]:
    """For every tap of the window, in order: where in the padded input it stands at all places."""
    for tap in itertools.product(*(range(size) for size in window)):
        yield tuple(
            slice(index * dilation, index * dilation + (count - 1) * stride + 1, stride)
            for index, count, stride, dilation in zip(
                tap, places, attrs["strides"], attrs["dilation"], strict=True
            )
        )


def _spread(gradient: Array, kernel: Array, columns: Array, groups: int) -> None:
    """``columns[place, tap, channel]``: what each place hands back to what its window saw."""
    if groups == 1:
        np.matmul(_flat(gradient), kernel.reshape(-1, kernel.shape[-1]).T, out=columns)
        return
    taps, inner = math.prod(kernel.shape[:-2]), kernel.shape[-2]
    split = columns.reshape(len(columns), taps, groups, inner)
    filters = kernel.reshape(taps, inner, groups, -1)
    parts = _flat(gradient).reshape(len(columns), groups, -1)
    for group in range(groups):
        matrix = np.ascontiguousarray(filters[:, :, group]).reshape(taps * inner, -1)
        split[:, :, group] = (parts[:, group] @ matrix.T).reshape(-1, taps, inner)


def _is_pointwise(window: Sequence[int | None], attrs: dict[str, Any]) -> bool:
    unpadded = all(pad == (0, 0) for pad in attrs["pads"])
    return unpadded and all(size == 1 for size in window) and all(stride == 1 for stride in attrs["strides"])


def padded_shape(shape: Sequence[int | None], pads: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    sizes = ((size or 0) + sum(pad) for size, pad in zip(shape[1:-1], pads, strict=True))
    return (shape[0] or 0, *sizes, shape[-1] or 0)


def inside(shape: Sequence[int], pads: Sequence[tuple[int, int]]) -> tuple[slice, ...]:
    cuts = (slice(before, before + size) for size, (before, _) in zip(shape[1:-1], pads, strict=True))
    return (slice(None), *cuts, slice(None))


def _flat(array: Array) -> Array:
    flat: Array = array.reshape(-1, array.shape[-1])
    return flat


def _rows(kernel: Array) -> int:
    return math.prod(kernel.shape[:-1])


def _flops(kernel: Sequence[int], result: Sequence[int]) -> int:
    return 2 * math.prod(result) * math.prod(kernel[:-1])


conv = Conv()
conv_grad_input = ConvGradInput()
conv_grad_kernel = ConvGradKernel()

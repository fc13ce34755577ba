"""Convolution over any number of spatial axes, channels last, as im2col and one matrix product.

Shapes: ``x`` (batch, *sizes, channels), ``kernel`` (*window, channels / groups, filters), result
(batch, *positions, filters). Attributes, one entry per spatial axis: ``strides``, ``pads`` as (before,
after), ``dilation``; and ``groups``, which split channels and filters into parts that do not see each other.
The three primitives are each other's gradients, so they can be differentiated any number of times.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from graph_engine.kernels import depthwise
from graph_engine.kernels.columns import (
    by_group,
    column_scratch,
    gather_columns,
    is_pointwise,
    scatter_columns,
)
from graph_engine.kernels.primitive import Gradients, Primitive, Specs
from graph_engine.kernels.program import Array, Op, Value
from graph_engine.kernels.windows import Attrs, inside, pad_into, padded_shape, positions
from graph_engine.values import ShapeError, TensorSpec


class Conv(Primitive):
    """``y[b, p, f] = sum over w, c of x[b, p * stride + w * dilation - pad, c] * kernel[w, c, f]``."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        x, kernel = inputs
        if x.shape[-1] != (kernel.shape[-2] or 0) * attrs["groups"]:
            raise ShapeError(f"a kernel of shape {kernel.shape} does not fit {x.shape[-1]} channels")
        places = positions(x.shape[1:-1], kernel.shape[:-2], attrs)
        return (x.with_shape((x.shape[0], *places, kernel.shape[-1])),)

    def scratch(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        x, kernel = inputs
        if _is_depthwise(kernel.shape, attrs):
            return self.infer(x, kernel, **attrs) + _padded_scratch(x, attrs)
        return column_scratch(x, kernel.shape[:-2], attrs)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        (y,), (x, kernel), groups = outputs, inputs, attrs["groups"]
        if _is_depthwise(kernel.shape, attrs):
            term, *padded = attrs["scratch"]
            depthwise.forward(y, _padded(x, padded, attrs), kernel, term, attrs)
            return
        columns = gather_columns(x, kernel.shape[:-2], y.shape[1:-1], attrs)
        np.matmul(columns, _matrices(kernel, groups), out=by_group(y, groups))

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
        x = gradient.with_shape(tuple(attrs["shape"]))
        if _is_depthwise(kernel.shape, attrs):
            return (gradient, *_padded_scratch(x, attrs))
        return column_scratch(x, kernel.shape[:-2], attrs)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        (dx,), (gradient, kernel), groups = outputs, inputs, attrs["groups"]
        window, places = kernel.shape[:-2], gradient.shape[1:-1]
        if is_pointwise(window, attrs) and not _is_depthwise(kernel.shape, attrs):
            _spread(gradient, kernel, by_group(dx, groups), groups)
            return
        working, *spare = attrs["scratch"]
        padded = spare[0] if spare else dx
        if _is_depthwise(kernel.shape, attrs):
            depthwise.gradient_for_input(padded, gradient, kernel, working, attrs)
        else:
            matrices = working.reshape(groups, -1, math.prod(kernel.shape[:-1]))
            _spread(gradient, kernel, matrices, groups)
            scatter_columns(padded, working, window, places, attrs)
        if spare:
            np.copyto(dx, padded[inside(dx.shape, attrs["pads"])])

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient, kernel), (arriving,) = op.inputs, gradients
        assert arriving is not None
        attrs = _without_shape(op.attrs)
        return (
            conv(arriving, kernel, **attrs),
            conv_grad_kernel(arriving, gradient, shape=kernel.shape, **attrs),
        )

    def flops(self, op: Op) -> int:
        return _flops(op.inputs[1].shape, op.inputs[0].shape)


class ConvGradKernel(Primitive):
    """The gradient of a convolution for its kernel of ``shape``, from its input and the result's gradient."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[0].with_shape(tuple(attrs["shape"])),)

    def scratch(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        if _is_depthwise(attrs["shape"], attrs):
            return _padded_scratch(inputs[0], attrs)
        return column_scratch(inputs[0], attrs["shape"][:-2], attrs)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        (dk,), (x, gradient), groups = outputs, inputs, attrs["groups"]
        if _is_depthwise(dk.shape, attrs):
            padded = _padded(x, attrs.get("scratch", ()), attrs)
            depthwise.gradient_for_kernel(dk, padded, gradient, attrs)
            return
        columns = gather_columns(x, dk.shape[:-2], gradient.shape[1:-1], attrs)
        np.matmul(columns.swapaxes(-1, -2), by_group(gradient, groups), out=_matrices(dk, groups))

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (x, gradient), (arriving,) = op.inputs, gradients
        assert arriving is not None
        attrs = _without_shape(op.attrs)
        return conv_grad_input(gradient, arriving, shape=x.shape, **attrs), conv(x, arriving, **attrs)

    def flops(self, op: Op) -> int:
        return _flops(op.outputs[0].shape, op.inputs[1].shape)


def _spread(gradient: Array, kernel: Array, columns: Array, groups: int) -> None:
    """What each place hands back to all that its window saw."""
    np.matmul(by_group(gradient, groups), _matrices(kernel, groups).swapaxes(-1, -2), out=columns)


def _matrices(kernel: Array, groups: int) -> Array:
    """(*window, inner, filters) as (groups, taps * inner, filters of one group)."""
    return by_group(kernel, groups)


def _is_depthwise(kernel: Sequence[int | None], attrs: Attrs) -> bool:
    return kernel[-2] == 1 and attrs["groups"] > 1


def _padded_scratch(x: TensorSpec, attrs: Attrs) -> Specs:
    padded = padded_shape(x.shape, attrs["pads"])
    return () if padded == x.shape else (x.with_shape(padded),)


def _padded(x: Array, spare: Sequence[Array], attrs: Attrs) -> Array:
    return pad_into(spare[0], x, attrs["pads"], 0.0) if spare else x


def _without_shape(attrs: Attrs) -> dict[str, Any]:
    return {name: value for name, value in attrs.items() if name != "shape"}


def _flops(kernel: Sequence[int], result: Sequence[int]) -> int:
    return 2 * math.prod(result) * math.prod(kernel[:-1])


conv = Conv()
conv_grad_input = ConvGradInput()
conv_grad_kernel = ConvGradKernel()

"""Pooling over spatial axes, channels last. Attributes as for convolution, with ``size`` for the window."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from graph_engine.kernels.primitive import Gradients, Primitive, Specs, size_of
from graph_engine.kernels.program import Array, Op, Value
from graph_engine.kernels.windows import Attrs, Cut, inside, pad_into, padded_shape, positions, tap_slices
from graph_engine.values import TensorSpec


class Pool(Primitive):
    """Base: the shape rule, and the padded copy that windows slide over."""

    filler = 0.0

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        (x,) = inputs
        places = positions(x.shape[1:-1], attrs["size"], _dense(attrs))
        return (x.with_shape((x.shape[0], *places, x.shape[-1])),)

    def scratch(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        (x,) = inputs
        padded = padded_shape(x.shape, attrs["pads"])
        return () if padded == x.shape else (x.with_shape(padded),)

    def windows(self, x: Array, places: Sequence[int], attrs: Attrs) -> Iterator[Array]:
        """For every tap of the window what it sees at all places."""
        if attrs.get("scratch"):
            x = pad_into(attrs["scratch"][0], x, attrs["pads"], self.filler)
        for cut in _cuts(places, attrs):
            yield x[cut]

    def flops(self, op: Op) -> int:
        return size_of(op.outputs[0].spec) * int(math.prod(op.attrs["size"]))


class MaxPool(Pool):
    """The largest value in each window; padding counts as minus infinity."""

    filler = -math.inf

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        (y,), (x,) = outputs, inputs
        seen = self.windows(x, y.shape[1:-1], attrs)
        np.copyto(y, next(seen))
        for values in seen:
            np.maximum(y, values, out=y)

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        return (max_pool_gradient(op.inputs[0], op.outputs[0], gradient, **op.attrs),)


class Picking(Pool):
    """Base: finds out again which element of each window was the largest: the first of equal ones."""

    def scratch(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        x, y, _ = inputs
        padded = x.with_shape(padded_shape(x.shape, attrs["pads"]))
        return padded, padded, y, TensorSpec(y.shape, "bool"), TensorSpec(y.shape, "bool")

    def winners(self, x: Array, y: Array, attrs: Attrs) -> Iterator[tuple[Cut, Array]]:
        """For every tap: what it sees at all places, and at which of them it is the largest."""
        padded, _, _, undecided, won = attrs["scratch"]
        pad_into(padded, x, attrs["pads"], -math.inf)
        undecided.fill(True)
        for cut in _cuts(y.shape[1:-1], attrs):
            np.equal(padded[cut], y, out=won)
            won &= undecided
            undecided ^= won
            yield cut, won


class MaxPoolGradient(Picking):
    """From input, result and its gradient: the gradient goes to the largest element of each window."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[0],)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        (dx,), (x, y, gradient) = outputs, inputs
        _, spread, part, *_ = attrs["scratch"]
        spread.fill(0)
        for cut, won in self.winners(x, y, attrs):
            spread[cut] += np.multiply(gradient, won, out=part)
        np.copyto(dx, spread[inside(dx.shape, attrs["pads"])])

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (arriving,) = gradients
        assert arriving is not None
        return None, None, max_pool_pick(op.inputs[0], op.inputs[1], arriving, **op.attrs)


class MaxPoolPick(Picking):
    """The inverse reading: from each window the value of the third input where the first was largest."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[1],)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        (picked,), (x, y, values) = outputs, inputs
        _, padded, part, *_ = attrs["scratch"]
        pad_into(padded, values, attrs["pads"], 0.0)
        picked.fill(0)
        for cut, won in self.winners(x, y, attrs):
            picked += np.multiply(padded[cut], won, out=part)

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (arriving,) = gradients
        assert arriving is not None
        return None, None, max_pool_gradient(op.inputs[0], op.inputs[1], arriving, **op.attrs)


class AveragePool(Pool):
    """The mean of each window; padding is left out of sum and count, as in Keras."""

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        (y,), (x,) = outputs, inputs
        y.fill(0)
        for values in self.windows(x, y.shape[1:-1], attrs):
            y += values
        y *= _shares(x.shape, y, attrs)

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        return (average_pool_gradient(gradient, shape=op.inputs[0].shape, **op.attrs),)


class AveragePoolGradient(Pool):
    """Every real element of a window gets an equal share of the window's gradient."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[0].with_shape(tuple(attrs["shape"])),)

    def scratch(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        gradient = inputs[0]
        return gradient.with_shape(padded_shape(attrs["shape"], attrs["pads"])), gradient

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        (dx,), (gradient,) = outputs, inputs
        spread, share = attrs["scratch"]
        np.multiply(gradient, _shares(dx.shape, gradient, attrs), out=share)
        spread.fill(0)
        for cut in _cuts(gradient.shape[1:-1], attrs):
            spread[cut] += share
        np.copyto(dx, spread[inside(dx.shape, attrs["pads"])])

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (arriving,) = gradients
        assert arriving is not None
        attrs = {name: value for name, value in op.attrs.items() if name != "shape"}
        return (average_pool(arriving, **attrs),)


def _shares(shape: Sequence[int], like: Array, attrs: Attrs) -> Array:
    """One over the number of real elements in each window, of shape (*places, 1)."""
    counts = np.ones((1,) * like.ndim, like.dtype)
    spatial = enumerate(
        zip(shape[1:-1], attrs["size"], attrs["strides"], attrs["pads"], strict=True), start=1
    )
    for axis, (size, window, stride, (before, _)) in spatial:
        starts = np.arange(like.shape[axis]) * stride - before
        real = np.minimum(starts + window, size) - np.maximum(starts, 0)
        counts = counts * np.maximum(real, 1).astype(like.dtype).reshape(-1, *(1,) * (like.ndim - axis - 1))
    return 1.0 / counts


def _cuts(places: Sequence[int], attrs: Attrs) -> Iterator[Cut]:
    """For every tap of the window where in the padded input it stands at all places."""
    return tap_slices(attrs["size"], places, _dense(attrs))


def _dense(attrs: Attrs) -> dict[str, Any]:
    """A window without gaps."""
    return {**attrs, "dilation": (1,) * len(attrs["size"])}


max_pool = MaxPool()
max_pool_gradient = MaxPoolGradient()
max_pool_pick = MaxPoolPick()
average_pool = AveragePool()
average_pool_gradient = AveragePoolGradient()

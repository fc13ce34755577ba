"""Reductions over axes. ``axes`` are non-negative and sorted; ``keepdims`` leaves them with size 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.primitive import Gradients, Primitive, Specs, size_of
from graph_engine.kernels.program import Array, Op, Value
from graph_engine.values import DType, TensorSpec


class Reduction(Primitive):
    """Base: the shape rule and the numpy reduction."""

    def __init__(self, name: str, function: Callable[..., Any], dtype: DType | None = None) -> None:
        self.name = name
        self.function = function
        self.dtype = dtype

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        shape = reduced_shape(inputs[0].shape, attrs["axes"], attrs["keepdims"])
        return (TensorSpec(shape, self.dtype or inputs[0].dtype),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        self.function(inputs[0], axis=attrs["axes"], keepdims=attrs["keepdims"], out=outputs[0])

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        return (None,)

    def flops(self, op: Op) -> int:
        return size_of(op.inputs[0].spec)


class Sum(Reduction):
    """The sum; its gradient is the gradient, repeated."""

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        return (ops.broadcast_to(restored(gradient, op), shape=op.inputs[0].shape),)


class Mean(Reduction):
    """The mean; the gradient is repeated and divided by the count."""

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        count = size_of(op.inputs[0].spec) // max(1, size_of(op.outputs[0].spec))
        return (ops.broadcast_to(restored(gradient, op) * (1.0 / count), shape=op.inputs[0].shape),)


class Product(Reduction):
    """The product; each element's gradient is the product of the others, zeros or not."""

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (x,), (gradient,), axes = op.inputs, gradients, op.attrs["axes"]
        assert gradient is not None
        kept = [axis for axis in range(x.rank) if axis not in axes]
        order = (*kept, *axes)
        rows = ops.reshape(ops.transpose(x, order), (*(x.shape[axis] for axis in kept), -1))
        others = ops.cumprod(rows, -1, exclusive=True) * ops.cumprod(rows, -1, exclusive=True, reverse=True)
        spread = ops.reshape(others, tuple(x.shape[axis] for axis in order))
        back = ops.transpose(spread, np.argsort(order).tolist())
        return (back * restored(gradient, op),)


class Extremum(Reduction):
    """Maximum or minimum; equal winners share the gradient, as in torch's ``amax``."""

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        won = ops.cast(ops.equal(op.inputs[0], restored(op.outputs[0], op)), dtype=gradient.dtype)
        share = won / ops.sum(won, axes=op.attrs["axes"], keepdims=True)
        return (share * restored(gradient, op),)


class ArgMax(Primitive):
    """Index (int64) of the largest element along ``axis``; the first of equal ones."""

    name = "argmax"

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (TensorSpec(reduced_shape(inputs[0].shape, (attrs["axis"],), False), "int64"),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        np.argmax(inputs[0], axis=attrs["axis"], out=outputs[0])

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        return (None,)


def reduced_shape(shape: Sequence[int | None], axes: Sequence[int], keepdims: bool) -> tuple[int | None, ...]:
    if keepdims:
        return tuple(1 if axis in axes else size for axis, size in enumerate(shape))
    return tuple(size for axis, size in enumerate(shape) if axis not in axes)


def restored(value: Value, op: Op) -> Value:
    """A reduced value with its reduced axes back, of size 1."""
    if op.attrs["keepdims"]:
        return value
    return ops.reshape(value, reduced_shape(op.inputs[0].shape, op.attrs["axes"], True))


sum_ = Sum("sum", np.sum)
mean_ = Mean("mean", np.mean)
prod_ = Product("prod", np.prod)
max_ = Extremum("max", np.max)
min_ = Extremum("min", np.min)
any_ = Reduction("any", np.any, "bool")
all_ = Reduction("all", np.all, "bool")
argmax_ = ArgMax()

"""Softmax and its logarithm along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.primitive import Gradients, Primitive, Specs, size_of
from graph_engine.kernels.program import Array, Op, Value
from graph_engine.values import TensorSpec


class Softmax(Primitive):
    """``exp(x) / sum(exp(x))`` along ``axis``, shifted by the maximum so that nothing overflows."""

    name = "softmax"

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[0],)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        (x,), (y,), axis = inputs, outputs, attrs["axis"]
        np.subtract(x, x.max(axis, keepdims=True), out=y)
        np.exp(y, out=y)
        np.divide(y, y.sum(axis, keepdims=True), out=y)

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        return (softmax_gradient(gradient, op.outputs[0], axis=op.attrs["axis"]),)

    def flops(self, op: Op) -> int:
        return 4 * size_of(op.outputs[0].spec)


class SoftmaxGradient(Primitive):
    """``y * (g - sum(g * y))``."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[0],)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        (gradient, y), (out,), axis = inputs, outputs, attrs["axis"]
        np.multiply(gradient, y, out=out)
        total = out.sum(axis, keepdims=True)
        np.subtract(gradient, total, out=out)
        np.multiply(out, y, out=out)

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (g, y), (h,), axis = op.inputs, gradients, op.attrs["axis"]
        assert h is not None
        total = ops.sum(g * y, axes=(axis,), keepdims=True)
        inner = ops.sum(h * y, axes=(axis,), keepdims=True)
        return y * (h - inner), h * (g - total) - g * inner

    def flops(self, op: Op) -> int:
        return 4 * size_of(op.outputs[0].spec)


class LogSoftmax(Primitive):
    """``x - log(sum(exp(x)))`` along ``axis``."""

    name = "log_softmax"

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[0],)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        (x,), (y,), axis = inputs, outputs, attrs["axis"]
        np.subtract(x, x.max(axis, keepdims=True), out=y)
        np.subtract(y, np.log(np.exp(y).sum(axis, keepdims=True)), out=y)

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,), axis = gradients, op.attrs["axis"]
        assert gradient is not None
        return (gradient - ops.exp(op.outputs[0]) * ops.sum(gradient, axes=(axis,), keepdims=True),)

    def flops(self, op: Op) -> int:
        return 4 * size_of(op.outputs[0].spec)


softmax_ = Softmax()
softmax_gradient = SoftmaxGradient()
log_softmax_ = LogSoftmax()

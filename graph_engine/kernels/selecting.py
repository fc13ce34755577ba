"""Primitives that choose between elements: the gradient goes where the value came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.primitive import Gradients, Primitive, Specs
from graph_engine.kernels.program import Array, Op, Value
from graph_engine.kernels.rules import broadcast
from graph_engine.values import TensorSpec


class Where(Primitive):
    """``condition ? a : b``, broadcast."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[1].with_shape(broadcast(*inputs)),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        condition, a, b = inputs
        np.copyto(outputs[0], b)
        np.copyto(outputs[0], a, where=condition)

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        condition, a, b = op.inputs
        (gradient,) = gradients
        assert gradient is not None
        zero = ops.number(0.0, gradient)
        return (
            None,
            ops.sum_to(where(condition, gradient, zero), a.shape),
            ops.sum_to(where(condition, zero, gradient), b.shape),
        )


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
        above = ops.greater_equal(x, ops.number(op.attrs["low"], x))
        below = ops.less_equal(x, ops.number(op.attrs["high"], x))
        return (where(ops.logical_and(above, below), gradient, ops.number(0.0, gradient)),)


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


def shared_win(first: Value, second: Value, gradient: Value) -> tuple[Value, Value]:
    """The gradient for each of two sides, of which the first or the second has won; else they share it."""
    mine, theirs = ops.cast(first, dtype=gradient.dtype), ops.cast(second, dtype=gradient.dtype)
    return gradient * ((mine - theirs) * 0.5 + 0.5), gradient * ((theirs - mine) * 0.5 + 0.5)


where = Where()
clip = Clip()
relu_gradient = ReluGradient()

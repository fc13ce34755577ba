"""Kinds of primitives that work element by element: a numpy function and a gradient rule each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.primitive import Gradients, Primitive, Specs
from graph_engine.kernels.program import Array, Op, Value
from graph_engine.values import DType, ShapeError, TensorSpec

UnaryRule = Callable[[Value, Value, Value], Value | None]  # (input, output, gradient) -> input's gradient
BinaryRule = Callable[[Value, Value, Value, Value], tuple[Value | None, Value | None]]


class Unary(Primitive):
    """``y = f(x)``. ``rule`` gives the gradient from x, y and the gradient of y."""

    in_place = True

    def __init__(
        self, name: str, function: Callable[..., Any], rule: UnaryRule, dtype: DType | None = None
    ) -> None:
        self.name = name
        self.function = function
        self.rule = rule
        self.dtype = dtype

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (TensorSpec(inputs[0].shape, self.dtype or inputs[0].dtype),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        self.function(inputs[0], out=outputs[0])

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        return (self.rule(op.inputs[0], op.outputs[0], gradient),)


class Binary(Primitive):
    """``z = f(x, y)`` with numpy's broadcasting. ``rule`` gives both gradients before they are summed back."""

    in_place = True

    def __init__(
        self, name: str, function: Callable[..., Any], rule: BinaryRule, dtype: DType | None = None
    ) -> None:
        self.name = name
        self.function = function
        self.rule = rule
        self.dtype = dtype

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        x, y = inputs
        return (TensorSpec(broadcast(x, y), self.dtype or x.dtype),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        self.function(inputs[0], inputs[1], out=outputs[0])

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        x, y = op.inputs
        return tuple(
            None if found is None else ops.sum_to(found, value.shape)
            for found, value in zip(self.rule(x, y, op.outputs[0], gradient), (x, y), strict=True)
        )


def broadcast(*specs: TensorSpec) -> tuple[int, ...]:
    """The common shape. Raises ShapeError when there is none."""
    try:
        return np.broadcast_shapes(*(spec.shape for spec in specs))  # type: ignore[arg-type]  # concrete
    except ValueError:
        raise ShapeError(
            f"shapes {' and '.join(str(spec.shape) for spec in specs)} do not broadcast"
        ) from None


def no_gradient(*values: Value) -> None:
    """The rule of unary steps, whose gradient is zero everywhere."""
    return


def no_gradients(*values: Value) -> tuple[None, None]:
    """The rule of comparisons and logic."""
    return None, None

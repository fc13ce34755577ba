"""The same values elsewhere: copied, as another dtype, or out of reach of gradients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from graph_engine.kernels.primitive import Gradients, Primitive, Specs
from graph_engine.kernels.program import Array, Op, Value
from graph_engine.values import TensorSpec

FLOATS = ("float32", "float64")


class Cast(Primitive):
    """Another dtype, as numpy converts."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (TensorSpec(inputs[0].shape, attrs["dtype"]),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        np.copyto(outputs[0], inputs[0], casting="unsafe")

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        dtype = op.inputs[0].dtype
        return (cast(gradient, dtype=dtype) if dtype in FLOATS else None,)


class Copy(Primitive):
    """The same values in memory of their own."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[0],)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        np.copyto(outputs[0], inputs[0])

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        return gradients

    def flops(self, op: Op) -> int:
        return 0


class StopGradient(Copy):
    """The same values, through which no gradient flows."""

    is_view: ClassVar[bool] = True

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        return (None,)


cast = Cast()
copy = Copy()
stop_gradient = StopGradient()

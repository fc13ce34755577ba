"""Primitives that do at once what several do one after the other. Only compiler passes make them.

``also`` names the inputs after the base's own, in their order: ``start`` (added to the result, of its size),
``bias`` (added along the last axis), ``gate`` (where it is not positive, the result is 0; for a gradient rule,
what arrives is). ``relu`` cuts the result at 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from graph_engine.kernels.convolution import conv, conv_grad_input
from graph_engine.kernels.matmul import matmul
from graph_engine.kernels.normalization import normalize_, normalize_gradient
from graph_engine.kernels.primitive import Gradients, Primitive, Specs, size_of
from graph_engine.kernels.program import Array, Op, Value
from graph_engine.values import LayerloomError, TensorSpec


class Fused(Primitive):
    """``base`` with what comes after it."""

    def __init__(self, base: Primitive, inputs: int) -> None:
        self.name = f"fused_{base.name}"
        self.base = base
        self.inputs = inputs

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return self.base.infer(*inputs[: self.inputs], **_own(attrs))

    def scratch(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return self.base.scratch(*inputs[: self.inputs], **_own(attrs))

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        self.base.forward(outputs, inputs[: self.inputs], **_own(attrs))
        y = outputs[0]
        extras = dict(zip(attrs["also"], inputs[self.inputs :], strict=True))
        if "start" in extras:
            y += extras["start"].reshape(y.shape)
        if "bias" in extras:
            y += extras["bias"].reshape(-1)
        if attrs["relu"]:
            np.maximum(y, 0, out=y)
        if "gate" in extras:
            y *= extras["gate"].reshape(y.shape) > 0

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        raise LayerloomError(f"{self.name} has no second derivative: passes run after differentiation")

    def flops(self, op: Op) -> int:
        more: int = len(op.attrs["also"]) + op.attrs["relu"]
        return self.base.flops(op) + more * size_of(op.outputs[0].spec)


class GatedGradient(Fused):
    """A gradient rule whose first input, what arrives, counts only where ``gate`` is positive."""

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        arriving, *rest = inputs[: self.inputs]
        gated = arriving * (inputs[self.inputs].reshape(arriving.shape) > 0)
        self.base.forward(outputs, [gated, *rest], **_own(attrs))


def _own(attrs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attrs.items() if name not in ("also", "relu")}


fused_matmul = Fused(matmul, 2)
fused_conv = Fused(conv, 2)
fused_conv_grad_input = Fused(conv_grad_input, 2)
fused_normalize = Fused(normalize_, 3)
fused_normalize_gradient = GatedGradient(normalize_gradient, 5)
FUSED: dict[str, Primitive] = {
    primitive.base.name: primitive
    for primitive in (
        fused_matmul,
        fused_conv,
        fused_conv_grad_input,
        fused_normalize,
        fused_normalize_gradient,
    )
}

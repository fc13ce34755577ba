"""Running sums and products along an axis, from the front or (``reverse``) from the back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.primitive import Gradients, Primitive, Specs
from graph_engine.kernels.program import Array, Op, Value
from graph_engine.values import LayerloomError, TensorSpec


class CumSum(Primitive):
    """The running sum; the gradient runs the other way."""

    name = "cumsum"

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[0],)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        x, y = (_directed(array, attrs) for array in (inputs[0], outputs[0]))
        np.cumsum(x, axis=attrs["axis"], out=y)

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        return (ops.cumsum(gradient, op.attrs["axis"], reverse=not op.attrs["reverse"]),)


class CumProd(Primitive):
    """The running product."""

    name = "cumprod"

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[0],)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        x, y = (_directed(array, attrs) for array in (inputs[0], outputs[0]))
        np.cumprod(x, axis=attrs["axis"], out=y)

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        return (cumprod_gradient(op.inputs[0], gradient, **op.attrs),)


class CumProdGradient(Primitive):
    """``p[k] * s[k]``: what is before k multiplied, and ``s[k] = g[k] + x[k + 1] * s[k + 1]``; zeros are no trouble."""

    name = "cumprod_gradient"

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[0],)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        x, gradient, out = (
            np.moveaxis(_directed(array, attrs), attrs["axis"], 0) for array in (*inputs, outputs[0])
        )
        if not len(x):
            return
        out[-1] = gradient[-1]
        for k in reversed(range(len(x) - 1)):
            out[k] = x[k + 1] * out[k + 1] + gradient[k]
        out[1:] *= np.cumprod(x[:-1], axis=0)

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        raise LayerloomError("a running product has no second derivative here")


def _directed(array: Array, attrs: Any) -> Array:
    return np.flip(array, attrs["axis"]) if attrs["reverse"] else array


cumsum_ = CumSum()
cumprod_ = CumProd()
cumprod_gradient = CumProdGradient()

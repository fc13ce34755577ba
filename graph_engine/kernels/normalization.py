"""Normalization to mean 0 and variance 1 over some axes, scaled and shifted, as one coarse step.

``gamma`` and ``beta`` have one shape, of the input's rank, with size 1 where they are broadcast. Serves batch
normalization (axes: all but channels; Ioffe and Szegedy, 2015) and layer normalization (Ba et al., 2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graph_engine.kernels.primitive import Gradients, Primitive, Specs, size_of
from graph_engine.kernels.program import Array, Op, Value
from graph_engine.kernels.reduce import reduced_shape
from graph_engine.kernels.rules import broadcast
from graph_engine.values import LayerloomError, ShapeError, TensorSpec


class Normalize(Primitive):
    """(x, gamma, beta) -> y, and mean and 1 / sqrt(variance + epsilon) with reduced axes of size 1.

    Only ``y`` has a gradient rule: the statistics feed moving averages.
    """

    name = "normalize"

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        x, gamma, beta = inputs
        if broadcast(*inputs) != x.shape or gamma.shape != beta.shape:
            raise ShapeError(f"scales {gamma.shape} and shifts {beta.shape} do not fit {x.shape}")
        statistics = x.with_shape(reduced_shape(x.shape, attrs["axes"], True))
        return x, statistics, statistics

    def scratch(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[0],)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        (y, mean, inverse), (x, gamma, beta), axes = outputs, inputs, attrs["axes"]
        (squares,) = attrs["scratch"]
        x.mean(axis=axes, keepdims=True, out=mean)
        np.subtract(x, mean, out=y)
        np.square(y, out=squares).mean(axis=axes, keepdims=True, out=inverse)
        inverse += attrs["epsilon"]
        np.sqrt(inverse, out=inverse)
        np.reciprocal(inverse, out=inverse)
        y *= inverse
        y *= gamma
        y += beta

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        gradient, *_ = gradients
        (x, gamma, _), (_, mean, inverse) = op.inputs, op.outputs
        if gradient is None:
            return None, None, None
        return normalize_gradient.several(gradient, x, gamma, mean, inverse, axes=op.attrs["axes"])

    def flops(self, op: Op) -> int:
        return 7 * size_of(op.inputs[0].spec)


class NormalizeGradient(Primitive):
    """(gradient, x, gamma, mean, inverse) -> gradients of x, gamma and beta.

    With h = gradient * gamma and n = normalized x: ``dx = inverse * (h - mean(h) - n * mean(h * n))``.
    """

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        _, x, gamma, *_ = inputs
        return x, gamma, gamma

    def scratch(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[1],)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        (dx, dgamma, dbeta), (gradient, x, gamma, mean, inverse), axes = outputs, inputs, attrs["axes"]
        (normalized,) = attrs["scratch"]
        repeated = tuple(axis for axis, size in enumerate(gamma.shape) if size == 1)
        np.subtract(x, mean, out=normalized)
        normalized *= inverse
        np.multiply(gradient, normalized, out=dx)
        dx.sum(axis=repeated, keepdims=True, out=dgamma)
        gradient.sum(axis=repeated, keepdims=True, out=dbeta)
        dx *= gamma
        normalized *= dx.mean(axis=axes, keepdims=True)
        np.multiply(gradient, gamma, out=dx)
        normalized += dx.mean(axis=axes, keepdims=True)
        dx -= normalized
        dx *= inverse

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        raise LayerloomError(
            "normalization has no second derivative: compute it from mean, square and rsqrt to have one"
        )

    def flops(self, op: Op) -> int:
        return 10 * size_of(op.inputs[1].spec)


normalize_ = Normalize()
normalize_gradient = NormalizeGradient()

"""Normalization to mean 0 and variance 1 over some axes, scaled and shifted, as one coarse step.

``gamma`` and ``beta`` have the input's rank, with size 1 where they are broadcast. Serves batch
normalization (axes: all but channels; Ioffe and Szegedy, 2015) and layer normalization (Ba et al., 2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.primitive import Gradients, Primitive, Specs, size_of
from graph_engine.kernels.program import Array, Op, Value
from graph_engine.kernels.reduce import reduced_shape
from graph_engine.values import LayerloomError, TensorSpec


class Normalize(Primitive):
    """(x, gamma, beta) -> y, and mean and 1 / sqrt(variance + epsilon) with reduced axes of size 1.

    Only ``y`` has a gradient rule: the statistics feed moving averages.
    """

    name = "normalize"

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        statistics = inputs[0].with_shape(reduced_shape(inputs[0].shape, attrs["axes"], True))
        return inputs[0], statistics, statistics

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        (y, mean, inverse), (x, gamma, beta), axes = outputs, inputs, attrs["axes"]
        x.mean(axis=axes, keepdims=True, out=mean)
        np.subtract(x, mean, out=y)
        _mean_of_squares(y, axes, out=inverse)
        inverse += attrs["epsilon"]
        np.sqrt(inverse, out=inverse)
        np.reciprocal(inverse, out=inverse)
        y *= inverse * gamma
        y += beta

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        gradient, *_ = gradients
        (x, gamma, beta), (_, mean, inverse) = op.inputs, op.outputs
        if gradient is None:
            return None, None, None
        attrs = {"axes": op.attrs["axes"]}
        dx, along = normalize_gradient.several(gradient, x, gamma, mean, inverse, **attrs)
        return dx, ops.sum_to(along, gamma.shape), ops.sum_to(gradient, beta.shape)

    def flops(self, op: Op) -> int:
        return 7 * size_of(op.inputs[0].spec)


class NormalizeGradient(Primitive):
    """(gradient, x, gamma, mean, inverse) -> dx, and gradient * normalized x, which sums up to gamma's gradient.

    With h = gradient * gamma and n = normalized x: ``dx = inverse * (h - mean(h) - n * mean(h * n))``.
    """

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return inputs[1], inputs[1]

    def scratch(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[1],)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        (dx, along), (gradient, x, gamma, mean, inverse), axes = outputs, inputs, attrs["axes"]
        (normalized,) = attrs["scratch"]
        np.subtract(x, mean, out=normalized)
        normalized *= inverse
        np.multiply(gradient, gamma, out=dx)
        np.multiply(dx, normalized, out=along)
        normalized *= along.mean(axis=axes, keepdims=True)
        dx -= dx.mean(axis=axes, keepdims=True)
        dx -= normalized
        dx *= inverse
        np.subtract(x, mean, out=along)
        along *= inverse
        along *= gradient

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        raise LayerloomError("normalization has no second derivative")

    def flops(self, op: Op) -> int:
        return 10 * size_of(op.inputs[1].spec)


def _mean_of_squares(values: Array, axes: tuple[int, ...], out: Array) -> None:
    np.mean(np.square(values), axis=axes, keepdims=True, out=out)


normalize_ = Normalize()
normalize_gradient = NormalizeGradient()

"""Order along an axis, and elements by their place in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graph_engine.kernels.primitive import Gradients, Primitive, Specs
from graph_engine.kernels.program import Array, Op, Value
from graph_engine.values import LayerloomError, ShapeError, TensorSpec


class ArgSort(Primitive):
    """The indices (int64) that sort ascending along ``axis``; equal elements keep their order."""

    name = "argsort"

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (TensorSpec(inputs[0].shape, "int64"),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        outputs[0][...] = np.argsort(inputs[0], axis=attrs["axis"], kind="stable")

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        return (None,)


class TakeAlong(Primitive):
    """``x`` at ``indices`` along ``axis``; their other axes are equal. Negative indices count from the end."""

    name = "take_along"

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        x, indices = inputs
        axis = attrs["axis"]
        if x.rank != indices.rank or any(
            a != b for i, (a, b) in enumerate(zip(x.shape, indices.shape, strict=True)) if i != axis
        ):
            raise ShapeError(
                f"indices of shape {indices.shape} do not go along axis {axis} of shape {x.shape}"
            )
        return (x.with_shape(indices.shape),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        x, indices = inputs
        _require_inside(indices, x.shape[attrs["axis"]])
        outputs[0][...] = np.take_along_axis(x, indices, attrs["axis"])

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        x, indices = op.inputs
        return add_along(gradient, indices, axis=op.attrs["axis"], size=x.shape[op.attrs["axis"]]), None


class AddAlong(Primitive):
    """Zeros, ``size`` along ``axis``, to which the values are added at ``indices``: what repeats, adds up."""

    name = "add_along"

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        shape = inputs[0].shape
        return (inputs[0].with_shape((*shape[: attrs["axis"]], attrs["size"], *shape[attrs["axis"] + 1 :])),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        values, indices = inputs
        outputs[0].fill(0)
        places: list[Array] = list(np.ogrid[tuple(slice(size) for size in indices.shape)])
        places[attrs["axis"]] = indices
        np.add.at(outputs[0], tuple(places), values)

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        return take_along_(gradient, op.inputs[1], axis=op.attrs["axis"]), None


def _require_inside(indices: Array, size: int) -> None:
    if indices.size and (indices.min() < -size or indices.max() >= size):
        worst = int(indices.min() if indices.min() < -size else indices.max())
        raise LayerloomError(f"index {worst} is outside an axis of {size}")


argsort_ = ArgSort()
take_along_ = TakeAlong()
add_along = AddAlong()

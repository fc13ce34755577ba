"""Primitives that move or view elements without computing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.primitive import Gradients, Primitive, Specs
from graph_engine.kernels.program import Array, Op, Value
from graph_engine.values import ShapeError, TensorSpec


class Moving(Primitive):
    """Base: moving elements is no arithmetic."""

    def flops(self, op: Op) -> int:
        return 0


class Reshape(Moving):
    """The same memory under another shape; ``shape`` is complete."""

    is_view: ClassVar[bool] = True

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        (x,) = inputs
        if math.prod(x.shape) != math.prod(attrs["shape"]):  # type: ignore[arg-type]  # concrete
            raise ShapeError(f"{x.shape} cannot be reshaped to {attrs['shape']}")
        return (x.with_shape(attrs["shape"]),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        np.copyto(outputs[0], inputs[0].reshape(attrs["shape"]))

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        return (ops.reshape(gradient, op.inputs[0].shape),)


class Transpose(Moving):
    """Axes in another order: ``perm[i]`` is the input axis that becomes axis i."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[0].with_shape(tuple(inputs[0].shape[axis] for axis in attrs["perm"])),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        np.copyto(outputs[0], inputs[0].transpose(attrs["perm"]))

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        return (ops.transpose(gradient, np.argsort(op.attrs["perm"]).tolist()),)


class BroadcastTo(Moving):
    """Repeated along new axes in front and axes of size 1."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[0].with_shape(tuple(attrs["shape"])),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        np.copyto(outputs[0], inputs[0])

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        return (ops.sum_to(gradient, op.inputs[0].shape),)


class Concatenate(Moving):
    """Inputs side by side along ``axis``."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        axis = attrs["axis"]
        first = inputs[0].shape
        size = sum(spec.shape[axis] or 0 for spec in inputs)
        return (inputs[0].with_shape((*first[:axis], size, *first[axis + 1 :])),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        np.concatenate(inputs, axis=attrs["axis"], out=outputs[0])

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        axis, start, parts = op.attrs["axis"], 0, []
        for value in op.inputs:
            parts.append(ops.slice_axis(gradient, axis, start, start + value.shape[axis]))
            start += value.shape[axis]
        return tuple(parts)


class Slice(Moving):
    """``x[starts:stops:steps]`` in every axis; steps may be negative (then ``stops`` may be None)."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        sizes = (
            len(range(*cut.indices(size or 0)))
            for cut, size in zip(_cuts(attrs), inputs[0].shape, strict=True)
        )
        return (inputs[0].with_shape(tuple(sizes)),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        np.copyto(outputs[0], inputs[0][_cuts(attrs)])

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        return (slice_gradient(gradient, shape=op.inputs[0].shape, **op.attrs),)


class SliceGradient(Moving):
    """Zeros of ``shape`` with the input put where the slice was."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[0].with_shape(tuple(attrs["shape"])),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        outputs[0].fill(0)
        outputs[0][_cuts(attrs)] = inputs[0]

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        return (
            slice_(gradient, starts=op.attrs["starts"], stops=op.attrs["stops"], steps=op.attrs["steps"]),
        )


class Pad(Moving):
    """``pads``: (before, after) per axis, filled with ``value``."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        sizes = (
            (size or 0) + low + high for size, (low, high) in zip(inputs[0].shape, attrs["pads"], strict=True)
        )
        return (inputs[0].with_shape(tuple(sizes)),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        outputs[0].fill(attrs["value"])
        outputs[0][inner(inputs[0].shape, attrs["pads"])] = inputs[0]

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        cuts = inner(op.inputs[0].shape, op.attrs["pads"])
        return (ops.slice(gradient, [cut.start for cut in cuts], [cut.stop for cut in cuts]),)


def inner(shape: Sequence[int], pads: Sequence[tuple[int, int]]) -> tuple[slice, ...]:
    """Where an array of ``shape`` lies inside its padded form."""
    return tuple(slice(low, low + size) for size, (low, _) in zip(shape, pads, strict=True))


def _cuts(attrs: dict[str, Any]) -> tuple[slice, ...]:
    return tuple(
        slice(start, stop, step)
        for start, stop, step in zip(attrs["starts"], attrs["stops"], attrs["steps"], strict=True)
    )


reshape_ = Reshape()
transpose_ = Transpose()
broadcast_to_ = BroadcastTo()
concatenate_ = Concatenate()
slice_ = Slice()
slice_gradient = SliceGradient()
pad_ = Pad()

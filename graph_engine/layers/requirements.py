"""What layers ask of their inputs, and the sentences said when they do not get it.

A sentence names the layer type, what it needs and what it got; analysis puts the names of the layers
on both ends of the wire in front. Sizes are shown per sample, as on the ports.
"""

from __future__ import annotations

from typing import Final

from graph_engine.layers.base import (
    NEEDS_FLOATS,
    NEEDS_INTEGERS,
    NEEDS_SIZE,
    RANK_TOO_HIGH,
    RANK_TOO_LOW,
    Layer,
)
from graph_engine.values import DType, ShapeError, TensorSpec, shape_text

FLOATS: Final[tuple[DType, ...]] = ("float32", "float64")
INTEGERS: Final[tuple[DType, ...]] = ("int32", "int64")


def title(layer: Layer) -> str:
    return type(layer).__name__


def require_rank(layer: Layer, spec: TensorSpec, rank: int, layout: str, hint: str = RANK_TOO_HIGH) -> None:
    """``rank`` counts the batch axis. ``hint`` is for too many axes; exactly one too few has its own."""
    if spec.rank == rank:
        return
    message = f"{title(layer)} needs {layout} per sample ({axes_text(rank)}), got {shown(spec)}"
    if spec.rank > rank:
        raise ShapeError(message, hint)
    raise ShapeError(message, RANK_TOO_LOW if spec.rank == rank - 1 else "")


def require_sample_axes(layer: Layer, spec: TensorSpec) -> None:
    if spec.rank < 2:
        raise ShapeError(
            f"{title(layer)} needs at least one axis per sample, got single numbers (no axes)", RANK_TOO_LOW
        )


def require_floats(layer: Layer, *specs: TensorSpec) -> None:
    """For layers that calculate with fractions."""
    for spec in specs:
        if spec.dtype not in FLOATS:
            raise ShapeError(
                f"{title(layer)} calculates with fractions, got {kind(spec)}. If they number categories, put an "
                "Embedding in front; if they are quantities, set the Input's dtype to float32",
                NEEDS_FLOATS,
            )


def require_integers(layer: Layer, spec: TensorSpec, what: str) -> None:
    if spec.dtype not in INTEGERS:
        raise ShapeError(
            f"{title(layer)} needs {what} as whole numbers, got {kind(spec)}. Set the Input's dtype to int32",
            NEEDS_INTEGERS,
        )


def require_numbers(layer: Layer, *specs: TensorSpec) -> None:
    """For layers that calculate."""
    for spec in specs:
        if spec.dtype == "bool":
            raise ShapeError(f"{title(layer)} calculates with numbers, got {kind(spec)}")


def require_size(layer: Layer, spec: TensorSpec, axis: int, what: str) -> int:
    """The size of an axis that weights depend on."""
    size = spec.shape[axis]
    if size is None:
        raise ShapeError(f"{title(layer)} needs to know its {what}, got {spec} with ? still open", NEEDS_SIZE)
    return size


def require_axis(layer: Layer, spec: TensorSpec, axis: int) -> int:
    """``axis``, counted from the front where it was counted from the end; never the batch axis."""
    position = axis + spec.rank if axis < 0 else axis
    if 0 < position < spec.rank:
        return position
    wanted = f"{title(layer)} works along axis {axis}"
    if position == 0:
        raise ShapeError(f"{wanted}, which counts the samples; choose {_choices(spec)}")
    raise ShapeError(f"{wanted}, but each sample is {shown(spec)}; choose {_choices(spec)}")


def shown(spec: TensorSpec) -> str:
    """``128 (1 axis)``: a sample's sizes and how many there are."""
    return f"{shape_text(spec.sample_shape)} ({axes_text(spec.rank)})"


def axes_text(rank: int) -> str:
    """How many axes a sample of a tensor of this rank has."""
    return {1: "no axes", 2: "1 axis"}.get(rank, f"{rank - 1} axes")


def kind(spec: TensorSpec) -> str:
    words = (
        "fractions"
        if spec.dtype in FLOATS
        else "whole numbers"
        if spec.dtype in INTEGERS
        else "true or false"
    )
    return f"{words} ({spec.dtype})"


def _choices(spec: TensorSpec) -> str:
    if spec.rank < 2:
        return "another layer, single numbers have no axes"
    return "1 or -1" if spec.rank == 2 else f"1 to {spec.rank - 1}, or -1 to {1 - spec.rank} from the end"

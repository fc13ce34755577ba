"""Windows that slide over the spatial axes: what convolution and pooling share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from graph_engine.layers.base import WINDOW_TOO_LARGE, Layer
from graph_engine.layers.requirements import title
from graph_engine.values import Dim, Shape, ShapeError, shape_text

Pads = tuple[tuple[int, int], ...]
LAYOUTS: Final = {1: "steps \u00d7 channels", 2: "height \u00d7 width \u00d7 channels"}
LAYOUTS_3D: Final = "depth \u00d7 height \u00d7 width \u00d7 channels"


def layout(rank: int) -> str:
    """The axes of one sample with ``rank`` spatial axes, in words."""
    return LAYOUTS.get(rank, LAYOUTS_3D)


def reach(size: Sequence[int], dilation: Sequence[int]) -> tuple[int, ...]:
    """How far a window with gaps extends along each axis."""
    return tuple((length - 1) * gap + 1 for length, gap in zip(size, dilation, strict=True))


def counts(layer: Layer, sizes: Shape, window: Sequence[int], strides: Sequence[int], padding: str) -> Shape:
    """How many places a window of this reach takes along each axis. Raises ShapeError where it does not fit."""
    if padding == "valid":
        _require_room(layer, sizes, window)
    return tuple(
        None if size is None else -(-(size - (length - 1 if padding == "valid" else 0)) // stride)
        for size, length, stride in zip(sizes, window, strides, strict=True)
    )


def pads(sizes: Sequence[int], window: Sequence[int], strides: Sequence[int], padding: str) -> Pads:
    """Padding before and after along each axis; where ``same`` needs an odd number, the extra is at the end."""
    if padding == "causal":
        return tuple((length - 1, 0) for length in window)
    if padding == "valid":
        return ((0, 0),) * len(sizes)
    return tuple(_same(*axis) for axis in zip(sizes, window, strides, strict=True))


def times(sizes: Sequence[Dim]) -> str:
    """``3x3`` with a multiplication sign."""
    return shape_text(tuple(sizes))


def stride_text(strides: Sequence[int]) -> str:
    """``/2`` where a line should mention it, as papers write it: nothing for a stride of one."""
    if set(strides) == {1}:
        return ""
    return f"/{strides[0] if len(set(strides)) == 1 else times(strides)}"


def _same(size: int, length: int, stride: int) -> tuple[int, int]:
    total = max(0, (-(-size // stride) - 1) * stride + length - size)
    return total // 2, total - total // 2


def _require_room(layer: Layer, sizes: Shape, window: Sequence[int]) -> None:
    if any(size is not None and size < length for size, length in zip(sizes, window, strict=True)):
        raise ShapeError(
            f"{title(layer)}'s window of {times(window)} does not fit into {times(sizes)} with valid padding; "
            "choose a smaller window, or same padding",
            WINDOW_TOO_LARGE,
        )

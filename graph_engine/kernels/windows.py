"""Windows that slide over spatial axes, channels last: how often they fit and what they see.

``attrs`` has one entry per spatial axis in ``strides``, ``pads`` (before, after) and ``dilation``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graph_engine.kernels.program import Array
from graph_engine.values import ShapeError

Attrs = Mapping[str, Any]
Cut = tuple[slice, ...]


def positions(sizes: Sequence[int | None], window: Sequence[int | None], attrs: Attrs) -> tuple[int, ...]:
    """How many places the window takes along each axis. Raises ShapeError where it does not fit at all."""
    found = []
    for size, taps, stride, (before, after), dilation in zip(
        sizes, window, attrs["strides"], attrs["pads"], attrs["dilation"], strict=True
    ):
        room = (size or 0) + before + after - ((taps or 0) - 1) * dilation - 1
        if room < 0:
            raise ShapeError(f"a window of {taps} does not fit into {size}")
        found.append(room // stride + 1)
    return tuple(found)


def tap_slices(window: Sequence[int], places: Sequence[int], attrs: Attrs) -> Iterator[Cut]:
    """For every tap of the window, in order: where in the padded input it stands at all places."""
    for tap in itertools.product(*(range(size) for size in window)):
        spatial = (
            slice(index * dilation, index * dilation + (count - 1) * stride + 1, stride)
            for index, count, stride, dilation in zip(
                tap, places, attrs["strides"], attrs["dilation"], strict=True
            )
        )
        yield (slice(None), *spatial)


def padded_shape(shape: Sequence[int | None], pads: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    sizes = ((size or 0) + sum(pad) for size, pad in zip(shape[1:-1], pads, strict=True))
    return (shape[0] or 0, *sizes, shape[-1] or 0)


def inside(shape: Sequence[int], pads: Sequence[tuple[int, int]]) -> Cut:
    """Where an array of ``shape`` lies in its padded form."""
    cuts = (slice(before, before + size) for size, (before, _) in zip(shape[1:-1], pads, strict=True))
    return (slice(None), *cuts, slice(None))


def pad_into(padded: Array, x: Array, pads: Sequence[tuple[int, int]], filler: float) -> Array:
    """``padded``, filled with ``x`` and ``filler`` around it."""
    padded.fill(filler)
    padded[inside(x.shape, pads)] = x
    return padded

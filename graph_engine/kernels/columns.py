"""im2col: what a window sees, as the rows of a matrix, so that a convolution is one product per group.

A matrix of columns has the shape (groups, places, taps * channels of one group).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from graph_engine.kernels.primitive import Specs
from graph_engine.kernels.program import Array
from graph_engine.kernels.windows import Attrs, pad_into, padded_shape, positions, tap_slices
from graph_engine.values import TensorSpec


def is_pointwise(window: Sequence[int | None], attrs: Attrs) -> bool:
    """Whether every window is one element, and every element has its window: columns are the input itself."""
    unpadded = all(pad == (0, 0) for pad in attrs["pads"])
    return unpadded and all(size == 1 for size in window) and all(stride == 1 for stride in attrs["strides"])


def column_scratch(x: TensorSpec, window: Sequence[int | None], attrs: Attrs) -> Specs:
    """Memory for the columns and, where there is padding, for the padded input."""
    if is_pointwise(window, attrs):
        return ()
    padded = padded_shape(x.shape, attrs["pads"])
    places = padded[0] * math.prod(positions(x.shape[1:-1], window, attrs))
    columns = x.with_shape((places, math.prod(taps or 0 for taps in window) * padded[-1]))
    return (columns,) if padded == x.shape else (columns, x.with_shape(padded))


def gather_columns(x: Array, window: Sequence[int], places: Sequence[int], attrs: Attrs) -> Array:
    """What the window sees at every place, written to scratch."""
    if is_pointwise(window, attrs):
        return by_group(x, attrs["groups"])
    columns, *padded = attrs["scratch"]
    x = pad_into(padded[0], x, attrs["pads"], 0.0) if padded else x
    seen = tap_view(columns, x.shape[-1], (len(x), *places), attrs["groups"])
    for index, cut in enumerate(tap_slices(window, places, attrs)):
        seen[..., index, :] = split_channels(x[cut], attrs["groups"])
    matrices: Array = seen.reshape(len(seen), -1, seen.shape[-2] * seen.shape[-1])
    return matrices


def scatter_columns(
    padded: Array, columns: Array, window: Sequence[int], places: Sequence[int], attrs: Attrs
) -> None:
    """col2im: every column added to what its window saw. ``columns`` as in scratch."""
    padded.fill(0)
    target = split_channels(padded, attrs["groups"])
    seen = tap_view(columns, padded.shape[-1], (len(padded), *places), attrs["groups"])
    for index, cut in enumerate(tap_slices(window, places, attrs)):
        target[(slice(None), *cut)] += seen[..., index, :]


def tap_view(columns: Array, channels: int, places: Sequence[int], groups: int) -> Array:
    """Columns in scratch as (groups, *places, taps, channels of one group)."""
    view: Array = columns.reshape(groups, *places, -1, channels // groups)
    return view


def split_channels(x: Array, groups: int) -> Array:
    """(..., channels) as (groups, ..., channels of one group)."""
    return np.moveaxis(x.reshape(*x.shape[:-1], groups, -1), -2, 0)


def by_group(x: Array, groups: int) -> Array:
    """(*places, channels) as matrices (groups, places, channels of one group)."""
    return split_channels(x.reshape(-1, x.shape[-1]), groups)

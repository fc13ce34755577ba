"""Pictures moved, turned, stretched and slanted: every place of the result is looked up in the original."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value

FILL_MODES: Final = ("reflect", "wrap", "constant", "nearest")
INTERPOLATIONS: Final = ("bilinear", "nearest")
Row = tuple[Value | float, Value | float, Value | float]
Tap = tuple[Value, Value]  # an index (float, whole) and its share


def transformed(
    x: Value, across: Row, down: Row, *, fill_mode: str, interpolation: str, fill_value: float = 0.0
) -> Value:
    """What ``keras.ops.image.affine_transform`` makes of ``x`` (batch, height, width, channels).

    The pixel in column ``j`` of row ``i`` comes from column ``across . (j, i, 1)`` of row ``down . (j, i, 1)``.
    Coefficients are numbers, or one for each sample: (batch, 1, 1).
    """
    batch, height, width, channels = x.shape
    i = x.program.constant(np.arange(height)[None, :, None], x.dtype)
    j = x.program.constant(np.arange(width)[None, None, :], x.dtype)
    table = ops.reshape(x, (batch * height * width, channels))
    first = x.program.constant(np.arange(batch)[:, None, None] * (height * width), "int32")
    total: Value | None = None
    rows = [(tap, _whole(tap[0], height, fill_mode)) for tap in _taps(_at(down, i, j), interpolation)]
    columns = [(tap, _whole(tap[0], width, fill_mode)) for tap in _taps(_at(across, i, j), interpolation)]
    for (row, of_row), whole_row in rows:
        for (column, of_column), whole_column in columns:
            places = first + whole_row * width + whole_column
            found = ops.gather(table, ops.broadcast_to(places, (batch, height, width)))
            if fill_mode == "constant":
                inside = ops.logical_and(_inside(row, height), _inside(column, width))
                inside = ops.expand_dims(ops.broadcast_to(inside, (batch, height, width)), -1)
                found = ops.where(inside, found, ops.number(fill_value, x))
            part = found * ops.expand_dims(of_row * of_column, -1)
            total = part if total is None else total + part
    assert total is not None
    return total


def _at(row: Row, i: Value, j: Value) -> Value:
    """(batch or 1, height, width)"""
    place = j * row[0] + i * row[1] + row[2]
    assert isinstance(place, Value)
    return place


def _taps(places: Value, interpolation: str) -> Iterator[Tap]:
    """The whole indices whose pixels are mixed."""
    if interpolation == "nearest":
        yield ops.rint(places), places * 0.0 + 1.0
        return
    below = ops.floor(places)
    yield below, 1.0 - (places - below)
    yield below + 1.0, places - below


def _whole(index: Value, size: int, fill_mode: str) -> Value:
    """The index as int32, brought inside as ``fill_mode`` continues the picture."""
    if fill_mode == "wrap":
        index = _remainder(index, size)
    elif fill_mode == "reflect":  # d c b a | a b c d | d c b a
        turned = _remainder(index, 2 * size)
        index = ops.minimum(turned, (2 * size - 1.0) - turned)
    return ops.cast(ops.clip(index, low=0.0, high=size - 1.0), dtype="int32")


def _remainder(index: Value, period: int) -> Value:
    """Of whole numbers that are not many periods away; numpy's own takes ten times as long."""
    found = index - ops.floor(index / float(period)) * float(period)
    assert isinstance(found, Value)
    return found


def _inside(index: Value, size: int) -> Value:
    return ops.logical_and(
        ops.greater_equal(index, ops.number(0.0, index)), ops.less(index, ops.number(size, index))
    )

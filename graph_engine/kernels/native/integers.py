"""Whole numbers: class ids compared and converted."""

from __future__ import annotations

import numpy as np

from graph_engine.kernels.native.indexing import index_at
from graph_engine.kernels.native.language import flags, floats, longs, share_start, shorts
from graph_engine.kernels.native.library import kernel
from graph_engine.kernels.native.rows import Bound, Rows
from graph_engine.values import ITEMSIZE

INTEGERS = ("int32", "int64")


@kernel
def equal_integers(
    thread: int, threads: int, x: int, x_item: int, y: int, y_item: int, z: int, count: int, otherwise: int
) -> None:
    """``x == y``, or ``x != y`` where ``otherwise`` is 1."""
    out = flags(z, count)
    for i in range(share_start(count, thread, threads), share_start(count, thread + 1, threads)):
        same = 1 if index_at(x, x_item, i) == index_at(y, y_item, i) else 0
        out[i] = np.uint8(same ^ otherwise)


@kernel
def convert_integers(thread: int, threads: int, x: int, x_item: int, z: int, z_item: int, count: int) -> None:
    """To int32 or int64; to float32 where ``z_item`` is 0."""
    for i in range(share_start(count, thread, threads), share_start(count, thread + 1, threads)):
        value = index_at(x, x_item, i)
        if z_item == 0:
            floats(z + 4 * i, 1)[0] = np.float32(value)
        elif z_item == 4:
            shorts(z + 4 * i, 1)[0] = np.int32(value)
        else:
            longs(z + 8 * i, 1)[0] = value


def bind_equal_integers(step: Bound) -> Rows:
    (x, y), (z,) = step.inputs, step.outputs
    if x.shape != y.shape or not x.size:
        return None
    return [
        step.row(
            equal_integers, work=x.size, x=x.address, x_item=ITEMSIZE[x.dtype], y=y.address,
            y_item=ITEMSIZE[y.dtype], z=z.address, count=x.size, otherwise=int(step.name == "not_equal"),
        )
    ]  # fmt: skip


def bind_cast_integers(step: Bound) -> Rows:
    (x,), (z,) = step.inputs, step.outputs
    if z.dtype not in (*INTEGERS, "float32") or not x.size:
        return None
    item = 0 if z.dtype == "float32" else ITEMSIZE[z.dtype]
    return [
        step.row(
            convert_integers, work=x.size, x=x.address, x_item=ITEMSIZE[x.dtype], z=z.address, z_item=item,
            count=x.size,
        )
    ]  # fmt: skip

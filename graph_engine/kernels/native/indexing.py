"""Rows of tables by index."""

from __future__ import annotations

from typing import Any

from graph_engine.kernels.native.language import ONE, ZERO, floats, helper, longs, share_start, shorts
from graph_engine.kernels.native.library import kernel
from graph_engine.kernels.native.rows import Bound, Rows, Tensor, binds
from graph_engine.values import ITEMSIZE


@helper
def index_at(indices: int, item: int, place: int) -> Any:
    """An int32 or int64 as int64."""
    if item == 4:
        return shorts(indices + 4 * place, 1)[0]
    return longs(indices + 8 * place, 1)[0]


@kernel
def gather_rows(
    thread: int, threads: int, table: int, indices: int, item: int, z: int, count: int, width: int, last: int,
    complaint: int, number: int,
) -> None:  # fmt: skip
    """``z[i] = table[indices[i]]``. Where an index is outside, ``number`` is left at ``complaint``."""
    for i in range(share_start(count, thread, threads), share_start(count, thread + 1, threads)):
        row = index_at(indices, item, i)
        if row < 0 or row > last:
            longs(complaint, 1)[0] = number
            row = 0
        taken, out = floats(table + row * width * 4, width), floats(z + i * width * 4, width)
        for e in range(width):
            out[e] = taken[e]


@kernel
def scatter_rows(
    thread: int, threads: int, x: int, indices: int, item: int, table: int, count: int, width: int, rows: int
) -> None:
    """Each thread clears its share of the table's rows and adds to them alone what belongs there, in order."""
    begin, end = share_start(rows, thread, threads), share_start(rows, thread + 1, threads)
    mine = floats(table + begin * width * 4, (end - begin) * width)
    for e in range((end - begin) * width):
        mine[e] = ZERO
    for i in range(count):
        row = index_at(indices, item, i)
        if begin <= row < end:
            given, out = floats(x + i * width * 4, width), floats(table + row * width * 4, width)
            for e in range(width):
                out[e] += given[e]


@kernel
def one_hot_rows(thread: int, threads: int, indices: int, item: int, z: int, count: int, depth: int) -> None:
    for i in range(share_start(count, thread, threads), share_start(count, thread + 1, threads)):
        out = floats(z + i * depth * 4, depth)
        for e in range(depth):
            out[e] = ZERO
        place = index_at(indices, item, i)
        if 0 <= place < depth:
            out[place] = ONE


@binds("gather")
def bind_gather(step: Bound) -> Rows:
    (table, indices), (z,) = step.inputs, step.outputs
    if table.dtype != "float32" or not _are_indices(indices) or not table.size:
        return None
    width = table.size // table.shape[0]
    return [
        step.row(
            gather_rows, work=z.size / 4, table=table.address, indices=indices.address,
            item=ITEMSIZE[indices.dtype], z=z.address, count=indices.size, width=width,
            last=table.shape[0] - 1, complaint=step.workspace.complaint, number=step.number,
        )
    ]  # fmt: skip


@binds("scatter_add")
def bind_scatter(step: Bound) -> Rows:
    (x, indices), (table,) = step.inputs, step.outputs
    if x.dtype != "float32" or not _are_indices(indices) or not indices.size:
        return None
    width = table.size // table.shape[0]
    return [
        step.row(
            scatter_rows, pieces=step.workers, work=table.size / 8 + x.size, x=x.address, indices=indices.address,
            item=ITEMSIZE[indices.dtype], table=table.address, count=indices.size, width=width,
            rows=table.shape[0],
        )
    ]  # fmt: skip


@binds("one_hot")
def bind_one_hot(step: Bound) -> Rows:
    (indices,), (z,) = step.inputs, step.outputs
    if z.dtype != "float32" or not _are_indices(indices):
        return None
    return [
        step.row(
            one_hot_rows, work=z.size / 4, indices=indices.address, item=ITEMSIZE[indices.dtype], z=z.address,
            count=indices.size, depth=z.shape[-1],
        )
    ]  # fmt: skip


def _are_indices(tensor: Tensor) -> bool:
    return tensor.dtype in ("int32", "int64")

"""Moving elements without computing: transposed, cut, joined, padded. All of them are strided copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from graph_engine.kernels.native.language import flags, floats, helper, longs, share_start
from graph_engine.kernels.native.library import kernel
from graph_engine.kernels.native.rows import Bound, Row, Rows, Tensor, binds
from graph_engine.kernels.native.transposing import transposing
from graph_engine.values import ITEMSIZE

_AXES: Final = 5
_AXIS_WORDS: Final = 3  # size, and the strides of source and target in bytes


@kernel
def move(thread: int, threads: int, x: int, z: int, axes: int, rows: int, item: int) -> None:
    """Copy ``rows`` times the last axis. ``axes``: five times size and both strides, outermost first."""
    d = longs(axes, 15)
    size, step, leap = d[12], d[13], d[14]
    begin, end = share_start(rows, thread, threads), share_start(rows, thread + 1, threads)
    for row in range(begin, end):
        rest, source, target = row, x, z
        for axis in (3, 2, 1, 0):
            place = rest % d[3 * axis]
            rest //= d[3 * axis]
            source += place * d[3 * axis + 1]
            target += place * d[3 * axis + 2]
        if item == 4:
            _move_floats(source, step, target, leap, size)
        elif item == 8:
            for i in range(size):
                longs(target + i * leap, 1)[0] = longs(source + i * step, 1)[0]
        else:
            for i in range(size):
                flags(target + i * leap, 1)[0] = flags(source + i * step, 1)[0]


@helper
def _move_floats(x: int, step: int, z: int, leap: int, n: int) -> None:
    if step == 4 and leap == 4:
        taken, given = floats(x, n), floats(z, n)
        for i in range(n):
            given[i] = taken[i]
    else:
        for i in range(n):
            floats(z + i * leap, 1)[0] = floats(x + i * step, 1)[0]


@kernel
def fill(thread: int, threads: int, z: int, nbytes: int, word: int) -> None:
    """``z`` full of an int64 pattern, and its first bytes at the end."""
    lines = nbytes // 8
    begin, end = share_start(lines, thread, threads), share_start(lines, thread + 1, threads)
    out = longs(z, lines)
    for i in range(begin, end):
        out[i] = word
    if thread == threads - 1:
        rest = flags(z + lines * 8, nbytes - lines * 8)
        for i in range(nbytes - lines * 8):
            rest[i] = np.uint8(word >> (8 * i))


def moving(
    step: Bound, x: Tensor, x_place: int, x_strides: Sequence[int],
    z: Tensor, z_place: int, z_strides: Sequence[int], sizes: Sequence[int],
) -> Row | None:  # fmt: skip
    """Copy ``sizes`` elements with these strides from and to these addresses; None for too many axes."""
    item = ITEMSIZE[x.dtype]
    axes = _merged(sizes, x_strides, z_strides) or [(1, item, item)]
    if len(axes) > _AXES:
        return None
    full = [(1, 0, 0)] * (_AXES - len(axes)) + axes
    count = int(np.prod(sizes, dtype=np.int64))
    return step.row(
        move,
        work=count / (8 if axes[-1][1:] == (item, item) else 1),
        reads=(x,),
        writes=(z,),
        x=x_place,
        z=z_place,
        axes=step.workspace.table(word for axis in full for word in axis),
        rows=count // max(1, axes[-1][0]),
        item=item,
    )


def filling(step: Bound, z: Tensor, value: float) -> Row:
    """``z`` full of one number."""
    pattern = np.array([value] * (8 // ITEMSIZE[z.dtype]), z.dtype).view(np.int64)
    return step.row(
        fill, work=z.nbytes / 64, reads=(), writes=(z,), z=z.address, nbytes=z.nbytes, word=int(pattern[0])
    )


@binds("transpose")
def bind_transpose(step: Bound) -> Rows:
    (x,), (z,) = step.inputs, step.outputs
    perm = step.attrs["perm"]
    rank = len(perm)
    if not x.size:
        return None
    if x.dtype == "float32" and rank > 1 and list(perm) == [*range(rank - 2), rank - 1, rank - 2]:
        return [transposing(step, x, z)]
    strides = [x.strides[axis] for axis in perm]
    return _all(moving(step, x, x.address, strides, z, z.address, z.strides, z.shape))


@binds("slice")
def bind_slice(step: Bound) -> Rows:
    (x,), (z,) = step.inputs, step.outputs
    if not z.size:
        return None
    place, strides = _cut(x, step)
    return _all(moving(step, x, place, strides, z, z.address, z.strides, z.shape))


@binds("slice_gradient")
def bind_slice_gradient(step: Bound) -> Rows:
    (x,), (z,) = step.inputs, step.outputs
    if not x.size:
        return None
    place, strides = _cut(z, step)
    return _all(filling(step, z, 0.0), moving(step, x, x.address, x.strides, z, place, strides, x.shape))


@binds("pad")
def bind_pad(step: Bound) -> Rows:
    (x,), (z,) = step.inputs, step.outputs
    if not x.size:
        return None
    before = [low for low, _ in step.attrs["pads"]]
    place = z.address + sum(low * stride for low, stride in zip(before, z.strides, strict=True))
    body = moving(step, x, x.address, x.strides, z, place, z.strides, x.shape)
    return _all(filling(step, z, step.attrs["value"]), body)


@binds("concatenate")
def bind_concatenate(step: Bound) -> Rows:
    (z,), axis = step.outputs, step.attrs["axis"]
    rows: list[Row | None] = []
    place = z.address
    for x in step.inputs:
        if x.size:
            rows.append(moving(step, x, x.address, x.strides, z, place, z.strides, x.shape))
        place += x.shape[axis] * z.strides[axis]
    return _all(*rows)


def _all(*rows: Row | None) -> Rows:
    """The rows, or None if one of them could not be made."""
    found = [row for row in rows if row is not None]
    return found if len(found) == len(rows) else None


def _cut(x: Tensor, step: Bound) -> tuple[int, list[int]]:
    """Where a slice of ``x`` begins, and its strides."""
    place, strides = x.address, []
    cuts = zip(step.attrs["starts"], step.attrs["stops"], step.attrs["steps"], strict=True)
    for size, stride, cut in zip(x.shape, x.strides, cuts, strict=True):
        start, _, pace = slice(*cut).indices(size)
        place += start * stride
        strides.append(pace * stride)
    return place, strides


def _merged(
    sizes: Sequence[int], sources: Sequence[int], targets: Sequence[int]
) -> list[tuple[int, int, int]]:
    """As few axes as describe the copy: neighbours whose strides fit become one, sizes of 1 vanish."""
    axes: list[tuple[int, int, int]] = []
    for size, source, target in zip(sizes, sources, targets, strict=True):
        if size == 1:
            continue
        if axes and axes[-1][1] == source * size and axes[-1][2] == target * size:
            axes[-1] = (axes[-1][0] * size, source, target)
        else:
            axes.append((size, source, target))
    return axes

"""Sums, means and extremes over neighbouring axes: (outer, reduced, inner) in row-major order."""

from __future__ import annotations

import math
from typing import Final

from graph_engine.kernels.native.language import (
    ONE,
    ZERO,
    Float,
    bits,
    floats,
    helper,
    longs,
    real,
    share_start,
    summing,
)
from graph_engine.kernels.native.library import kernel
from graph_engine.kernels.native.rows import LINE, Bound, Row, Rows, Tensor, binds

_SUM, _MAX, _MIN = 0, 1, 2
_KINDS: Final = {"sum": _SUM, "mean": _SUM, "max": _MAX, "min": _MIN}


@summing
def total(address: int, n: int) -> Float:
    """The sum of ``n`` floats."""
    values, found = floats(address, n), ZERO
    for i in range(n):
        found += values[i]
    return found


@helper
def largest(address: int, n: int) -> Float:
    """The largest of ``n`` floats; NaN if there is one."""
    values = floats(address, n)
    best = floats(address, 1)[0]
    unordered = ZERO
    for i in range(n):
        best = values[i] if values[i] > best else best
        unordered += values[i] - values[i] if values[i] != values[i] else ZERO
    return best if unordered == ZERO else unordered


@kernel
def reduce_last(
    thread: int, threads: int, x: int, z: int, outer: int, count: int, kind: int, scale: int
) -> None:
    """Each row of ``x`` to one number."""
    factor = real(scale)
    out = floats(z, outer)
    for i in range(share_start(outer, thread, threads), share_start(outer, thread + 1, threads)):
        row = floats(x + i * count * 4, count)
        if kind == _SUM:
            out[i] = total(x + i * count * 4, count) * factor
        elif kind == _MAX:
            out[i] = largest(x + i * count * 4, count)
        else:
            best = row[0]
            for j in range(count):
                best = row[j] if row[j] < best or row[j] != row[j] else best
                if best != best:
                    break
            out[i] = best


@kernel
def reduce_middle(
    thread: int,
    threads: int,
    x: int,
    z: int,
    outer: int,
    count: int,
    inner: int,
    piece: int,
    kind: int,
    scale: int,
) -> None:
    """``z[o, i]`` from ``x[o, :, i]``, in pieces of ``piece`` neighbouring columns."""
    factor = real(scale)
    pieces = (inner + piece - 1) // piece
    for item in range(
        share_start(outer * pieces, thread, threads), share_start(outer * pieces, thread + 1, threads)
    ):
        o, left = item // pieces, item % pieces * piece
        width = min(piece, inner - left)
        source, target = x + (o * count * inner + left) * 4, z + (o * inner + left) * 4
        if kind == _SUM:
            add_rows(source, inner * 4, count, target, width, factor)
        else:
            _extreme_rows(source, inner * 4, count, target, width, kind)


@helper
def add_rows(x: int, stride: int, count: int, z: int, width: int, factor: Float) -> None:
    """``z = factor * sum of count rows``; eight rows at once, so that sums do not wait for each other."""
    out = floats(z, width)
    for c in range(width):
        out[c] = ZERO
    done = 0
    while done + 8 <= count:
        at = x + done * stride
        r0, r1 = floats(at, width), floats(at + stride, width)
        r2, r3 = floats(at + 2 * stride, width), floats(at + 3 * stride, width)
        r4, r5 = floats(at + 4 * stride, width), floats(at + 5 * stride, width)
        r6, r7 = floats(at + 6 * stride, width), floats(at + 7 * stride, width)
        for c in range(width):
            out[c] += ((r0[c] + r1[c]) + (r2[c] + r3[c])) + ((r4[c] + r5[c]) + (r6[c] + r7[c]))
        done += 8
    while done < count:
        a = floats(x + done * stride, width)
        for c in range(width):
            out[c] += a[c]
        done += 1
    if factor != ONE:
        for c in range(width):
            out[c] *= factor


@helper
def _extreme_rows(x: int, stride: int, count: int, z: int, width: int, kind: int) -> None:
    out, first = floats(z, width), floats(x, width)
    for c in range(width):
        out[c] = first[c]
    for r in range(1, count):
        row = floats(x + r * stride, width)
        if kind == _MAX:
            for c in range(width):
                out[c] = out[c] if out[c] > row[c] or out[c] != out[c] else row[c]
        else:
            for c in range(width):
                out[c] = out[c] if out[c] < row[c] or out[c] != out[c] else row[c]


@kernel
def partial_sums(thread: int, threads: int, x: int, parts: int, part: int, count: int, inner: int) -> None:
    """Each thread's share of the rows of ``x``, added up at ``parts + thread * part``."""
    begin, end = share_start(count, thread, threads), share_start(count, thread + 1, threads)
    add_rows(x + begin * inner * 4, inner * 4, end - begin, parts + thread * part, inner, ONE)


@kernel
def merge_sums(
    thread: int, threads: int, parts: int, part: int, number: int, z: int, size: int, scale: int
) -> None:
    """``z = scale * sum of the parts``, in the order of the parts."""
    begin, end = share_start(size, thread, threads), share_start(size, thread + 1, threads)
    add_rows(parts + begin * 4, part, number, z + begin * 4, end - begin, real(scale))


@kernel
def arg_max(thread: int, threads: int, x: int, z: int, outer: int, count: int) -> None:
    """Index of the first largest element of each row; of the first NaN if there is one."""
    out = longs(z, outer)
    for i in range(share_start(outer, thread, threads), share_start(outer, thread + 1, threads)):
        row = floats(x + i * count * 4, count)
        best, place = row[0], 0
        for j in range(1, count):
            if row[j] > best or (row[j] != row[j] and best == best):
                best, place = row[j], j
        out[i] = place


@binds("sum", "mean", "max", "min")
def bind_reduction(step: Bound) -> Rows:
    (x,), (z,) = step.inputs, step.outputs
    axes: tuple[int, ...] = step.attrs["axes"]
    first, last = axes[0], axes[-1]
    if not step.is_float or len(axes) != last - first + 1 or not x.size:
        return None
    outer, count, inner = (
        math.prod(x.shape[:first]), math.prod(x.shape[first : last + 1]), math.prod(x.shape[last + 1 :])
    )  # fmt: skip
    scale = bits(1.0 / count if step.name == "mean" else 1.0)
    kind = _KINDS[step.name]
    if inner == 1:
        return [
            step.row(
                reduce_last, work=x.size / 8, x=x.address, z=z.address, outer=outer, count=count, kind=kind,
                scale=scale,
            )
        ]  # fmt: skip
    if kind == _SUM and outer == 1 and count > 64 * step.threads and not step.is_small(x.size / 8):
        return summed_rows(step, x.reshaped(count, inner), z, scale)
    return [
        step.row(
            reduce_middle, work=x.size / 8, x=x.address, z=z.address, outer=outer, count=count, inner=inner,
            piece=256, kind=kind, scale=scale,
        )
    ]  # fmt: skip


def summed_rows(step: Bound, x: Tensor, z: Tensor, scale: int) -> list[Row]:
    """The sum of many rows: each thread its share, then the parts together."""
    count, inner = x.shape
    part = -(-inner * 4 // LINE) * LINE
    parts = step.workspace.shared(step.threads, part // 4)
    return [
        step.row(
            partial_sums, work=x.size / 8, reads=(x,), writes=(parts,), x=x.address, parts=parts.address,
            part=part, count=count, inner=inner,
        ),
        merging(step, parts, part, step.threads, z, scale=scale),
    ]  # fmt: skip


def merging(
    step: Bound, parts: Tensor, part: int, number: int, z: Tensor, *, offset: int = 0, scale: int = bits(1.0)
) -> Row:
    """The row for the sum of ``number`` parts, ``part`` bytes apart, times ``scale`` (see ``bits``)."""
    return step.row(
        merge_sums, work=z.size / 8, reads=(parts,), writes=(z,), parts=parts.address + offset, part=part,
        number=number, z=z.address, size=z.size, scale=scale,
    )  # fmt: skip


@binds("argmax")
def bind_argmax(step: Bound) -> Rows:
    (x,), (z,) = step.inputs, step.outputs
    if x.dtype != "float32" or step.attrs["axis"] != len(x.shape) - 1:
        return None
    count = x.shape[-1]
    return [step.row(arg_max, work=x.size, x=x.address, z=z.address, outer=x.size // count, count=count)]

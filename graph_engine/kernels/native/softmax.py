"""Softmax, its logarithm and its gradient along the last axis: row by row."""

from __future__ import annotations

from graph_engine.kernels.native.language import ONE, ZERO, Float, floats, share_start, summing
from graph_engine.kernels.native.library import kernel
from graph_engine.kernels.native.mathematics import exponential, logarithm
from graph_engine.kernels.native.reductions import largest
from graph_engine.kernels.native.rows import Bound, Rows, binds


@kernel
def softmax_rows(thread: int, threads: int, x: int, y: int, rows: int, count: int, logarithms: int) -> None:
    for r in range(share_start(rows, thread, threads), share_start(rows, thread + 1, threads)):
        source, target = x + r * count * 4, y + r * count * 4
        seen, out = floats(source, count), floats(target, count)
        top = largest(source, count)
        if logarithms:
            below = logarithm(_exponentials(source, 0, top, count)) + top
            for i in range(count):
                out[i] = seen[i] - below
        else:
            scale = ONE / _exponentials(source, target, top, count)
            for i in range(count):
                out[i] = out[i] * scale


@summing
def _exponentials(source: int, target: int, top: Float, count: int) -> Float:
    """The sum of ``exp(x - top)``, which are kept at ``target`` unless it is 0."""
    seen, found = floats(source, count), ZERO
    if target:
        out = floats(target, count)
        for i in range(count):
            power = exponential(seen[i] - top)
            out[i] = power
            found += power
    else:
        for i in range(count):
            found += exponential(seen[i] - top)
    return found


@kernel
def softmax_gradient_rows(thread: int, threads: int, g: int, y: int, z: int, rows: int, count: int) -> None:
    """``z = y * (g - sum(g * y))``"""
    for r in range(share_start(rows, thread, threads), share_start(rows, thread + 1, threads)):
        place = r * count * 4
        arriving, result, out = floats(g + place, count), floats(y + place, count), floats(z + place, count)
        inner = dot(g + place, y + place, count)
        for i in range(count):
            out[i] = result[i] * (arriving[i] - inner)


@summing
def dot(x: int, y: int, count: int) -> Float:
    a, b, found = floats(x, count), floats(y, count), ZERO
    for i in range(count):
        found += a[i] * b[i]
    return found


@binds("softmax", "log_softmax")
def bind_softmax(step: Bound) -> Rows:
    (x,), (y,) = step.inputs, step.outputs
    if not step.is_float or step.attrs["axis"] != len(x.shape) - 1 or not x.size:
        return None
    count = x.shape[-1]
    return [
        step.row(
            softmax_rows, work=x.size * 2, x=x.address, y=y.address, rows=x.size // count, count=count,
            logarithms=int(step.name == "log_softmax"),
        )
    ]  # fmt: skip


@binds("softmax_gradient")
def bind_softmax_gradient(step: Bound) -> Rows:
    (g, y), (z,) = step.inputs, step.outputs
    if not step.is_float or step.attrs["axis"] != len(g.shape) - 1 or not g.size:
        return None
    count = g.shape[-1]
    return [
        step.row(
            softmax_gradient_rows, work=g.size / 2, g=g.address, y=y.address, z=z.address,
            rows=g.size // count, count=count,
        )
    ]  # fmt: skip

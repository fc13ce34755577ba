"""Normalization over all axes but the last (batch) or over the last alone (layer), with their gradients.

Over the batch: threads add up their shares of rows around a pivot, the first row, so that a large mean costs
no digits; all read all parts, each scales its own rows. ``relu`` cuts the result, and the gradient where the
result was cut.
"""

from __future__ import annotations

import math

import numpy as np

from graph_engine.kernels.native.language import ONE, ZERO, Float, bits, floats, helper, real, share_start
from graph_engine.kernels.native.library import kernel
from graph_engine.kernels.native.reductions import merging, total
from graph_engine.kernels.native.rows import LINE, Bound, Rows, Tensor, binds
from graph_engine.kernels.native.softmax import dot

RUN = 64  # rows added up before they join a longer sum


@kernel
def batch_statistics(
    thread: int, threads: int, x: int, parts: int, part: int, rows: int, channels: int
) -> None:
    """Sums and sums of squares of a thread's rows minus the first row, at ``parts + thread * part``."""
    begin, end = share_start(rows, thread, threads), share_start(rows, thread + 1, threads)
    mine = parts + thread * part
    sums, squares = floats(mine, channels), floats(mine + channels * 4, channels)
    run, run_squares = floats(mine + channels * 8, channels), floats(mine + channels * 12, channels)
    pivot = floats(x, channels)
    for c in range(channels):
        sums[c] = ZERO
        squares[c] = ZERO
    while begin < end:
        last = min(end, begin + RUN)
        for c in range(channels):
            run[c] = ZERO
            run_squares[c] = ZERO
        while begin + 4 <= last:
            at = x + begin * channels * 4
            r0, r1 = floats(at, channels), floats(at + channels * 4, channels)
            r2, r3 = floats(at + channels * 8, channels), floats(at + channels * 12, channels)
            for c in range(channels):
                p = pivot[c]
                d0, d1, d2, d3 = r0[c] - p, r1[c] - p, r2[c] - p, r3[c] - p
                run[c] += (d0 + d1) + (d2 + d3)
                run_squares[c] += (d0 * d0 + d1 * d1) + (d2 * d2 + d3 * d3)
            begin += 4
        while begin < last:
            row = floats(x + begin * channels * 4, channels)
            for c in range(channels):
                d = row[c] - pivot[c]
                run[c] += d
                run_squares[c] += d * d
            begin += 1
        for c in range(channels):
            sums[c] += run[c]
            squares[c] += run_squares[c]


@kernel
def batch_scale(
    thread: int, threads: int, x: int, y: int, parts: int, part: int, number: int, gamma: int, beta: int,
    mean: int, inverse: int, home: int, stride: int, rows: int, channels: int, epsilon: int,
    residual: int, relu: int,
) -> None:  # fmt: skip
    """``y = x * scale + shift (+ residual)``, cut at 0 where ``relu``; statistics are left by the first thread."""
    begin, end = share_start(rows, thread, threads), share_start(rows, thread + 1, threads)
    mine = home + thread * stride
    scale, shift = floats(mine, channels), floats(mine + channels * 4, channels)
    pivot, weights, offsets = floats(x, channels), floats(gamma, channels), floats(beta, channels)
    one_over = ONE / np.float32(rows)
    for c in range(channels):
        sums, squares = ZERO, ZERO
        for one in range(number):
            sums += floats(parts + one * part, channels)[c]
            squares += floats(parts + one * part + channels * 4, channels)[c]
        off = sums * one_over
        variance = squares * one_over - off * off
        variance = ZERO if variance < ZERO else variance
        found = ONE / np.float32(math.sqrt(variance + real(epsilon)))
        middle = off + pivot[c]
        scale[c] = weights[c] * found
        shift[c] = offsets[c] - middle * scale[c]
        if thread == 0:
            floats(mean, channels)[c] = middle
            floats(inverse, channels)[c] = found
    _apply(x, y, residual, mine, begin, end, channels, relu)


@helper
def _apply(
    x: int, y: int, residual: int, factors: int, begin: int, end: int, channels: int, relu: int
) -> None:
    scale, shift = floats(factors, channels), floats(factors + channels * 4, channels)
    for r in range(begin, end):
        at = r * channels * 4
        seen, out = floats(x + at, channels), floats(y + at, channels)
        if residual:
            more = floats(residual + at, channels)
            for c in range(channels):
                out[c] = seen[c] * scale[c] + shift[c] + more[c]
        else:
            for c in range(channels):
                out[c] = seen[c] * scale[c] + shift[c]
        if relu:
            for c in range(channels):
                out[c] = ZERO if out[c] <= ZERO else out[c]


@kernel
def batch_gradient_sums(
    thread: int,
    threads: int,
    g: int,
    x: int,
    mean: int,
    gate: int,
    parts: int,
    part: int,
    rows: int,
    channels: int,
) -> None:
    """Sums of the gradient and of its product with x - mean over a thread's rows."""
    begin, end = share_start(rows, thread, threads), share_start(rows, thread + 1, threads)
    mine = parts + thread * part
    sums, products = floats(mine, channels), floats(mine + channels * 4, channels)
    run, run_products = floats(mine + channels * 8, channels), floats(mine + channels * 12, channels)
    middle = floats(mean, channels)
    for c in range(channels):
        sums[c] = ZERO
        products[c] = ZERO
    while begin < end:
        last = min(end, begin + RUN)
        for c in range(channels):
            run[c] = ZERO
            run_products[c] = ZERO
        while begin < last:
            at = begin * channels * 4
            arriving, seen = floats(g + at, channels), floats(x + at, channels)
            if gate:
                result = floats(gate + at, channels)
                for c in range(channels):
                    value = arriving[c] if result[c] > ZERO else ZERO
                    run[c] += value
                    run_products[c] += value * (seen[c] - middle[c])
            else:
                for c in range(channels):
                    run[c] += arriving[c]
                    run_products[c] += arriving[c] * (seen[c] - middle[c])
            begin += 1
        for c in range(channels):
            sums[c] += run[c]
            products[c] += run_products[c]


@kernel
def batch_gradient(
    thread: int, threads: int, g: int, x: int, gamma: int, mean: int, inverse: int, gate: int, dx: int, dgamma: int,
    dbeta: int, parts: int, part: int, number: int, home: int, stride: int, rows: int, channels: int,
) -> None:  # fmt: skip
    """``dx = gamma * inverse * (g - mean(g) - n * mean(g * n))`` as ``a * g + b * x + d`` for each channel."""
    begin, end = share_start(rows, thread, threads), share_start(rows, thread + 1, threads)
    mine = home + thread * stride
    a, b, d = (
        floats(mine, channels),
        floats(mine + channels * 4, channels),
        floats(mine + channels * 8, channels),
    )
    weights, middle, spread = floats(gamma, channels), floats(mean, channels), floats(inverse, channels)
    one_over = ONE / np.float32(rows)
    for c in range(channels):
        sums, products = ZERO, ZERO
        for one in range(number):
            sums += floats(parts + one * part, channels)[c]
            products += floats(parts + one * part + channels * 4, channels)[c]
        inv = spread[c]
        a[c] = weights[c] * inv
        b[c] = -a[c] * products * inv * inv * one_over
        d[c] = -a[c] * sums * one_over - b[c] * middle[c]
        if thread == 0:
            floats(dgamma, channels)[c] = products * inv
            floats(dbeta, channels)[c] = sums
    for r in range(begin, end):
        at = r * channels * 4
        arriving, seen, out = floats(g + at, channels), floats(x + at, channels), floats(dx + at, channels)
        if gate:
            result = floats(gate + at, channels)
            for c in range(channels):
                out[c] = a[c] * (arriving[c] if result[c] > ZERO else ZERO) + b[c] * seen[c] + d[c]
        else:
            for c in range(channels):
                out[c] = a[c] * arriving[c] + b[c] * seen[c] + d[c]


@kernel
def layer_scale(
    thread: int, threads: int, x: int, y: int, gamma: int, beta: int, mean: int, inverse: int, rows: int,
    channels: int, epsilon: int,
) -> None:  # fmt: skip
    weights, offsets = floats(gamma, channels), floats(beta, channels)
    one_over = ONE / np.float32(channels)
    for r in range(share_start(rows, thread, threads), share_start(rows, thread + 1, threads)):
        at = r * channels * 4
        seen, out = floats(x + at, channels), floats(y + at, channels)
        middle = total(x + at, channels) * one_over
        for c in range(channels):
            out[c] = seen[c] - middle
        found = ONE / np.float32(math.sqrt(dot(y + at, y + at, channels) * one_over + real(epsilon)))
        for c in range(channels):
            out[c] = out[c] * found * weights[c] + offsets[c]
        floats(mean + r * 4, 1)[0] = middle
        floats(inverse + r * 4, 1)[0] = found


@kernel
def layer_gradient(
    thread: int, threads: int, g: int, x: int, gamma: int, mean: int, inverse: int, dx: int, parts: int, part: int,
    rows: int, channels: int,
) -> None:  # fmt: skip
    """Also each thread's sums for the gradients of gamma and beta, side by side at its part."""
    mine = parts + thread * part
    dgamma, dbeta = floats(mine, channels), floats(mine + channels * 4, channels)
    weights = floats(gamma, channels)
    one_over = ONE / np.float32(channels)
    for c in range(channels):
        dgamma[c] = ZERO
        dbeta[c] = ZERO
    for r in range(share_start(rows, thread, threads), share_start(rows, thread + 1, threads)):
        at = r * channels * 4
        arriving, seen, out = floats(g + at, channels), floats(x + at, channels), floats(dx + at, channels)
        middle, found = floats(mean + r * 4, 1)[0], floats(inverse + r * 4, 1)[0]
        for c in range(channels):
            normal = (seen[c] - middle) * found
            dgamma[c] += arriving[c] * normal
            dbeta[c] += arriving[c]
            out[c] = arriving[c] * weights[c]
        whole = total(dx + at, channels) * one_over
        along = weighted(dx + at, x + at, channels, middle, found) * one_over
        for c in range(channels):
            out[c] = (out[c] - whole - (seen[c] - middle) * found * along) * found


@helper
def weighted(h: int, x: int, channels: int, middle: Float, found: Float) -> Float:
    """``sum(h * (x - middle) * found)``"""
    return (dot(h, x, channels) - middle * total(h, channels)) * found


@binds("normalize")
def bind_normalize(step: Bound) -> Rows:
    x, gamma, beta = step.inputs
    return normalizing(step, x, gamma, beta, None, False)


@binds("fused_normalize")
def bind_fused_normalize(step: Bound) -> Rows:
    x, gamma, beta = step.inputs[:3]
    return normalizing(step, x, gamma, beta, step.also(3).get("start"), step.attrs["relu"])


def normalizing(
    step: Bound, x: Tensor, gamma: Tensor, beta: Tensor, residual: Tensor | None, relu: bool
) -> Rows:
    y, mean, inverse = step.outputs
    channels = x.shape[-1]
    if not step.is_float or gamma.size != channels or gamma.shape[-1] != channels or not x.size:
        return None
    rows, axes, epsilon = x.size // channels, step.attrs["axes"], bits(step.attrs["epsilon"])
    if axes == (len(x.shape) - 1,) and residual is None and not relu:
        return [
            step.row(
                layer_scale, work=x.size, x=x.address, y=y.address, gamma=gamma.address, beta=beta.address,
                mean=mean.address, inverse=inverse.address, rows=rows, channels=channels, epsilon=epsilon,
            )
        ]  # fmt: skip
    if axes != tuple(range(len(x.shape) - 1)):
        return None
    parts, part = _parts(step, channels)
    home, stride = step.workspace.private(channels * 8)
    work = x.size / 4
    more = () if residual is None else (residual,)
    return [
        step.row(
            batch_statistics, work=work, reads=(x,), writes=(parts,), x=x.address, parts=parts.address, part=part,
            rows=rows, channels=channels,
        ),
        step.row(
            batch_scale, work=work, reads=(x, gamma, beta, parts, *more), writes=step.outputs, x=x.address, y=y.address,
            parts=parts.address, part=part, number=1 if step.is_small(work) else step.threads,
            gamma=gamma.address, beta=beta.address, mean=mean.address, inverse=inverse.address, home=home,
            stride=stride, rows=rows, channels=channels, epsilon=epsilon,
            residual=residual.address if residual is not None else 0, relu=int(relu),
        ),
    ]  # fmt: skip


@binds("normalize_gradient")
def bind_normalize_gradient(step: Bound) -> Rows:
    return normalizing_gradient(step, None)


@binds("fused_normalize_gradient")
def bind_fused_normalize_gradient(step: Bound) -> Rows:
    return normalizing_gradient(step, step.also(5)["gate"])


def normalizing_gradient(step: Bound, gate: Tensor | None) -> Rows:
    """``gate``: where it is not positive, no gradient arrives."""
    g, x, gamma, mean, inverse = step.inputs[:5]
    dx, dgamma, dbeta = step.outputs
    channels, axes = x.shape[-1], step.attrs["axes"]
    if not step.is_float or gamma.size != channels or gamma.shape[-1] != channels or not x.size:
        return None
    parts, part = _parts(step, channels)
    rows, work = x.size // channels, x.size / 3
    number = 1 if step.is_small(work) else step.threads
    if axes == (len(x.shape) - 1,) and gate is None:
        summing = step.row(
            layer_gradient, work=work, writes=(dx, parts), g=g.address, x=x.address, gamma=gamma.address,
            mean=mean.address, inverse=inverse.address, dx=dx.address, parts=parts.address, part=part, rows=rows,
            channels=channels,
        )  # fmt: skip
        return [
            summing,
            merging(step, parts, part, number, dgamma),
            merging(step, parts, part, number, dbeta, offset=channels * 4),
        ]
    if axes != tuple(range(len(x.shape) - 1)):
        return None
    home, stride = step.workspace.private(channels * 12)
    more = () if gate is None else (gate,)
    cut = gate.address if gate is not None else 0
    return [
        step.row(
            batch_gradient_sums, work=work, reads=(g, x, mean, *more), writes=(parts,), g=g.address, x=x.address,
            mean=mean.address, gate=cut, parts=parts.address, part=part, rows=rows, channels=channels,
        ),
        step.row(
            batch_gradient, work=work, reads=(*step.inputs, parts), g=g.address, x=x.address, gamma=gamma.address,
            mean=mean.address, inverse=inverse.address, gate=cut, dx=dx.address, dgamma=dgamma.address,
            dbeta=dbeta.address, parts=parts.address, part=part, number=number, home=home, stride=stride, rows=rows,
            channels=channels,
        ),
    ]  # fmt: skip


def _parts(step: Bound, channels: int) -> tuple[Tensor, int]:
    """Each thread's sums, and bytes from one to the next: two sums and two runs of ``channels``."""
    part = -(-channels * 16 // LINE) * LINE
    return step.workspace.shared(step.threads, part // 4), part

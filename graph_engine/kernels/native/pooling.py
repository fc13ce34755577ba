"""Pooling over one or two spatial axes, channels last: images are shared out among threads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graph_engine.kernels.native.language import ONE, ZERO, Float, floats, helper, share_start
from graph_engine.kernels.native.library import kernel
from graph_engine.kernels.native.rows import Bound, Rows, binds


@helper
def first_tap(place: int, stride: int, before: int) -> int:
    """The first tap of a window that lies inside the image."""
    return max(0, before - place * stride)


@helper
def end_tap(place: int, stride: int, before: int, window: int, size: int) -> int:
    """One past the last tap that lies inside."""
    return min(window, size + before - place * stride)


@kernel
def max_pool(
    thread: int, threads: int, x: int, z: int, images: int, height: int, width: int, channels: int,
    rows: int, columns: int, window_h: int, window_w: int, stride_h: int, stride_w: int, top: int, left: int,
) -> None:  # fmt: skip
    row_bytes, pixel = width * channels * 4, channels * 4
    for item in range(
        share_start(images * rows, thread, threads), share_start(images * rows, thread + 1, threads)
    ):
        number, h = item // rows, item % rows
        h0, h1 = first_tap(h, stride_h, top), end_tap(h, stride_h, top, window_h, height)
        for w in range(columns):
            w0, w1 = first_tap(w, stride_w, left), end_tap(w, stride_w, left, window_w, width)
            corner = (
                x
                + number * height * row_bytes
                + (h * stride_h - top) * row_bytes
                + (w * stride_w - left) * pixel
            )
            out = floats(z + (item * columns + w) * pixel, channels)
            start = floats(corner + h0 * row_bytes + w0 * pixel, channels)
            for c in range(channels):
                out[c] = start[c]
            for i in range(h0, h1):
                for j in range(w0, w1):
                    seen = floats(corner + i * row_bytes + j * pixel, channels)
                    for c in range(channels):
                        out[c] = out[c] if out[c] > seen[c] or out[c] != out[c] else seen[c]


@kernel
def max_pool_gradient(
    thread: int, threads: int, x: int, y: int, g: int, z: int, home: int, stride: int, images: int, height: int,
    width: int, channels: int, rows: int, columns: int, window_h: int, window_w: int, stride_h: int, stride_w: int,
    top: int, left: int,
) -> None:  # fmt: skip
    """``left over`` holds what no tap of the window has taken yet: the first of equal ones takes it."""
    row_bytes, pixel = width * channels * 4, channels * 4
    over = floats(home + thread * stride, channels)
    for number in range(share_start(images, thread, threads), share_start(images, thread + 1, threads)):
        base = number * height * row_bytes
        cleared = floats(z + base, height * width * channels)
        for e in range(height * width * channels):
            cleared[e] = ZERO
        for h in range(rows):
            h0, h1 = first_tap(h, stride_h, top), end_tap(h, stride_h, top, window_h, height)
            for w in range(columns):
                w0, w1 = first_tap(w, stride_w, left), end_tap(w, stride_w, left, window_w, width)
                corner = base + (h * stride_h - top) * row_bytes + (w * stride_w - left) * pixel
                place = ((number * rows + h) * columns + w) * pixel
                best, arriving = floats(y + place, channels), floats(g + place, channels)
                for c in range(channels):
                    over[c] = arriving[c]
                for i in range(h0, h1):
                    for j in range(w0, w1):
                        at = corner + i * row_bytes + j * pixel
                        seen, out = floats(x + at, channels), floats(z + at, channels)
                        for c in range(channels):
                            won = seen[c] == best[c]
                            out[c] += over[c] if won else ZERO
                            over[c] = ZERO if won else over[c]


@kernel
def average_pool(
    thread: int, threads: int, x: int, z: int, images: int, height: int, width: int, channels: int,
    rows: int, columns: int, window_h: int, window_w: int, stride_h: int, stride_w: int, top: int, left: int,
) -> None:  # fmt: skip
    row_bytes, pixel = width * channels * 4, channels * 4
    for item in range(
        share_start(images * rows, thread, threads), share_start(images * rows, thread + 1, threads)
    ):
        number, h = item // rows, item % rows
        h0, h1 = first_tap(h, stride_h, top), end_tap(h, stride_h, top, window_h, height)
        for w in range(columns):
            w0, w1 = first_tap(w, stride_w, left), end_tap(w, stride_w, left, window_w, width)
            corner = (
                x
                + number * height * row_bytes
                + (h * stride_h - top) * row_bytes
                + (w * stride_w - left) * pixel
            )
            out = floats(z + (item * columns + w) * pixel, channels)
            for c in range(channels):
                out[c] = ZERO
            for i in range(h0, h1):
                for j in range(w0, w1):
                    seen = floats(corner + i * row_bytes + j * pixel, channels)
                    for c in range(channels):
                        out[c] += seen[c]
            share = share_of((h1 - h0) * (w1 - w0))
            for c in range(channels):
                out[c] *= share


@kernel
def average_pool_gradient(
    thread: int, threads: int, g: int, z: int, images: int, height: int, width: int, channels: int,
    rows: int, columns: int, window_h: int, window_w: int, stride_h: int, stride_w: int, top: int, left: int,
) -> None:  # fmt: skip
    row_bytes, pixel = width * channels * 4, channels * 4
    for number in range(share_start(images, thread, threads), share_start(images, thread + 1, threads)):
        base = z + number * height * row_bytes
        cleared = floats(base, height * width * channels)
        for e in range(height * width * channels):
            cleared[e] = ZERO
        for h in range(rows):
            h0, h1 = first_tap(h, stride_h, top), end_tap(h, stride_h, top, window_h, height)
            for w in range(columns):
                w0, w1 = first_tap(w, stride_w, left), end_tap(w, stride_w, left, window_w, width)
                corner = base + (h * stride_h - top) * row_bytes + (w * stride_w - left) * pixel
                arriving = floats(g + ((number * rows + h) * columns + w) * pixel, channels)
                share = share_of((h1 - h0) * (w1 - w0))
                for i in range(h0, h1):
                    for j in range(w0, w1):
                        out = floats(corner + i * row_bytes + j * pixel, channels)
                        for c in range(channels):
                            out[c] += arriving[c] * share


@helper
def share_of(count: int) -> Float:
    """One over a count of at least 1."""
    return ONE / np.float32(max(count, 1))


@binds("max_pool", "average_pool")
def bind_pool(step: Bound) -> Rows:
    (x,), (y,) = step.inputs, step.outputs
    window = _window(step, x.shape, y.shape)
    if window is None:
        return None
    chosen = max_pool if step.name == "max_pool" else average_pool
    work = y.size * window["window_h"] * window["window_w"] / 4
    return [step.row(chosen, work=work, reads=(x,), writes=(y,), x=x.address, z=y.address, **window)]


@binds("max_pool_gradient")
def bind_max_pool_gradient(step: Bound) -> Rows:
    (x, y, g), (dx,) = step.inputs, step.outputs
    window = _window(step, x.shape, y.shape)
    if window is None:
        return None
    home, stride = step.workspace.private(x.shape[-1] * 4)
    work = y.size * window["window_h"] * window["window_w"] / 2
    return [
        step.row(
            max_pool_gradient, work=work, reads=(x, y, g), writes=(dx,), x=x.address, y=y.address, g=g.address,
            z=dx.address, home=home, stride=stride, **window,
        )
    ]  # fmt: skip


@binds("average_pool_gradient")
def bind_average_pool_gradient(step: Bound) -> Rows:
    (g,), (dx,) = step.inputs, step.outputs
    window = _window(step, dx.shape, g.shape)
    if window is None:
        return None
    work = g.size * window["window_h"] * window["window_w"] / 4
    return [
        step.row(
            average_pool_gradient, work=work, reads=(g,), writes=(dx,), g=g.address, z=dx.address, **window
        )
    ]


def _window(step: Bound, x: Sequence[int], y: Sequence[int]) -> dict[str, int] | None:
    """Geometry by the kernels' names; None for more than two spatial axes, and where a window sees nothing."""
    rank = len(x) - 2
    size, strides, pads = step.attrs["size"], step.attrs["strides"], step.attrs["pads"]
    outside = any(max(pad) >= window for pad, window in zip(pads, size, strict=True))
    if not step.is_float or rank not in (1, 2) or outside or 0 in (*x, *y):
        return None
    one = rank == 1
    return {
        "images": x[0],
        "height": 1 if one else x[1],
        "width": x[-2],
        "channels": x[-1],
        "rows": 1 if one else y[1],
        "columns": y[-2],
        "window_h": 1 if one else size[0],
        "window_w": size[-1],
        "stride_h": 1 if one else strides[0],
        "stride_w": strides[-1],
        "top": 0 if one else pads[0][0],
        "left": pads[-1][0],
    }

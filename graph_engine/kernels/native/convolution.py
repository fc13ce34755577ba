"""Convolutions by tiles of neighbouring places: no columns are built, a window is a series of offsets.

A thread works on one image at a time, in a padded copy that stays in its second-level cache. The gradient
for the input is a convolution of the gradient, once for every phase of the strides; the gradient for the
kernel sums products of rows of the image and of the gradient.
"""

from __future__ import annotations

from graph_engine.kernels.native.language import ZERO, caller, floats, helper, longs, share_start
from graph_engine.kernels.native.library import kernel
from graph_engine.kernels.native.microkernel import PARAMETERS

PHASE_WORDS = 10
_call_tile = caller(len(PARAMETERS))


@helper
def pad_image(x: int, height: int, row: int, home: int, place: int, padded_row: int) -> None:
    """Copy ``height`` rows of ``row`` bytes to ``home + place``, ``padded_row`` apart."""
    count = row // 4
    for h in range(height):
        taken, given = floats(x + h * row, count), floats(home + place + h * padded_row, count)
        for i in range(count):
            given[i] = taken[i]


@helper
def clear(address: int, count: int) -> None:
    out = floats(address, count)
    for i in range(count):
        out[i] = ZERO


@kernel
def convolve(
    thread: int, threads: int, x: int, image: int, height: int, row: int, home: int, stride: int, padded: int,
    place: int, padded_row: int, images: int, bands: int, phases: int, phase_count: int, groups: int,
    x_group: int, weights: int, w_group: int, w_inner: int, z: int, z_image: int, z_group: int, z_row: int,
    a_row: int, inner: int, a_inner: int, bias: int, gate: int, start: int, relu: int,
    columns: int, width: int, tail: int,
) -> None:  # fmt: skip
    """Items are bands of rows of images. ``phases``: ten words each, see ``_phase``.

    ``place``: where the image begins in its padded copy of ``padded`` bytes (0: the image is used as it is).
    """
    begin = share_start(images * bands, thread, threads)
    end = share_start(images * bands, thread + 1, threads)
    mine = home + thread * stride
    if padded and end > begin:
        clear(mine, padded // 4)
    held = -1
    for item in range(begin, end):
        number, band = item // bands, item % bands
        source = x + number * image
        if padded:
            if number != held:
                pad_image(source, height, row, mine, place, padded_row)
                held = number
            source = mine
        for phase in range(phase_count):
            words = longs(phases + phase * 80, 10)
            if words[0] == 0:
                continue
            first, last = share_start(words[6], band, bands), share_start(words[6], band + 1, bands)
            for group in range(groups):
                for column in range(columns):
                    masked = 1 if tail and column == columns - 1 else 0
                    across = column * width
                    kernels = longs(words[9], 7)
                    for h in range(first, last):
                        w = 0
                        for block in range(kernels[4]):
                            big = 1 if block < kernels[6] else 0
                            target = number * z_image + words[5] + h * words[7] + w * z_row
                            target += group * z_group + across
                            _call_tile(
                                kernels[masked] if big else kernels[2 + masked],
                                (
                                    source + words[4] + h * words[8] + w * a_row + group * x_group,
                                    words[1], weights + group * w_group + across, words[2], words[0],
                                    a_row, a_inner, w_inner, inner,
                                    z + target, z_row,
                                    start + target if start else 0, z_row,
                                    bias + group * z_group + across if bias else 0,
                                    gate + target if gate else 0, z_row, relu, tail,
                                ),
                            )  # fmt: skip
                            w += kernels[5] + big


@kernel
def kernel_gradient(
    thread: int, threads: int, x: int, image: int, height: int, row: int, home: int, stride: int, padded: int,
    place: int, padded_row: int, images: int, g: int, g_image: int, g_inner: int, parts: int, part: int,
    taps: int, tap_offsets: int, groups: int, x_group: int, g_group: int, z_group: int, z_tap: int, z_row: int,
    a_row: int, a_inner: int, a_offsets: int, b_offsets: int, rows: int, band: int, inner: int,
    kernels: int, columns: int, width: int, tail: int,
) -> None:  # fmt: skip
    """Each thread's images, summed at ``parts + thread * part``; ``band`` rows of an image at a time."""
    begin, end = share_start(images, thread, threads), share_start(images, thread + 1, threads)
    mine, sums = home + thread * stride, parts + thread * part
    if end == begin:
        clear(sums, part // 4)
        return
    if padded:
        clear(mine, padded // 4)
    table, shifts = longs(kernels, 7), longs(tap_offsets, taps)
    for number in range(begin, end):
        source = x + number * image
        if padded:
            pad_image(source, height, row, mine, place, padded_row)
            source = mine
        first = 0
        while first < rows:
            fresh = number == begin and first == 0
            for tap in range(taps):
                for group in range(groups):
                    for column in range(columns):
                        masked = 1 if tail and column == columns - 1 else 0
                        across = column * width
                        m = 0
                        for block in range(table[4]):
                            big = 1 if block < table[6] else 0
                            target = sums + tap * z_tap + m * z_row + group * z_group + across
                            _call_tile(
                                table[masked] if big else table[2 + masked],
                                (
                                    source + shifts[tap] + m * a_row + group * x_group,
                                    a_offsets + first * 8, g + number * g_image + group * g_group + across,
                                    b_offsets + first * 8, min(band, rows - first), a_row, a_inner, g_inner, inner,
                                    target, z_row, 0 if fresh else target, z_row, 0, 0, 0, 0, tail,
                                ),
                            )  # fmt: skip
                            m += table[5] + big
            first += band

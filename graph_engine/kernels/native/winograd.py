"""Convolutions with windows of 3 by 3 and 5 by 5 by Winograd's algorithm: a quarter, a third of the multiplications.

A square of results, 4 by 4 or 2 by 2, comes from 6 by 6 pixels as ``A^T ((G w G^T) * (B^T x B)) A`` (Lavin and Gray,
"Fast Algorithms for Convolutional Neural Networks", 2016): polynomials are multiplied by their values at six points.
Each of the 36 places is a product of matrices over channels, done for a strip of squares at a time, so that everything
stays in the second-level cache. The gradient for the weights is the same read backwards:
``G^T (sum of (A dy A^T) * (B^T x B)) G``.

The points are 0, +-sqrt(1/2), +-sqrt(2) and infinity: rounding errors are half of those at 0, +-1, +-2.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

from graph_engine.kernels.native.convolution import clear, pad_image
from graph_engine.kernels.native.language import caller, helper, longs, share_start
from graph_engine.kernels.native.library import kernel
from graph_engine.kernels.native.microkernel import PARAMETERS
from graph_engine.kernels.native.transforms import FINISHES, MOVES, Matrix

REACH: Final = 6  # pixels along each side that a square of results comes from
PLACES: Final = REACH * REACH

_A, _B = sqrt(0.5), sqrt(2.0)
_POINTS: Final = (0.0, _A, -_A, _B, -_B)
_DISTANCES: Final = (1.0, -1.5, -1.5, 6.0, 6.0)  # of each point from all others, multiplied
OF_PIXELS: Final[Matrix] = (
    (1.0, 0.0, -2.5, 0.0, 1.0, 0.0),
    (0.0, -2 * _A, -2.0, _A, 1.0, 0.0),
    (0.0, 2 * _A, -2.0, -_A, 1.0, 0.0),
    (0.0, -_B / 2, -0.5, _B, 1.0, 0.0),
    (0.0, _B / 2, -0.5, -_B, 1.0, 0.0),
    (0.0, 1.0, 0.0, -2.5, 0.0, 1.0),
)


@dataclass(frozen=True, slots=True)
class Basis:
    """Values at the points, for windows of this size."""

    window: int

    @property
    def side(self) -> int:
        """Of a square of results."""
        return REACH - self.window + 1

    @property
    def of_weights(self) -> Matrix:
        return _powers(self.window, _DISTANCES)

    @property
    def of_gradients(self) -> Matrix:
        """Its transpose gives the results."""
        return _powers(self.side, (1.0,) * len(_POINTS))


def _powers(count: int, divisors: tuple[float, ...]) -> Matrix:
    """Of each point, the last of which is infinity."""
    finite = (
        tuple(point**power / divisor for power in range(count))
        for point, divisor in zip(_POINTS, divisors, strict=True)
    )
    return (*finite, (0.0,) * (count - 1) + (1.0,))


_call_tile = caller(len(PARAMETERS))
_call_move = caller(len(MOVES))
_call_finish = caller(len(FINISHES))


@kernel
def change_weights(
    thread: int, threads: int, change: int, x: int, x_row: int, x_column: int,
    z: int, z_row: int, z_column: int, count: int, lanes: int,
) -> None:  # fmt: skip
    """The transform at ``change`` of ``count`` squares next to each other."""
    vectors = (count + lanes - 1) // lanes
    begin = share_start(vectors, thread, threads) * lanes
    end = min(count, share_start(vectors, thread + 1, threads) * lanes)
    if end > begin:
        offset = begin * 4
        _call_move(change, (x + offset, x_row, x_column, z + offset, z_row, z_column, end - begin))


@helper
def pad_rows(
    x: int, height: int, row: int, home: int, place: int, padded_row: int, first: int, last: int
) -> None:
    """Of an image and its padded copy what lies in rows ``first`` to ``last`` of the copy."""
    before = place // padded_row
    low, high = max(0, first - before), min(height, last - before)
    if high > low:
        pad_image(x + low * row, high - low, row, home, place + low * padded_row, padded_row)


@kernel
def convolve_squares(
    thread: int, threads: int, x: int, image: int, height: int, row: int, home: int, stride: int, padded: int,
    place: int, padded_row: int, pixel: int, channels: int, filters: int, side: int, across: int, squares: int,
    total: int, strips: int, slices: int, spread: int, spread_place: int, sums: int, sums_place: int,
    weights: int, weights_place: int, cuts: int, origin: int, z: int, z_image: int, z_row: int, z_pixel: int, rows: int,
    columns: int, bias: int, start: int, gate: int, relu: int, blocks: int, width: int, tail: int,
    gather: int, finish: int,
) -> None:  # fmt: skip
    """Items are strips of the ``total`` squares, each for a slice of the filters.

    ``spread`` and ``sums``: a strip's pixels and results in the other basis, ``_place`` bytes for each of the 36
    places. ``cuts``: seven words for strips of the smaller size, then of one square more. ``origin``: a table of 0.
    """
    items = strips * slices
    begin, end = share_start(items, thread, threads), share_start(items, thread + 1, threads)
    mine = home + thread * stride
    if padded and end > begin:
        clear(mine, padded // 4)
    mine_spread, mine_sums = spread + thread * stride, sums + thread * stride
    low, held, held_image = total // strips, -1, -1
    end_square = share_start(total, (end - 1) // slices + 1, strips)
    for item in range(begin, end):
        strip, slice_ = item // slices, item % slices
        first, last = share_start(total, strip, strips), share_start(total, strip + 1, strips)
        if strip != held:
            held = strip
            for square in range(first, last):
                number, at = square // squares, square % squares
                source = x + number * image
                if padded:
                    if number != held_image:
                        top = at // across * side
                        bottom = (min(squares, end_square - number * squares) - 1) // across * side + REACH
                        pad_rows(source, height, row, mine, place, padded_row, top, bottom)
                        held_image = number
                    source = mine
                source += at // across * side * padded_row + at % across * side * pixel
                target = mine_spread + (square - first) * pixel
                _call_move(
                    gather, (source, padded_row, pixel, target, REACH * spread_place, spread_place, channels)
                )
        words = longs(cuts + (last - first - low) * 56, 7)
        left = share_start(blocks, slice_, slices)
        right = share_start(blocks, slice_ + 1, slices)
        for number in range(PLACES):
            for column in range(left, right):
                masked = 1 if tail and column == blocks - 1 else 0
                square = 0
                for block in range(words[4]):
                    big = 1 if block < words[6] else 0
                    _call_tile(
                        words[masked] if big else words[2 + masked],
                        (
                            mine_spread + number * spread_place + square * pixel, origin,
                            weights + number * weights_place + column * width, origin, 1,
                            pixel, 4, z_pixel, channels,
                            mine_sums + number * sums_place + square * z_pixel + column * width, z_pixel,
                            0, 0, 0, 0, 0, 0, tail,
                        ),
                    )  # fmt: skip
                    square += words[5] + big
        offset = left * width
        part = min(filters * 4, right * width) - offset
        for square in range(first, last):
            number, at = square // squares, square % squares
            down, right_ = at // across * side, at % across * side
            target = number * z_image + down * z_row + right_ * z_pixel + offset
            _call_finish(
                finish,
                (
                    mine_sums + (square - first) * z_pixel + offset, REACH * sums_place, sums_place,
                    z + target, z_row, z_pixel, part // 4, rows - down, columns - right_,
                    bias + offset if bias else 0, start + target if start else 0, gate + target if gate else 0, relu,
                ),
            )  # fmt: skip


@kernel
def squares_gradient(
    thread: int, threads: int, x: int, image: int, height: int, row: int, home: int, stride: int, padded: int,
    place: int, padded_row: int, pixel: int, channels: int,
    g: int, g_image: int, g_height: int, g_row: int, g_home: int, g_padded: int, g_padded_row: int,
    g_pixel: int, filters: int, side: int, across: int, squares: int, total: int, strips: int,
    spread: int, spread_place: int, g_spread: int, g_spread_place: int, parts: int, part: int, parts_place: int,
    cuts: int, origin: int, blocks: int, width: int, tail: int, gather: int, g_gather: int,
) -> None:  # fmt: skip
    """Each piece's strips, summed in the other basis at ``parts + thread * part``."""
    begin, end = share_start(strips, thread, threads), share_start(strips, thread + 1, threads)
    mine, mine_g, out = home + thread * stride, g_home + thread * stride, parts + thread * part
    if end == begin:
        clear(out, part // 4)
        return
    if padded:
        clear(mine, padded // 4)
    if g_padded:
        clear(mine_g, g_padded // 4)
    mine_spread, g_mine_spread = spread + thread * stride, g_spread + thread * stride
    held = -1
    words = longs(cuts, 7)
    for strip in range(begin, end):
        first, last = share_start(total, strip, strips), share_start(total, strip + 1, strips)
        for square in range(first, last):
            number, at = square // squares, square % squares
            source, other = x + number * image, g + number * g_image
            if padded:
                if number != held:
                    pad_image(source, height, row, mine, place, padded_row)
                source = mine
            if g_padded:
                if number != held:
                    pad_image(other, g_height, g_row, mine_g, 0, g_padded_row)
                other = mine_g
            held = number
            down, right = at // across * side, at % across * side
            _call_move(
                gather,
                (
                    source + down * padded_row + right * pixel, padded_row, pixel,
                    mine_spread + (square - first) * pixel, REACH * spread_place, spread_place, channels,
                ),
            )  # fmt: skip
            _call_move(
                g_gather,
                (
                    other + down * g_padded_row + right * g_pixel, g_padded_row, g_pixel,
                    g_mine_spread + (square - first) * g_pixel, REACH * g_spread_place, g_spread_place, filters,
                ),
            )  # fmt: skip
        for number in range(PLACES):
            for column in range(blocks):
                masked = 1 if tail and column == blocks - 1 else 0
                channel = 0
                for block in range(words[4]):
                    big = 1 if block < words[6] else 0
                    target = out + number * parts_place + channel * g_pixel + column * width
                    _call_tile(
                        words[masked] if big else words[2 + masked],
                        (
                            mine_spread + number * spread_place + channel * 4, origin,
                            g_mine_spread + number * g_spread_place + column * width, origin, 1,
                            4, pixel, g_pixel, last - first,
                            target, g_pixel, 0 if strip == begin else target, g_pixel, 0, 0, 0, 0, tail,
                        ),
                    )  # fmt: skip
                    channel += words[5] + big

"""Convolutions cut into squares for Winograd's algorithm: into how many, and whether it is worth it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from graph_engine.kernels.native.cpu import processor
from graph_engine.kernels.native.geometry import Geometry
from graph_engine.kernels.native.winograd import PLACES, REACH, Basis

STRIP_BYTES: Final = 300_000  # of a strip's pixels and results: they stay in the second-level cache
WIDEST: Final = 24  # squares of a strip that make good tiles, even where they take more than that
FEWEST: Final = 4  # squares of a strip: fewer would read the weights too often
MOST_SUMS: Final = 2_500_000  # bytes of sums that are added to for every strip
NEAR_BYTES: Final = 1_000_000  # of weights that stay in a cache between strips
_BYTES_A_CYCLE: Final = 8  # from memory
_CHANGE: Final = 250  # vector operations for a square to the other basis or back, about
_WEIGHTS_CHANGE, _FAR_WEIGHTS_CHANGE = 120, 600
GAIN: Final = 0.8  # of the operations otherwise: less is not worth the rounding


@dataclass(frozen=True, slots=True)
class Squares:
    """The results of a convolution, ``images`` of ``places``, cut into squares."""

    basis: Basis
    images: int
    places: tuple[int, int]
    channels: int
    filters: int

    @property
    def side(self) -> int:
        return self.basis.side

    @property
    def down(self) -> int:
        return -(-self.places[0] // self.side)

    @property
    def across(self) -> int:
        return -(-self.places[1] // self.side)

    @property
    def total(self) -> int:
        return self.images * self.down * self.across

    @property
    def reach(self) -> tuple[int, int]:
        """Pixels that all squares of an image come from."""
        left = REACH - self.side
        return self.side * self.down + left, self.side * self.across + left

    @property
    def weights_bytes(self) -> int:
        """Of the weights in the other basis."""
        return PLACES * self.channels * self.filters * 4

    @property
    def work(self) -> float:
        """In vector operations; reading what is in no cache takes so long as well."""
        lanes = processor().lanes
        deep, wide = -(-self.channels // lanes), -(-self.filters // lanes)
        square = PLACES * self.channels * wide + _CHANGE * (deep + wide)
        is_near = self.weights_bytes <= NEAR_BYTES
        weights = self.channels * wide * (_WEIGHTS_CHANGE if is_near else _FAR_WEIGHTS_CHANGE)
        reading = 0 if is_near else self.strips(1) * self.weights_bytes / _BYTES_A_CYCLE
        return self.total * square + weights + reading

    def strips(self, pieces: int) -> int:
        """Into how many equal strips the squares are cut: as large as the cache allows, some for each piece."""
        most = max(WIDEST, STRIP_BYTES // (PLACES * 4 * (self.channels + self.filters)))
        if self.total < FEWEST * pieces:
            return max(1, self.total // FEWEST)
        return -(-self.total // (most * pieces)) * pieces


def squares_of(g: Geometry) -> Squares | None:
    """None where another way is as good, or the only one."""
    is_plain = g.window in ((3, 3), (5, 5)) and (g.strides, g.dilation, g.groups) == ((1, 1), (1, 1), 1)
    if not is_plain or min(g.before) < 0:
        return None
    found = Squares(Basis(g.window[0]), g.images, g.places, g.channels, g.filters)
    otherwise = g.images * math.prod((*g.places, *g.window)) * g.channels * -(-g.filters // processor().lanes)
    return found if found.work < GAIN * otherwise else None

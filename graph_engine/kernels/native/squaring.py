"""Binds convolutions by Winograd's algorithm: where everything lies."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from graph_engine.kernels.native.cpu import processor
from graph_engine.kernels.native.geometry import Padding
from graph_engine.kernels.native.library import Kernel
from graph_engine.kernels.native.products import Finish, Tiling, tiling
from graph_engine.kernels.native.reductions import merging
from graph_engine.kernels.native.rows import Bound, Row, Tensor, apart
from graph_engine.kernels.native.squares import Squares
from graph_engine.kernels.native.transforms import transform, transposed
from graph_engine.kernels.native.winograd import (
    OF_PIXELS,
    PLACES,
    REACH,
    Basis,
    change_weights,
    convolve_squares,
    squares_gradient,
)

PIECE_BYTES: Final = 200_000  # of the sums of a gradient, of which there is one for each piece
CHANGE_WORK: Final = 120  # vector operations for a vector of weights to the other basis, or back


def convolving(
    step: Bound, squares: Squares, padding: Padding, x: Tensor, weights: Weights, z: Tensor, finish: Finish
) -> list[Row]:
    """Rows for ``z`` from ``x``; ``padding`` brings an image to what the squares reach."""
    space, pixel, z_pixel = step.workspace, squares.channels * 4, squares.filters * 4
    strips = squares.strips(step.threads)
    low = squares.total // strips
    slices = max(1, step.threads // strips)
    cut = _cut(low, squares.filters, slices)
    largest = low + (squares.total % strips > 0)
    cuts = (cut, tiling(largest, squares.filters, vectors=cut.vectors))
    spread_place, sums_place = apart(largest * pixel), apart(largest * z_pixel)
    changed, changing = weights.changed(step)
    arguments = padding.arguments(x, space)
    spread, _ = space.private(PLACES * spread_place)
    sums, _ = space.private(PLACES * sums_place)
    return [
        changing,
        step.row(
            convolve_squares,
            work=squares.work,
            reads=(x, changed, *finish.reads),
            writes=(z,),
            **arguments,
            pixel=pixel,
            channels=squares.channels,
            filters=squares.filters,
            side=squares.side,
            across=squares.across,
            squares=squares.down * squares.across,
            total=squares.total,
            strips=strips,
            slices=min(slices, cut.columns),
            spread=spread,
            spread_place=spread_place,
            sums=sums,
            sums_place=sums_place,
            weights=changed.address,
            weights_place=weights.place,
            cuts=space.table(word for found in cuts for word in _words(found)),
            origin=space.table([0]),
            z=z.address,
            z_image=math.prod(squares.places) * z_pixel,
            z_row=squares.places[1] * z_pixel,
            z_pixel=z_pixel,
            rows=squares.places[0],
            columns=squares.places[1],
            **finish.arguments(),
            blocks=cut.columns,
            width=cut.width,
            tail=cut.tail,
            gather=transform("pixels", OF_PIXELS).address,
            finish=transform(
                f"results{squares.side}", transposed(squares.basis.of_gradients), finishes=True
            ).address,
        ),
    ]


@dataclass(frozen=True, slots=True)
class Weights:
    """``kernel`` as it lies in memory: matrices of (inner, across), the last one first where ``is_turned``."""

    basis: Basis
    kernel: Tensor
    is_turned: bool

    @property
    def matrix(self) -> int:
        """Elements of one."""
        return self.kernel.size // self.basis.window**2

    @property
    def place(self) -> int:
        return apart(self.matrix * 4)

    def changed(self, step: Bound) -> tuple[Tensor, Row]:
        """In the other basis, in working memory, and the row that brings them there."""
        z = step.workspace.shared(PLACES, self.place // 4)
        tap, first, window = self.matrix * 4, self.kernel.address, self.basis.window
        if self.is_turned:
            tap, first = -tap, first + (window**2 - 1) * tap
        x = _Grid(self.kernel, first, window * tap, tap)
        change = transform(f"weights{window}", self.basis.of_weights)
        return z, _changing(step, change, x, _Grid.spread(z, self.place), self.matrix)


def kernel_gradient_of(
    step: Bound, squares: Squares, padding: Padding, x: Tensor, g: Tensor, dk: Tensor
) -> list[Row]:
    """Rows for the gradient ``dk`` of the weights from ``x`` and the gradient ``g`` of the results."""
    space, pixel, g_pixel = step.workspace, squares.channels * 4, squares.filters * 4
    matrix = squares.channels * squares.filters
    place = apart(matrix * 4)
    pieces = step.threads if PLACES * place <= PIECE_BYTES else step.workers
    parts, whole = space.shared(pieces, PLACES * place // 4), space.shared(PLACES, place // 4)
    strips = squares.strips(pieces)
    largest = -(-squares.total // strips)
    spread_place, g_spread_place = apart(largest * pixel), apart(largest * g_pixel)
    arguments = padding.arguments(x, space)
    other = Padding(
        squares.places, (squares.down * squares.side, squares.across * squares.side), (0, 0), squares.filters
    ).arguments(g, space)
    cut = tiling(squares.channels, squares.filters)
    spread, _ = space.private(PLACES * spread_place)
    g_spread, _ = space.private(PLACES * g_spread_place)
    summing = step.row(
        squares_gradient,
        work=squares.work,
        pieces=pieces,
        reads=(x, g),
        writes=(parts,),
        **arguments,
        pixel=pixel,
        channels=squares.channels,
        g=other["x"],
        g_image=other["image"],
        g_height=other["height"],
        g_row=other["row"],
        g_home=other["home"],
        g_padded=other["padded"],
        g_padded_row=other["padded_row"],
        g_pixel=g_pixel,
        filters=squares.filters,
        side=squares.side,
        across=squares.across,
        squares=squares.down * squares.across,
        total=squares.total,
        strips=strips,
        spread=spread,
        spread_place=spread_place,
        g_spread=g_spread,
        g_spread_place=g_spread_place,
        parts=parts.address,
        part=PLACES * place,
        parts_place=place,
        cuts=space.table(_words(cut)),
        origin=space.table([0]),
        blocks=cut.columns,
        width=cut.width,
        tail=cut.tail,
        gather=transform("pixels", OF_PIXELS).address,
        g_gather=transform(f"gradients{squares.side}", squares.basis.of_gradients).address,
    )
    number = 1 if step.is_small(squares.work) else pieces
    together = merging(step, parts, PLACES * place, number, whole)
    window = squares.basis.window
    change = transform(f"kernels{window}", transposed(squares.basis.of_weights))
    result = _Grid(dk, dk.address, window * matrix * 4, matrix * 4)
    return [summing, together, _changing(step, change, _Grid.spread(whole, place), result, matrix)]


@dataclass(frozen=True, slots=True)
class _Grid:
    """A square of matrices in a tensor: where the first is, and how far its rows and columns are apart."""

    tensor: Tensor
    address: int
    row: int
    column: int

    @staticmethod
    def spread(tensor: Tensor, place: int) -> _Grid:
        """In the other basis."""
        return _Grid(tensor, tensor.address, REACH * place, place)


def _changing(step: Bound, change: Kernel, x: _Grid, z: _Grid, count: int) -> Row:
    """The row that takes matrices of ``count`` elements from one basis to the other."""
    lanes = processor().lanes
    return step.row(
        change_weights, work=count / lanes * CHANGE_WORK, reads=(x.tensor,), writes=(z.tensor,),
        change=change.address, x=x.address, x_row=x.row, x_column=x.column,
        z=z.address, z_row=z.row, z_column=z.column, count=count, lanes=lanes,
    )  # fmt: skip


def _cut(rows: int, columns: int, slices: int) -> Tiling:
    """With at least so many columns of tiles, where there can be."""
    cut = tiling(rows, columns)
    across = -(-columns // processor().lanes)
    while cut.columns < min(slices, across):
        fewer = next(count for count in range(cut.vectors - 1, 0, -1) if across % count == 0)
        cut = tiling(rows, columns, vectors=fewer)
    return cut


def _words(cut: Tiling) -> list[int]:
    return [*cut.addresses(), cut.blocks, cut.low, cut.extra]

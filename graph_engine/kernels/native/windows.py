"""Binds convolutions: geometry to offsets. One and two spatial axes; sizes are (height, width)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from graph_engine.kernels.native import depthwise
from graph_engine.kernels.native.convolution import convolve, kernel_gradient
from graph_engine.kernels.native.geometry import Geometry, Padding, geometry, gradient_phases
from graph_engine.kernels.native.moving import filling
from graph_engine.kernels.native.products import Finish, Tiling, finish_of, tiling
from graph_engine.kernels.native.reductions import merging
from graph_engine.kernels.native.rows import LINE, Bound, Row, Rows, Tensor, Workspace, binds
from graph_engine.kernels.native.squares import MOST_SUMS, squares_of
from graph_engine.kernels.native.squaring import PIECE_BYTES, Weights, convolving, kernel_gradient_of
from graph_engine.kernels.native.transposing import transposed

BAND_BYTES = 400_000  # of image and gradient at once, so that both stay in the second-level cache


@dataclass(frozen=True, slots=True)
class Phase:
    """Places that see the same taps. Offsets in bytes: of taps in the image, of their weights, and of the
    first place in image and result; ``rows`` by ``columns`` places."""

    a_offsets: tuple[int, ...]
    b_offsets: tuple[int, ...]
    source: int
    target: int
    rows: int
    columns: int
    target_row: int
    source_row: int

    def words(self, space: Workspace, cut: Tiling) -> list[int]:
        kernels = [*cut.addresses(), cut.blocks, cut.low, cut.extra]
        return [
            len(self.a_offsets),
            space.table(self.a_offsets),
            space.table(self.b_offsets),
            0,
            self.source,
            self.target,
            self.rows,
            self.target_row,
            self.source_row,
            space.table(kernels),
        ]


@binds("conv")
def bind_convolution(step: Bound) -> Rows:
    return convolution(step, step.inputs[0], step.inputs[1], step.outputs[0], Finish())


@binds("fused_conv")
def bind_fused_convolution(step: Bound) -> Rows:
    return convolution(step, step.inputs[0], step.inputs[1], step.outputs[0], finish_of(step))


def convolution(step: Bound, x: Tensor, kernel: Tensor, y: Tensor, finish: Finish) -> Rows:
    g = geometry(x.shape, kernel.shape, y.shape, step)
    if not step.is_float or g is None:
        return None
    if g.is_depthwise:
        return depthwise.sliding(step, g, x, kernel, y, finish)
    if (squares := squares_of(g)) is not None:
        whole = Padding(g.size, squares.reach, g.before, g.channels)
        return convolving(step, squares, whole, x, Weights(squares.basis, kernel, is_turned=False), y, finish)
    padding = Padding(g.size, g.padded, g.before, g.channels)
    inner, series = _window(g, padding)
    phase = Phase(
        tuple(offset for offset, _ in series),
        tuple(weight for _, weight in series),
        0,
        0,
        g.places[0],
        g.places[1],
        g.places[1] * g.filters * 4,
        g.strides[0] * padding.padded_row,
    )
    return [
        _sliding(
            step, g, padding, x, kernel, y, [phase], finish,
            across=g.filters // g.groups, inner=inner,
            a_row=g.strides[1] * g.channels * 4, z_row=g.filters * 4,
            w_inner=g.filters * 4, w_group=g.filters // g.groups * 4,
            x_group=g.channels // g.groups * 4, z_group=g.filters // g.groups * 4,
        )
    ]  # fmt: skip


def _window(g: Geometry, padding: Padding) -> tuple[int, list[tuple[int, int]]]:
    """How many elements each offset stands for, and the offsets in image and weights."""
    weights = g.channels // g.groups * g.filters * 4
    down, right = g.dilation[0] * padding.padded_row, g.dilation[1] * g.channels * 4
    if g.groups == 1 and g.dilation[1] == 1:  # a row of the window is one stretch of memory
        return g.window[1] * g.channels, [
            (tap * down, tap * g.window[1] * weights) for tap in range(g.window[0])
        ]
    found = [(h * down + w * right, (h * g.window[1] + w) * weights) for h, w in g.taps]
    return g.channels // g.groups, found


@binds("conv_grad_input")
def bind_input_gradient(step: Bound) -> Rows:
    return input_gradient(step, step.inputs[0], step.inputs[1], step.outputs[0], Finish())


@binds("fused_conv_grad_input")
def bind_fused_input_gradient(step: Bound) -> Rows:
    return input_gradient(step, step.inputs[0], step.inputs[1], step.outputs[0], finish_of(step))


def input_gradient(step: Bound, gradient: Tensor, kernel: Tensor, dx: Tensor, finish: Finish) -> Rows:
    g = geometry(dx.shape, kernel.shape, gradient.shape, step)
    if not step.is_float or g is None:
        return None
    if g.is_depthwise:
        return depthwise.sliding_back(step, g, gradient, kernel, dx, finish)
    if (squares := squares_of(g.turned)) is not None:
        swapped, swap = transposed(step, kernel.reshaped(math.prod(g.window), g.channels, g.filters))
        reached = Padding(g.places, squares.reach, g.turned.before, g.filters)
        weights = Weights(squares.basis, swapped, is_turned=True)
        return [swap, *convolving(step, squares, reached, gradient, weights, dx, finish)]
    phases, padding = gradient_phases(g)
    before_rows: list[Row] = []
    if any(not taps for phase in phases for taps in (phase[0].taps, phase[1].taps)):
        if finish != Finish():
            return None
        before_rows.append(filling(step, dx, 0.0))  # places that no window sees
    flat = kernel.reshaped(math.prod(g.window), g.channels // g.groups, g.filters)
    kernel, swap = transposed(step, flat)
    before_rows.append(swap)
    per_tap = g.channels // g.groups * g.filters * 4
    pixel = g.filters * 4
    made = []
    for down, across in phases:
        taps = list(itertools.product(down.taps, across.taps))
        origin = padding.before[0] * padding.padded_row + padding.before[1] * pixel
        made.append(
            Phase(
                tuple(shift * padding.padded_row + aside * pixel for (_, shift), (_, aside) in taps),
                tuple((h * g.window[1] + w) * per_tap for (h, _), (w, _) in taps),
                origin,
                (down.first * g.size[1] + across.first) * g.channels * 4,
                down.count,
                across.count,
                g.strides[0] * g.size[1] * g.channels * 4,
                padding.padded_row,
            )
        )
    channels = g.channels // g.groups
    return [
        *before_rows,
        _sliding(
            step, g, padding, gradient, kernel, dx, [phase for phase in made if phase.rows and phase.columns], finish,
            across=channels, inner=g.filters // g.groups,
            a_row=pixel, z_row=g.strides[1] * g.channels * 4,
            w_inner=channels * 4, w_group=g.filters // g.groups * channels * 4,
            x_group=g.filters // g.groups * 4, z_group=channels * 4,
        ),
    ]  # fmt: skip


def _sliding(
    step: Bound, g: Geometry, padding: Padding, x: Tensor, weights: Tensor, z: Tensor,
    phases: Sequence[Phase], finish: Finish, *, across: int, inner: int, a_row: int, z_row: int,
    w_inner: int, w_group: int, x_group: int, z_group: int,
) -> Row:  # fmt: skip
    space = step.workspace
    cuts = [tiling(phase.columns, across) for phase in phases]
    # All phases share one cut of the columns: that of the first.
    cuts = [tiling(phase.columns, across, cuts[0].vectors) for phase in phases]
    words = [word for phase, cut in zip(phases, cuts, strict=True) for word in phase.words(space, cut)]
    bands = 1 if g.images >= 2 * step.threads else min(max(phase.rows for phase in phases), 2 * step.threads)
    return step.row(
        convolve,
        work=g.work,
        reads=(x, weights, *finish.reads),
        writes=(z,),
        **padding.arguments(x, space),
        images=g.images,
        bands=bands,
        phases=space.table(words),
        phase_count=len(phases),
        groups=g.groups,
        x_group=x_group,
        weights=weights.address,
        w_group=w_group,
        w_inner=w_inner,
        z=z.address,
        z_image=z.size // z.shape[0] * 4,
        z_group=z_group,
        z_row=z_row,
        a_row=a_row,
        inner=inner,
        a_inner=4,
        **finish.arguments(),
        columns=cuts[0].columns,
        width=cuts[0].width,
        tail=cuts[0].tail,
    )


@binds("conv_grad_kernel")
def bind_kernel_gradient(step: Bound) -> Rows:
    (x, gradient), (dk,) = step.inputs, step.outputs
    g = geometry(x.shape, dk.shape, gradient.shape, step)
    if not step.is_float or g is None:
        return None
    if g.is_depthwise:
        return depthwise.summing(step, g, x, gradient, dk)
    if (squares := squares_of(g)) is not None and squares.weights_bytes <= MOST_SUMS:
        reached = Padding(g.size, squares.reach, g.before, g.channels)
        return kernel_gradient_of(step, squares, reached, x, gradient, dk)
    space = step.workspace
    padding = Padding(g.size, g.padded, g.before, g.channels)
    pixel, depth = g.channels * 4, g.channels // g.groups
    down, right = g.dilation[0] * padding.padded_row, g.dilation[1] * pixel
    merged = g.groups == 1 and g.dilation[1] == 1
    if merged:
        rows, taps, a_row = g.window[1] * depth, [h * down for h in range(g.window[0])], 4
    else:
        rows, taps, a_row = depth, [h * down + w * right for h, w in g.taps], 4
    across = g.filters // g.groups
    cut = tiling(rows, across)
    part = -(-dk.nbytes // LINE) * LINE
    # Large sums cost more memory than an even share of the work is worth.
    pieces = step.threads if dk.nbytes <= PIECE_BYTES else step.workers
    parts = space.shared(pieces, part // 4)
    serial = step.is_small(g.work)
    g_row = g.places[1] * g.filters * 4
    x_row = g.strides[0] * padding.padded_row
    band = max(1, min(g.places[0], BAND_BYTES // (x_row + g_row)))
    kernels = space.table([*cut.addresses(), cut.blocks, cut.low, cut.extra])
    summing = step.row(
        kernel_gradient,
        work=g.work,
        pieces=pieces,
        reads=(x, gradient),
        writes=(parts,),
        **padding.arguments(x, space),
        images=g.images,
        g=gradient.address,
        g_image=g.places[0] * g_row,
        g_inner=g.filters * 4,
        parts=parts.address,
        part=part,
        taps=len(taps),
        tap_offsets=space.table(taps),
        groups=g.groups,
        x_group=depth * 4,
        g_group=g.filters // g.groups * 4,
        z_group=g.filters // g.groups * 4,
        z_tap=rows * g.filters * 4,
        z_row=g.filters * 4,
        a_row=a_row,
        a_inner=g.strides[1] * pixel,
        a_offsets=space.table(h * x_row for h in range(g.places[0])),
        b_offsets=space.table(h * g_row for h in range(g.places[0])),
        rows=g.places[0],
        band=band,
        inner=g.places[1],
        kernels=kernels,
        columns=cut.columns,
        width=cut.width,
        tail=cut.tail,
    )
    number = 1 if serial else pieces
    return [summing, merging(step, parts, part, number, dk)]

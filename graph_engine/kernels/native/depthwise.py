"""Convolutions of separate channels, each with one filter: rows of results from rows of a padded image."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from graph_engine.kernels.native.channelwise import SLIDES, SUMS, Span, most_places, slide, sum_products
from graph_engine.kernels.native.convolution import clear
from graph_engine.kernels.native.geometry import AxisPhase, Geometry, Padding, gradient_phases
from graph_engine.kernels.native.language import caller, floats, helper, longs, share_start
from graph_engine.kernels.native.library import Kernel, kernel
from graph_engine.kernels.native.moving import filling
from graph_engine.kernels.native.products import Finish
from graph_engine.kernels.native.reductions import merging
from graph_engine.kernels.native.rows import LINE, Bound, Row, Rows, Tensor, Workspace, apart

_call_slide = caller(len(SLIDES))
_call_sums = caller(len(SUMS))


@helper
def spread_pixels(x: int, height: int, width: int, pixel: int, target: int, row: int, pitch: int) -> None:
    """Copy pixels that lie next to each other to every ``pitch`` bytes of rows ``row`` bytes apart."""
    count = pixel // 4
    for h in range(height):
        for w in range(width):
            taken = floats(x + (h * width + w) * pixel, count)
            given = floats(target + h * row + w * pitch, count)
            for i in range(count):
                given[i] = taken[i]


@kernel
def slide_channels(
    thread: int, threads: int, x: int, image: int, height: int, width: int, home: int, stride: int, padded: int,
    place: int, padded_row: int, pitch: int, images: int, bands: int, phases: int, phase_count: int, channels: int,
    weights: int, z: int, z_image: int, bias: int, start: int, gate: int, relu: int,
) -> None:  # fmt: skip
    """Items are bands of rows of images. ``phases``: seventeen words each, see ``_Phase``."""
    begin = share_start(images * bands, thread, threads)
    end = share_start(images * bands, thread + 1, threads)
    mine = home + thread * stride
    if end > begin:
        clear(mine, padded // 4)
    held = -1
    for item in range(begin, end):
        number, band = item // bands, item % bands
        if number != held:
            spread_pixels(x + number * image, height, width, channels * 4, mine + place, padded_row, pitch)
            held = number
        for phase in range(phase_count):
            words = longs(phases + phase * 136, 17)
            for h in range(share_start(words[5], band, bands), share_start(words[5], band + 1, bands)):
                w = 0
                for block in range(words[2]):
                    big = 1 if block < words[3] else 0
                    target = number * z_image + words[14] + h * words[15] + w * words[16]
                    _call_slide(
                        words[0] if big else words[1],
                        (
                            mine + words[7] + h * words[9] + w * words[10], words[8], pitch, words[6],
                            weights + words[11], words[12], words[13], z + target, words[16], channels,
                            bias, start + target if start else 0, gate + target if gate else 0, relu,
                        ),
                    )  # fmt: skip
                    w += words[4] + big


@kernel
def channels_gradient(
    thread: int, threads: int, x: int, image: int, height: int, width: int, home: int, stride: int, padded: int,
    place: int, padded_row: int, pitch: int, images: int, g: int, g_row: int, g_width: int, near: int,
    channels: int, parts: int, part: int,
    cut: int, rows: int, window_rows: int, x_row: int, source_row: int, source_column: int, z_row: int,
) -> None:  # fmt: skip
    """Each piece's images, summed at ``parts + thread * part``. ``cut``: the first five words of a phase.

    A row of the gradient at a time is spread at ``near``, as the image is.
    """
    begin, end = share_start(images, thread, threads), share_start(images, thread + 1, threads)
    mine, mine_g, sums = home + thread * stride, near + thread * stride, parts + thread * part
    clear(sums, part // 4)
    if end > begin:
        clear(mine, padded // 4)
    words = longs(cut, 5)
    for number in range(begin, end):
        spread_pixels(x + number * image, height, width, channels * 4, mine + place, padded_row, pitch)
        for h in range(rows):
            spread_pixels(g + (number * rows + h) * g_row, 1, g_width, channels * 4, mine_g, 0, pitch)
            w = 0
            for block in range(words[2]):
                big = 1 if block < words[3] else 0
                _call_sums(
                    words[0] if big else words[1],
                    (
                        mine + h * source_row + w * source_column, x_row, pitch, window_rows,
                        mine_g + w * pitch, pitch,
                        sums, z_row, channels * 4, channels,
                    ),
                )  # fmt: skip
                w += words[4] + big


def _cut(places: int, columns: int, stride: int, gap: int, make: Callable[[Span], Kernel]) -> list[int]:
    """Kernels for so many places and one more, how many blocks of them there are, and of the larger ones."""
    blocks = -(-places // most_places())
    low, extra = places // blocks, places % blocks
    large = make(Span(low + 1, columns, stride, gap)).address if extra else 0
    small = make(Span(low, columns, stride, gap)).address if extra < blocks else 0
    return [large, small, blocks, extra, low]


@dataclass(frozen=True, slots=True)
class _Axis:
    """``count`` places along one axis, ``stride`` pixels apart, and ``taps`` of the window, ``gap`` pixels apart.

    The first tap, number ``tap``, is ``shift`` pixels from the place; the next one's number is ``tap_step`` more.
    Results lie ``step`` places apart from ``first`` on.
    """

    count: int
    taps: int
    stride: int
    shift: int
    gap: int
    tap: int
    tap_step: int
    first: int
    step: int

    @staticmethod
    def forward(g: Geometry, axis: int) -> _Axis:
        return _Axis(g.places[axis], g.window[axis], g.strides[axis], 0, g.dilation[axis], 0, 1, 0, 1)

    @staticmethod
    def backward(g: Geometry, axis: int, phase: AxisPhase, before: int) -> _Axis:
        taps = sorted(phase.taps, key=lambda found: found[1])
        (tap, shift), (next_tap, next_shift) = taps[0], taps[min(1, len(taps) - 1)]
        gap, step = max(1, next_shift - shift), next_tap - tap
        return _Axis(phase.count, len(taps), 1, before + shift, gap, tap, step, phase.first, g.strides[axis])


@dataclass(frozen=True, slots=True)
class _Spread:
    """A padded copy of an image whose pixels lie apart: those of a window do not crowd in a few places of the cache."""

    padding: Padding

    @property
    def pitch(self) -> int:
        return apart(self.padding.channels * 4)

    @property
    def row(self) -> int:
        return self.padding.padded[1] * self.pitch

    def arguments(self, x: Tensor, space: Workspace) -> dict[str, int]:
        padding, nbytes = self.padding, self.padding.padded[0] * self.row
        home, stride = space.private(nbytes)
        return {
            "x": x.address,
            "image": padding.size[0] * padding.row,
            "height": padding.size[0],
            "width": padding.size[1],
            "home": home,
            "stride": stride,
            "padded": nbytes,
            "place": padding.before[0] * self.row + padding.before[1] * self.pitch,
            "padded_row": self.row,
            "pitch": self.pitch,
        }


@dataclass(frozen=True, slots=True)
class _Phase:
    """Places that see the same taps."""

    down: _Axis
    across: _Axis

    def words(self, g: Geometry, image: _Spread, width: int) -> list[int]:
        """``width``: places in a row of all results, of which these may be a part."""
        pixel, down, across = g.channels * 4, self.down, self.across
        return [
            *_cut(across.count, across.taps, across.stride, across.gap, slide),
            down.count,
            down.taps,
            down.shift * image.row + across.shift * image.pitch,
            down.gap * image.row,
            down.stride * image.row,
            across.stride * image.pitch,
            (down.tap * g.window[1] + across.tap) * pixel,
            down.tap_step * g.window[1] * pixel,
            across.tap_step * pixel,
            (down.first * width + across.first) * pixel,
            down.step * width * pixel,
            across.step * pixel,
        ]


def sliding(step: Bound, g: Geometry, x: Tensor, kernel: Tensor, y: Tensor, finish: Finish) -> Rows:
    """Rows for the results."""
    padding = Padding(g.size, g.padded, g.before, g.channels)
    phase = _Phase(_Axis.forward(g, 0), _Axis.forward(g, 1))
    return [_sliding(step, g, padding, x, kernel, y, [phase], finish)]


def sliding_back(
    step: Bound, g: Geometry, gradient: Tensor, kernel: Tensor, dx: Tensor, finish: Finish
) -> Rows:
    """Rows for the gradient for the image: what each phase of the strides was seen by."""
    found, padding = gradient_phases(g)
    phases = [
        _Phase(*(_Axis.backward(g, axis, pair[axis], padding.before[axis]) for axis in (0, 1)))
        for pair in found
        if pair[0].taps and pair[1].taps
    ]
    if len(phases) == len(found):
        return [_sliding(step, g, padding, gradient, kernel, dx, phases, finish)]
    if finish != Finish():
        return None
    unseen = filling(step, dx, 0.0)  # places that no window sees
    return [unseen, _sliding(step, g, padding, gradient, kernel, dx, phases, finish)]


def _sliding(
    step: Bound, g: Geometry, padding: Padding, x: Tensor, kernel: Tensor, z: Tensor,
    phases: Sequence[_Phase], finish: Finish,
) -> Row:  # fmt: skip
    space, width, image = step.workspace, z.shape[-2], _Spread(padding)
    most = max((phase.down.count for phase in phases), default=1)
    return step.row(
        slide_channels,
        work=g.work,
        reads=(x, kernel, *finish.reads),
        writes=(z,),
        **image.arguments(x, space),
        images=g.images,
        bands=1 if g.images >= 2 * step.threads else min(most, 2 * step.threads),
        phases=space.table(word for phase in phases for word in phase.words(g, image, width)),
        phase_count=len(phases),
        channels=g.channels,
        weights=kernel.address,
        z=z.address,
        z_image=z.size // z.shape[0] * 4,
        **finish.arguments(),
    )


def summing(step: Bound, g: Geometry, x: Tensor, gradient: Tensor, dk: Tensor) -> list[Row]:
    """Rows for the gradient for the weights."""
    space, pixel = step.workspace, g.channels * 4
    image = _Spread(Padding(g.size, g.padded, g.before, g.channels))
    part = -(-dk.nbytes // LINE) * LINE
    parts = space.shared(step.threads, part // 4)
    arguments = image.arguments(x, space)
    near, _ = space.private(g.places[1] * image.pitch)
    adding = step.row(
        channels_gradient,
        work=g.work,
        reads=(x, gradient),
        writes=(parts,),
        **arguments,
        images=g.images,
        g=gradient.address,
        g_row=g.places[1] * pixel,
        g_width=g.places[1],
        near=near,
        channels=g.channels,
        parts=parts.address,
        part=part,
        cut=space.table(_cut(g.places[1], g.window[1], g.strides[1], g.dilation[1], sum_products)),
        rows=g.places[0],
        window_rows=g.window[0],
        x_row=g.dilation[0] * image.row,
        source_row=g.strides[0] * image.row,
        source_column=g.strides[1] * image.pitch,
        z_row=g.window[1] * pixel,
    )
    number = 1 if step.is_small(g.work) else step.threads
    return [adding, merging(step, parts, part, number, dk)]

"""What a convolution's shapes say, in two spatial axes; sizes are (height, width)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from graph_engine.kernels.native.rows import Bound, Tensor, Workspace


@dataclass(frozen=True, slots=True)
class Geometry:
    """A convolution in two spatial axes. ``places``: how often the window stands along each."""

    images: int
    size: tuple[int, int]
    channels: int
    window: tuple[int, int]
    filters: int
    places: tuple[int, int]
    strides: tuple[int, int]
    before: tuple[int, int]
    after: tuple[int, int]
    dilation: tuple[int, int]
    groups: int

    @property
    def padded(self) -> tuple[int, int]:
        """The image with its padding; at least as large as all windows reach."""
        return (self._padded(0), self._padded(1))

    @property
    def is_depthwise(self) -> bool:
        """Every channel on its own, with one filter."""
        return self.groups > 1 and self.groups == self.channels == self.filters

    @property
    def taps(self) -> list[tuple[int, int]]:
        return list(itertools.product(range(self.window[0]), range(self.window[1])))

    @property
    def work(self) -> float:
        places = self.images * math.prod(self.places)
        return places * math.prod(self.window) * self.channels // self.groups * self.filters / 16

    @property
    def turned(self) -> Geometry:
        """Without strides: the convolution of the gradient for the result that gives the gradient for the image."""
        reach = [gap * (size - 1) for gap, size in zip(self.dilation, self.window, strict=True)]
        return replace(
            self, size=self.places, channels=self.filters, filters=self.channels, places=self.size,
            before=(reach[0] - self.before[0], reach[1] - self.before[1]),
            after=(reach[0] - self.after[0], reach[1] - self.after[1]),
        )  # fmt: skip

    def _padded(self, axis: int) -> int:
        return self.before[axis] + self.size[axis] + self.after[axis]


def geometry(x: Sequence[int], kernel: Sequence[int], y: Sequence[int], step: Bound) -> Geometry | None:
    """From the shapes of image, kernel and result; None for more than two spatial axes."""
    rank = len(x) - 2
    if rank not in (1, 2) or not (math.prod(x) and math.prod(y)):
        return None
    attrs = step.attrs

    def pair(numbers: Sequence[int], filler: int) -> tuple[int, int]:
        return (filler, numbers[0]) if rank == 1 else (numbers[0], numbers[1])

    return Geometry(
        x[0], pair(x[1:-1], 1), x[-1], pair(kernel[:-2], 1), kernel[-1], pair(y[1:-1], 1),
        pair(attrs["strides"], 1), pair([low for low, _ in attrs["pads"]], 0),
        pair([high for _, high in attrs["pads"]], 0), pair(attrs["dilation"], 1), attrs["groups"],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Padding:
    """An image and the padded copy that windows slide over; bytes."""

    size: tuple[int, int]
    padded: tuple[int, int]
    before: tuple[int, int]
    channels: int

    @property
    def row(self) -> int:
        return self.size[1] * self.channels * 4

    @property
    def padded_row(self) -> int:
        return self.padded[1] * self.channels * 4

    @property
    def is_needed(self) -> bool:
        return self.size != self.padded

    def arguments(self, x: Tensor, space: Workspace) -> dict[str, int]:
        nbytes = self.padded[0] * self.padded_row if self.is_needed else 0
        home, stride = space.private(nbytes)
        place = self.before[0] * self.padded_row + self.before[1] * self.channels * 4
        return {
            "x": x.address,
            "image": self.size[0] * self.row,
            "height": self.size[0],
            "row": self.row,
            "home": home,
            "stride": stride,
            "padded": nbytes,
            "place": place,
            "padded_row": self.padded_row,
        }


@dataclass(frozen=True, slots=True)
class AxisPhase:
    """Every stride-th place of one axis from ``first`` on; (tap, shift of the gradient it meets)."""

    first: int
    count: int
    taps: tuple[tuple[int, int], ...]


def axis_phases(g: Geometry, axis: int) -> list[AxisPhase]:
    """``x[first + i * stride]`` was seen by tap k of the window at place ``i + shift``."""
    stride, size = g.strides[axis], g.size[axis]
    found = []
    for first in range(min(stride, size)):
        taps = []
        for tap in range(g.window[axis]):
            distance = first + g.before[axis] - tap * g.dilation[axis]
            if distance % stride == 0:
                taps.append((tap, distance // stride))
        found.append(AxisPhase(first, -(-(size - first) // stride), tuple(taps)))
    return found


def gradient_phases(g: Geometry) -> tuple[list[tuple[AxisPhase, AxisPhase]], Padding]:
    """Which taps the places of an image were seen by, and how the gradient they are seen in is padded."""
    phases = [axis_phases(g, axis) for axis in (0, 1)]
    shifts = [[(shift, phase.count) for phase in found for _, shift in phase.taps] for found in phases]
    before = [max(0, *(-shift for shift, _ in found), 0) for found in shifts]
    reach = [
        max([size, *(shift + count for shift, count in found)])
        for size, found in zip(g.places, shifts, strict=True)
    ]
    padded = (before[0] + reach[0], before[1] + reach[1])
    return list(itertools.product(phases[0], phases[1])), Padding(
        g.places, padded, (before[0], before[1]), g.filters
    )

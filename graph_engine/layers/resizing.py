"""Sequences, images and volumes made larger or smaller."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Example, summary_line, unless
from graph_engine.layers.spatial import Spatial
from graph_engine.layers.windows import times
from graph_engine.params import boolean, choice, int_tuple, integer
from graph_engine.values import TensorSpec

_REPEATS: Final = "How often each axis is repeated."
_INTERPOLATION: Final = "nearest: what lies nearest; bilinear: a mix of the two neighbours along each axis."
_INTERPOLATIONS: Final = ("nearest", "bilinear")


class _UpSampling(Spatial):
    """Every number stands for several."""

    family = "reshape"
    takes_whole_numbers = True

    size: tuple[int, ...] = int_tuple((2, 2), size=2, minimum=1, help=_REPEATS)

    def line(self) -> str:
        return times(self.size)

    def infer_last(self, x: TensorSpec) -> TensorSpec:
        sizes = (
            None if size is None else size * factor
            for size, factor in zip(x.shape[1:-1], self.size, strict=True)
        )
        return x.with_shape((x.shape[0], *sizes, x.shape[-1]))

    def lower_last(self, call: Call, x: Value) -> Value:
        """One broadcast over all axes at once."""
        apart = [size for each in x.shape[1:-1] for size in (each, 1)]
        repeated = [
            size for each, factor in zip(x.shape[1:-1], self.size, strict=True) for size in (each, factor)
        ]
        sizes = (each * factor for each, factor in zip(x.shape[1:-1], self.size, strict=True))
        spread = ops.broadcast_to(
            ops.reshape(x, (x.shape[0], *apart, x.shape[-1])), (x.shape[0], *repeated, x.shape[-1])
        )
        return ops.reshape(spread, (x.shape[0], *sizes, x.shape[-1]))


def _size(rank: int) -> Any:
    return int_tuple((2,) * rank, size=rank, minimum=1, help=_REPEATS)


class UpSampling1D(_UpSampling):
    """Makes a sequence longer by repeating its steps."""

    title = "UpSampling1D"
    rank = 1
    examples = (
        Example(inputs=((2, 3, 2),)),
        Example(inputs=((2, 4, 2),), config={"size": 3, "data_format": "channels_first"}, dtype="int32"),
    )

    size: tuple[int, ...] = _size(1)


class UpSampling2D(_UpSampling):
    """Makes an image larger by repeating its pixels or by mixing neighbours."""

    title = "UpSampling2D"
    rank = 2
    examples = (
        Example(inputs=((2, 3, 4, 2),)),
        Example(inputs=((1, 3, 4, 2),), config={"size": [3, 1], "interpolation": "bilinear"}),
        Example(inputs=((1, 2, 3, 4),), config={"data_format": "channels_first"}),
    )

    interpolation: str = choice("nearest", _INTERPOLATIONS, help=_INTERPOLATION)

    def line(self) -> str:
        return summary_line(super().line(), unless(self.interpolation, "nearest"))

    def lower_last(self, call: Call, x: Value) -> Value:
        if self.interpolation == "nearest":
            return super().lower_last(call, x)
        sizes = [size * factor for size, factor in zip(x.shape[1:-1], self.size, strict=True)]
        return resized(x, sizes, self.interpolation)


class UpSampling3D(_UpSampling):
    """Makes a volume larger by repeating it along each axis."""

    title = "UpSampling3D"
    rank = 3
    examples = (
        Example(inputs=((1, 2, 3, 2, 2),)),
        Example(inputs=((1, 2, 2, 1, 3),), config={"size": [1, 3, 2], "data_format": "channels_first"}),
    )

    size: tuple[int, ...] = _size(3)


class Resizing(Spatial):
    """Brings images of any size to one size."""

    title = "Resizing"
    family = "reshape"
    rank = 2
    examples = (
        Example(inputs=((1, 5, 4, 2),), config={"height": 3, "width": 7}),
        Example(inputs=((1, 2, 5, 4),), config={"height": 8, "width": 2, "data_format": "channels_first"}),
        Example(inputs=((1, 5, 4, 2),), config={"height": 7, "width": 3, "interpolation": "nearest"}),
        Example(inputs=((1, 5, 4, 2),), config={"height": 3, "width": 4, "crop_to_aspect_ratio": True}),
    )

    height: int = integer(32, minimum=1, help="Rows of pixels of the result.")
    width: int = integer(32, minimum=1, help="Columns of pixels of the result.")
    interpolation: str = choice("bilinear", _INTERPOLATIONS, help=_INTERPOLATION)
    crop_to_aspect_ratio: bool = boolean(
        False, help="Whether what would be distorted is cut off at the border first."
    )

    def line(self) -> str:
        return summary_line(times((self.height, self.width)), unless(self.interpolation, "bilinear"))

    def infer_last(self, x: TensorSpec) -> TensorSpec:
        return x.with_shape((x.shape[0], self.height, self.width, x.shape[-1]))

    def lower_last(self, call: Call, x: Value) -> Value:
        if self.crop_to_aspect_ratio:
            _, rows, columns, _ = x.shape
            x = cropped(x, columns * self.height // self.width, rows * self.width // self.height)
        return resized(x, (self.height, self.width), self.interpolation)


class CenterCrop(Spatial):
    """Cuts the middle out of images; smaller ones are made larger first."""

    title = "CenterCrop"
    family = "reshape"
    rank = 2
    examples = (
        Example(inputs=((1, 7, 6, 2),), config={"height": 4, "width": 3}),
        Example(inputs=((1, 2, 4, 5),), config={"height": 6, "width": 4, "data_format": "channels_first"}),
    )

    height: int = integer(32, minimum=1, help="Rows of pixels of the result.")
    width: int = integer(32, minimum=1, help="Columns of pixels of the result.")

    def line(self) -> str:
        return times((self.height, self.width))

    def infer_last(self, x: TensorSpec) -> TensorSpec:
        return x.with_shape((x.shape[0], self.height, self.width, x.shape[-1]))

    def lower_last(self, call: Call, x: Value) -> Value:
        _, rows, columns, _ = x.shape
        if rows >= self.height and columns >= self.width:
            return cropped(x, self.height, self.width)
        return resized(
            cropped(x, columns * self.height // self.width, rows * self.width // self.height),
            (self.height, self.width),
            "bilinear",
        )


def cropped(x: Value, height: int, width: int) -> Value:
    """The middle of images, no more than there is; where the rest is odd, one more is cut off at the end."""
    for axis, wanted in ((1, height), (2, width)):
        size = max(min(x.shape[axis], wanted), 1)
        start = (x.shape[axis] - size) // 2
        x = ops.slice_axis(x, axis, start, start + size)
    return x


def resized(x: Value, sizes: Any, interpolation: str) -> Value:
    """Axis by axis a product with a matrix of shares (pixels are squares: their middles are mapped)."""
    for axis, size in enumerate(sizes, start=1):
        if x.shape[axis] == size:
            continue
        last = (*(each for each in range(x.rank) if each != axis), axis)
        turned = ops.transpose(x, last)
        shares = x.program.constant(_shares(x.shape[axis], size, interpolation), x.dtype)
        mixed = ops.matmul(ops.reshape(turned, (-1, x.shape[axis])), shares)
        x = ops.transpose(ops.reshape(mixed, (*turned.shape[:-1], size)), np.argsort(last).tolist())
    return x


def _shares(old: int, new: int, interpolation: str) -> Any:
    """(old, new): what each old place contributes to each new one."""
    shares = np.zeros((old, new))
    places = (np.arange(new) + 0.5) * old / new
    if interpolation == "nearest":
        shares[np.minimum(np.floor(places).astype(int), old - 1), np.arange(new)] = 1
        return shares
    places = np.clip(places - 0.5, 0, old - 1)
    below = np.floor(places).astype(int)
    above = np.minimum(below + 1, old - 1)
    np.add.at(shares, (below, np.arange(new)), 1 - (places - below))
    np.add.at(shares, (above, np.arange(new)), places - below)
    return shares

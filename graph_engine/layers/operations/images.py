"""Images as tensors (``keras.ops.image``)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import cast

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Example
from graph_engine.layers.operations.base import Operation
from graph_engine.layers.operations.reductions import axes_of
from graph_engine.layers.operations.windows import FORMAT, FORMATS, GivenWeights, Ints
from graph_engine.layers.resampling import INTERPOLATIONS
from graph_engine.layers.resizing import Resizing
from graph_engine.layers.windows import pads, reach
from graph_engine.params import boolean, choice, int_tuple, integer, number, one_or_more
from graph_engine.values import ShapeError


class ExtractPatchesOp(Operation):
    """The pixels of each window, as channels."""

    module = "image"
    operands = ("images",)
    examples = (
        Example(inputs=((1, 4, 5, 2),), config={"size": [2, 3]}),
        Example(inputs=((1, 4, 5, 2),), config={"size": 2, "strides": 1, "padding": "same"}),
    )
    size: Ints = one_or_more(2, help="Rows and columns of a window.")
    strides: Ints | None = one_or_more(
        None, optional=True, help="Its step; windows stand side by side without it."
    )
    dilation_rate: Ints = one_or_more(1, help="Distance between neighbouring pixels of a window.")
    padding: str = choice("valid", ("valid", "same"), help="Whether windows may reach over the border.")
    data_format: str | None = choice(None, FORMATS, optional=True, help=FORMAT)

    def compute(self, images: Value) -> Value:
        first = self.data_format == "channels_first"
        x = ops.transpose(images, (0, 2, 3, 1)) if first else images
        size, step = _pair(self.size), _pair(self.size if self.strides is None else self.strides)
        gap = _pair(self.dilation_rate)
        reached = reach(size, gap)
        around = pads(x.shape[1:-1], reached, step, self.padding)
        x = ops.pad(x, ((0, 0), *around, (0, 0)))
        if any(length < window for length, window in zip(x.shape[1:-1], reached, strict=True)):
            raise ShapeError(f"a window of {reached} does not fit into {x.shape[1:-1]}")
        places = itertools.product(_taps(0, size, gap), _taps(1, size, gap))
        seen = [self._tap(x, place, reached, step) for place in places]
        found = ops.concatenate(*seen, axis=-1)
        return ops.transpose(found, (0, 3, 1, 2)) if first else found

    def _tap(self, x: Value, at: Sequence[int], reached: Sequence[int], step: Sequence[int]) -> Value:
        """One pixel of every window."""
        stops = [
            start + length - window + 1
            for start, length, window in zip(at, x.shape[1:-1], reached, strict=True)
        ]
        return ops.slice(x, (0, *at, 0), (x.shape[0], *stops, x.shape[-1]), (1, *step, 1))


def _taps(axis: int, size: Sequence[int], gap: Sequence[int]) -> range:
    return range(0, size[axis] * gap[axis], gap[axis])


def _pair(value: Ints) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else (value, value)


class _Border(Operation):
    """Images, (batch, rows, columns, channels) or without the batch axis."""

    module = "image"
    operands = ("images",)

    data_format: str | None = choice(None, FORMATS, optional=True, help=FORMAT)

    def sides(self, x: Value) -> tuple[int, int]:
        """The axes of rows and columns."""
        first = self.data_format == "channels_first"
        return (x.rank - 2, x.rank - 1) if first else (x.rank - 3, x.rank - 2)

    def ends(
        self, kind: str, size: int, before: int | None, after: int | None, target: int | None
    ) -> tuple[int, int]:
        """Two of three are given: how much at either end, or the size in the end."""
        change = 0 if target is None else abs(target - size)
        if [before, after, target].count(None) != 1:
            raise ShapeError(f"two of both {kind}s and the target size are wanted, along each axis")
        if before is None:
            return change - cast("int", after), cast("int", after)
        return before, (change - before if after is None else after)


class PadImagesOp(_Border):
    """Zeros around images."""

    module = "image"
    examples = (
        Example(
            inputs=((2, 3, 4, 2),),
            config={"top_padding": 1, "bottom_padding": 2, "left_padding": 1, "target_width": 7},
        ),
    )
    top_padding: int | None = integer(None, minimum=0, optional=True, help="Rows above.")
    left_padding: int | None = integer(None, minimum=0, optional=True, help="Columns at the left.")
    bottom_padding: int | None = integer(None, minimum=0, optional=True, help="Rows below.")
    right_padding: int | None = integer(None, minimum=0, optional=True, help="Columns at the right.")
    target_height: int | None = integer(None, minimum=1, optional=True, help="Rows in the end.")
    target_width: int | None = integer(None, minimum=1, optional=True, help="Columns in the end.")

    def compute(self, images: Value) -> Value:
        rows, columns = self.sides(images)
        around = [(0, 0)] * images.rank
        shape = images.shape
        around[rows] = self.ends(
            "padding", shape[rows], self.top_padding, self.bottom_padding, self.target_height
        )
        around[columns] = self.ends(
            "padding", shape[columns], self.left_padding, self.right_padding, self.target_width
        )
        return ops.pad(images, around)


class CropImagesOp(_Border):
    """The inner part of images."""

    module = "image"
    examples = (
        Example(
            inputs=((2, 5, 6, 2),),
            config={"top_cropping": 1, "bottom_cropping": 2, "left_cropping": 1, "target_width": 3},
        ),
    )
    top_cropping: int | None = integer(None, minimum=0, optional=True, help="Rows above that go.")
    left_cropping: int | None = integer(None, minimum=0, optional=True, help="Columns at the left that go.")
    bottom_cropping: int | None = integer(None, minimum=0, optional=True, help="Rows below that go.")
    right_cropping: int | None = integer(None, minimum=0, optional=True, help="Columns at the right that go.")
    target_height: int | None = integer(None, minimum=1, optional=True, help="Rows in the end.")
    target_width: int | None = integer(None, minimum=1, optional=True, help="Columns in the end.")

    def compute(self, images: Value) -> Value:
        rows, columns = self.sides(images)
        shape = images.shape
        top, bottom = self.ends(
            "cropping", shape[rows], self.top_cropping, self.bottom_cropping, self.target_height
        )
        left, right = self.ends(
            "cropping", shape[columns], self.left_cropping, self.right_cropping, self.target_width
        )
        if top + bottom >= shape[rows] or left + right >= shape[columns]:
            raise ShapeError("nothing is left of the images")
        kept = ops.slice_axis(images, rows, top, shape[rows] - bottom)
        return ops.slice_axis(kept, columns, left, shape[columns] - right)


class ResizeOp(Operation):
    """Images, (batch, rows, columns, channels) or without the batch axis, brought to one size."""

    module = "image"
    operands = ("images",)
    ignored = ("fill_mode",)
    examples = (
        Example(inputs=((1, 5, 4, 2),), config={"size": [3, 7]}),
        Example(inputs=((5, 4, 2),), config={"size": [7, 3], "interpolation": "nearest"}),
    )
    size: tuple[int, ...] = int_tuple((32, 32), size=2, minimum=1, help="Rows and columns of the result.")
    interpolation: str = choice(
        "bilinear", INTERPOLATIONS, help="How pixels between others get their values."
    )
    antialias: bool = boolean(False, help="Whether every pixel counts when images shrink.")
    crop_to_aspect_ratio: bool = boolean(False, help="Whether what would be distorted is cut off first.")
    pad_to_aspect_ratio: bool = boolean(False, help="Whether a border is put around it first.")
    fill_value: float = number(0.0, help="The value of that border.")
    data_format: str | None = choice(None, FORMATS, optional=True, help=FORMAT)

    def compute(self, images: Value) -> Value:
        if images.rank not in (3, 4):
            raise ShapeError(f"images have three axes, or four with the batch axis, got {images.rank}")
        layer = Resizing(
            height=self.size[0],
            width=self.size[1],
            interpolation=self.interpolation,
            antialias=self.antialias,
            crop_to_aspect_ratio=self.crop_to_aspect_ratio,
            pad_to_aspect_ratio=self.pad_to_aspect_ratio,
            fill_value=self.fill_value,
            data_format=self.data_format or "channels_last",
        )
        several = images if images.rank == 4 else ops.expand_dims(images, 0)
        found = layer.lower(cast("Call", GivenWeights(images.program, {})), several)
        return found if images.rank == 4 else ops.squeeze(found, 0)


class RGBToGrayscaleOp(Operation):
    """One channel, weighted as eyes see colours (ITU-R 601)."""

    module = "image"
    operands = ("images",)
    examples = (Example(inputs=((2, 3, 4, 3),)),)
    data_format: str | None = choice(
        None, ("channels_last", "channels_first"), optional=True, help="Where channels are; last without it."
    )

    def compute(self, images: Value) -> Value:
        axis = -3 if self.data_format == "channels_first" else -1
        weights = images.program.constant(np.array([0.2989, 0.5870, 0.1140]), images.dtype)
        (place,) = axes_of(images, axis)
        shape = tuple(3 if each == place else 1 for each in range(images.rank))
        return ops.sum(images * ops.reshape(weights, shape), (place,), True)

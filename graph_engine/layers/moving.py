"""Pictures mirrored, moved, turned, stretched, slanted and cut at random in training."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Final

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.affine import FILL_MODES, INTERPOLATIONS, Row, transformed
from graph_engine.layers.base import Call, Example
from graph_engine.layers.operations.dtypes import floating
from graph_engine.layers.resampling import cropped, resized
from graph_engine.layers.varying import Augmentation, drawn, ends, factors
from graph_engine.layers.windows import times
from graph_engine.params import choice, integer, number, shared
from graph_engine.values import TensorSpec

_FILL: Final = (
    "How a picture goes on beyond its border: mirrored, repeated, in one value, or as at the border."
)


class _Affine(Augmentation):
    """Every pixel comes from another place."""

    fill_mode: str = shared(choice("reflect", FILL_MODES, help=_FILL))
    interpolation: str = shared(
        choice(
            "bilinear",
            INTERPOLATIONS,
            help="Whether pixels between pixels are mixed, or the nearest is taken.",
        )
    )
    fill_value: float = shared(number(0.0, help="The value beyond the border, with fill_mode constant."))

    def vary(self, x: Value) -> Value:
        across, down = self.rows(x)
        return transformed(
            x,
            across,
            down,
            fill_mode=self.fill_mode,
            interpolation=self.interpolation,
            fill_value=self.fill_value,
        )

    @abstractmethod
    def rows(self, x: Value) -> tuple[Row, Row]:
        """Where column and row of a pixel come from: coefficients of (column, row, 1)."""


class RandomFlip(Augmentation):
    """Mirrors half of the pictures in training."""

    title = "RandomFlip"
    examples = (
        Example(inputs=((3, 3, 4, 2),)),
        Example(inputs=((3, 2, 3, 4),), config={"mode": "horizontal", "data_format": "channels_first"}),
        Example(inputs=((3, 3, 4, 1),), config={"mode": "vertical"}, dtype="int32"),
    )

    mode: str = choice(
        "horizontal_and_vertical",
        ("horizontal", "vertical", "horizontal_and_vertical"),
        help="Whether left and right are exchanged, top and bottom, or both at once.",
    )

    def line(self) -> str:
        return self.mode.replace("_and_", " + ")

    def vary(self, x: Value) -> Value:
        flipped = x
        for axis, name in ((2, "horizontal"), (1, "vertical")):
            flipped = ops.flip(flipped, axis) if name in self.mode else flipped
        draw = drawn(x, (0.0, 1.0), x.rank)
        return ops.where(ops.less_equal(draw, ops.number(0.5, draw)), flipped, x)


class RandomTranslation(_Affine):
    """Moves pictures up or down and left or right in training."""

    title = "RandomTranslation"
    examples = (
        Example(inputs=((2, 5, 4, 2),)),
        Example(
            inputs=((2, 2, 5, 4),),
            config={
                "height_factor": [0.2, 0.3],
                "width_factor": [-0.5, -0.3],
                "fill_mode": "constant",
                "fill_value": 2.0,
                "interpolation": "nearest",
                "data_format": "channels_first",
            },
        ),
    )

    height_factor: tuple[float, ...] = factors((0.1,), "How far down, as a part of the height.", -1.0, 1.0)
    width_factor: tuple[float, ...] = factors((0.1,), "How far right, as a part of the width.", -1.0, 1.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        ends("RandomTranslation.height_factor", self.height_factor)
        ends("RandomTranslation.width_factor", self.width_factor)

    def rows(self, x: Value) -> tuple[Row, Row]:
        down = drawn(x, ends("height_factor", self.height_factor), 3) * float(x.shape[1])
        right = drawn(x, ends("width_factor", self.width_factor), 3) * float(x.shape[2])
        return (1.0, 0.0, -right), (0.0, 1.0, -down)


class RandomRotation(_Affine):
    """Turns pictures around their middle in training."""

    title = "RandomRotation"
    examples = (
        Example(inputs=((2, 5, 4, 2),)),
        Example(
            inputs=((2, 2, 5, 4),),
            config={
                "factor": [0.1, 0.2],
                "fill_mode": "wrap",
                "fill_value": 1.0,
                "interpolation": "nearest",
                "data_format": "channels_first",
            },
        ),
    )

    factor: tuple[float, ...] = factors((0.1,), "How far counterclockwise, in full turns.", -1.0, 1.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        ends("RandomRotation.factor", self.factor)

    def line(self) -> str:
        low, high = ends("factor", self.factor)
        return f"{low * 360:.3g}\u00b0 to {high * 360:.3g}\u00b0"

    def rows(self, x: Value) -> tuple[Row, Row]:
        angle = drawn(x, ends("factor", self.factor), 3) * (2 * math.pi)
        cos, sin = ops.cos(angle), ops.sin(angle)
        middle_y, middle_x = (x.shape[1] - 1) / 2, (x.shape[2] - 1) / 2
        across = (cos, -sin, middle_x - middle_x * cos + middle_y * sin)
        return across, (sin, cos, middle_y - middle_x * sin - middle_y * cos)


class RandomZoom(_Affine):
    """Brings pictures nearer or moves them away in training."""

    title = "RandomZoom"
    examples = (
        Example(inputs=((2, 5, 4, 2),)),
        Example(
            inputs=((2, 2, 5, 4),),
            config={
                "height_factor": [0.2, 0.3],
                "width_factor": [-0.5, -0.3],
                "fill_mode": "nearest",
                "fill_value": 1.0,
                "interpolation": "nearest",
                "data_format": "channels_first",
            },
        ),
    )

    height_factor: tuple[float, ...] = factors(
        (0.2,), "How much more of the height is seen: below 0 is nearer, above 0 is farther.", -1.0, 1.0
    )
    width_factor: tuple[float, ...] | None = factors(
        None, "How much more of the width is seen; none: as much as of the height.", -1.0, 1.0
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        ends("RandomZoom.height_factor", self.height_factor)
        ends("RandomZoom.width_factor", self.width_factor or (0.0,))

    def rows(self, x: Value) -> tuple[Row, Row]:
        height = drawn(x, ends("height_factor", self.height_factor), 3) + 1.0
        width = height
        if self.width_factor is not None:
            width = drawn(x, ends("width_factor", self.width_factor), 3) + 1.0
        middle_y, middle_x = (x.shape[1] - 1) / 2, (x.shape[2] - 1) / 2
        return (width, 0.0, (1.0 - width) * middle_x), (0.0, height, (1.0 - height) * middle_y)


class RandomShear(_Affine):
    """Slants pictures in training, to either side."""

    title = "RandomShear"
    examples = (
        Example(inputs=((2, 5, 4, 2),)),
        Example(
            inputs=((2, 2, 5, 4),),
            config={
                "x_factor": [0.2, 0.3],
                "y_factor": 0.4,
                "fill_mode": "constant",
                "fill_value": 1.0,
                "interpolation": "nearest",
                "data_format": "channels_first",
            },
        ),
    )

    x_factor: tuple[float, ...] = factors(
        (0.0,), "How far each row is moved against the one above.", -1.0, 1.0
    )
    y_factor: tuple[float, ...] = factors(
        (0.0,), "How far each column is moved against the one to its left.", -1.0, 1.0
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        ends("RandomShear.x_factor", self.x_factor)
        ends("RandomShear.y_factor", self.y_factor)

    def rows(self, x: Value) -> tuple[Row, Row]:
        draw = drawn(x, (0.0, 1.0), 3)
        side = ops.where(
            ops.greater(draw, ops.number(0.5, draw)), ops.number(-1.0, draw), ops.number(1.0, draw)
        )
        across = drawn(x, ends("x_factor", self.x_factor), 3) * side
        down = drawn(x, ends("y_factor", self.y_factor), 3) * side
        return (1.0, across, 0.0), (down, 1.0, 0.0)


class RandomCrop(Augmentation):
    """Cuts a part out of pictures, anywhere in training and in the middle otherwise; small ones are made larger."""

    title = "RandomCrop"
    examples = (
        Example(inputs=((2, 7, 6, 2),), config={"height": 4, "width": 3}),
        Example(inputs=((2, 2, 5, 4),), config={"height": 6, "width": 3, "data_format": "channels_first"}),
    )

    height: int = integer(32, minimum=1, help="Rows of pixels of the result.")
    width: int = integer(32, minimum=1, help="Columns of pixels of the result.")

    def line(self) -> str:
        return times((self.height, self.width))

    def infer_last(self, x: TensorSpec) -> TensorSpec:
        found = super().infer_last(x)
        return found.with_shape((x.shape[0], self.height, self.width, x.shape[-1]))

    def lower_last(self, call: Call, x: Value) -> Value:
        """In inference the largest part of the right proportions, as Keras' documentation has it.

        Keras itself hands the whole picture on there, whatever size it promised.
        """
        y = floating(x)
        _, rows, columns, _ = y.shape
        if call.training and rows > self.height and columns > self.width:
            return self.vary(y)
        part = cropped(y, columns * self.height // self.width, rows * self.width // self.height)
        return resized(part, (self.height, self.width), "bilinear")

    def vary(self, x: Value) -> Value:
        """The same part of all pictures of a batch, as in Keras."""
        for axis, size in ((1, self.height), (2, self.width)):
            starts = x.shape[axis] - size + 1
            start = ops.floor(ops.random_uniform(x, (1,)) * float(starts))
            taken = ops.cast(start, dtype="int32") + x.program.constant(np.arange(size), "int32")
            order = (axis, *(each for each in range(x.rank) if each != axis))
            picked = ops.gather(ops.transpose(x, order), taken)
            x = ops.transpose(picked, np.argsort(order).tolist())
        return x

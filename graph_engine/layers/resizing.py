"""Sequences, images and volumes made larger or smaller."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Example, Keras, summary_line, unless
from graph_engine.layers.operations.dtypes import floating
from graph_engine.layers.requirements import FLOATS
from graph_engine.layers.resampling import INTERPOLATIONS, cropped, framed, resized
from graph_engine.layers.spatial import LAST, Spatial
from graph_engine.layers.windows import times
from graph_engine.params import ParamError, boolean, choice, int_tuple, integer, number
from graph_engine.values import TensorSpec

_REPEATS: Final = "How often each axis is repeated."
_INTERPOLATION: Final = (
    "nearest: what lies nearest; bilinear: a mix of the two neighbours along each axis; bicubic, lanczos3, "
    "lanczos5: a sharper mix of four, six or ten."
)


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
    data_format: ClassVar[str] = LAST  # type: ignore[misc]  # as in Keras, it has no other
    examples = (
        Example(inputs=((2, 3, 2),)),
        Example(inputs=((2, 4, 2),), config={"size": 3}, dtype="int32"),
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

    interpolation: str = choice("nearest", INTERPOLATIONS, help=_INTERPOLATION)

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


class _ToSize(Spatial):
    """Images of any size in, images of one size out."""

    family = "reshape"
    rank = 2
    takes_whole_numbers = True

    height: int = integer(32, minimum=1, help="Rows of pixels of the result.")
    width: int = integer(32, minimum=1, help="Columns of pixels of the result.")

    def line(self) -> str:
        return times((self.height, self.width))

    def infer_last(self, x: TensorSpec) -> TensorSpec:
        return x.with_shape((x.shape[0], self.height, self.width, x.shape[-1]))

    def _in_proportion(self, x: Value) -> tuple[int, int]:
        """(rows for all columns of ``x``, columns for all its rows) in the proportions of the result."""
        _, rows, columns, _ = x.shape
        return columns * self.height // self.width, rows * self.width // self.height


class Resizing(_ToSize):
    """Brings images of any size to one size."""

    title = "Resizing"
    keras = Keras(ignored=("fill_mode",))  # which Keras takes as constant only
    examples = (
        Example(inputs=((1, 5, 4, 2),), config={"height": 3, "width": 7}),
        Example(inputs=((1, 2, 5, 4),), config={"height": 8, "width": 2, "data_format": "channels_first"}),
        Example(inputs=((1, 5, 4, 2),), config={"height": 7, "width": 3, "interpolation": "nearest"}),
        Example(inputs=((1, 5, 4, 2),), config={"height": 3, "width": 4, "crop_to_aspect_ratio": True}),
        Example(
            inputs=((1, 5, 4, 2),),
            config={"height": 3, "width": 6, "pad_to_aspect_ratio": True, "fill_value": 0.5},
        ),
        Example(
            inputs=((1, 5, 7, 2),),
            config={"height": 3, "width": 4, "interpolation": "bicubic", "antialias": True},
        ),
        Example(inputs=((1, 5, 4, 2),), config={"height": 3, "width": 7}, dtype="int32", high=256),
    )

    interpolation: str = choice("bilinear", INTERPOLATIONS, help=_INTERPOLATION)
    crop_to_aspect_ratio: bool = boolean(
        False, help="Whether what would be distorted is cut off at the border first."
    )
    pad_to_aspect_ratio: bool = boolean(
        False, help="Whether a border is put around what would be distorted first."
    )
    fill_value: float = number(0.0, help="The value of that border.")
    antialias: bool = boolean(
        False, help="Whether every pixel counts when images shrink, not only those nearest to the new ones."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.crop_to_aspect_ratio and self.pad_to_aspect_ratio:
            raise ParamError(
                "Resizing.pad_to_aspect_ratio: proportions are kept by cropping or by padding, not by both"
            )

    def line(self) -> str:
        return summary_line(super().line(), unless(self.interpolation, "bilinear"))

    def lower_last(self, call: Call, x: Value) -> Value:
        y = floating(x)
        if self.crop_to_aspect_ratio:
            y = cropped(y, *self._in_proportion(y))
        elif self.pad_to_aspect_ratio:
            y = framed(y, *self._in_proportion(y), self.fill_value)
        smooth = self.antialias and self.interpolation != "nearest"
        y = resized(y, (self.height, self.width), self.interpolation, smooth)
        return y if x.dtype in FLOATS else ops.cast(ops.rint(y), dtype=x.dtype)


class CenterCrop(_ToSize):
    """Cuts the middle out of images; smaller ones are made larger first."""

    title = "CenterCrop"
    examples = (
        Example(inputs=((1, 7, 6, 2),), config={"height": 4, "width": 3}),
        Example(inputs=((1, 2, 4, 5),), config={"height": 6, "width": 4, "data_format": "channels_first"}),
        Example(inputs=((1, 4, 5, 2),), config={"height": 3, "width": 3}, dtype="int32"),
    )

    def infer_last(self, x: TensorSpec) -> TensorSpec:
        found = super().infer_last(x)
        return found if x.dtype in FLOATS else TensorSpec(found.shape, "float32")

    def lower_last(self, call: Call, x: Value) -> Value:
        y = floating(x)
        if y.shape[1] >= self.height and y.shape[2] >= self.width:
            return cropped(y, self.height, self.width)
        return resized(cropped(y, *self._in_proportion(y)), (self.height, self.width), "bilinear")

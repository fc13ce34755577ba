"""Convolution, pooling and images (``keras.ops``): layers of that kind, whose weights enter by wires."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final, cast

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Program, Value
from graph_engine.layers.adaptive_pooling import (
    AdaptiveAveragePooling1D,
    AdaptiveAveragePooling2D,
    AdaptiveAveragePooling3D,
    AdaptiveMaxPooling1D,
    AdaptiveMaxPooling2D,
    AdaptiveMaxPooling3D,
)
from graph_engine.layers.base import Call, Example, Layer
from graph_engine.layers.convolution import Conv1D, Conv2D, Conv3D
from graph_engine.layers.operations.base import Operation, operand
from graph_engine.layers.operations.dtypes import floating
from graph_engine.layers.pooling import (
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
)
from graph_engine.layers.separable import DepthwiseConv1D, DepthwiseConv2D, SeparableConv1D, SeparableConv2D
from graph_engine.layers.transposed import Conv1DTranspose, Conv2DTranspose, Conv3DTranspose
from graph_engine.layers.windows import pads, reach
from graph_engine.params import choice, integer, one_or_more
from graph_engine.values import ShapeError

Ints = int | tuple[int, ...]
_FORMATS: Final = ("channels_last", "channels_first")
_FORMAT: Final = "Where the channels stand: last, or right after the batch axis; last without it."
_IMAGE: Final = (1, 4, 5, 2)
_KERNEL: Final = (np.arange(24).reshape(2, 2, 2, 3) / 10 - 1).round(1).tolist()
_DEPTHWISE: Final = (np.arange(16).reshape(2, 2, 2, 2) / 10 - 1).round(1).tolist()
_POINTWISE: Final = (np.arange(12).reshape(1, 1, 4, 3) / 10).round(1).tolist()
_TRANSPOSED: Final = (np.arange(24).reshape(2, 2, 3, 2) / 10 - 1).round(1).tolist()


class _Weights:
    """A call of a layer that gets its weights as values."""

    training, trainable, masks = False, True, ()

    def __init__(self, program: Program, weights: Mapping[str, Value]) -> None:
        self.program = program
        self._weights = weights

    def weight(self, name: str) -> Value:
        return self._weights[name]


class _Windowed(Operation):
    """The layer for as many axes of space as there are."""

    module = "nn"
    operands: ClassVar[tuple[str, ...]] = ("inputs",)
    kinds: ClassVar[tuple[type[Layer], ...]]

    data_format: str | None = choice(None, _FORMATS, optional=True, help=_FORMAT)

    @classmethod
    def function_arguments(cls) -> tuple[str, ...]:
        return (*(name for name in cls.signature() if name != "data_format"), "data_format")

    def applied(self, x: Value, weights: Mapping[str, Value], **config: Any) -> Value:
        rank = x.rank - 2
        if not 1 <= rank <= len(self.kinds):
            raise ShapeError(
                f"1 to {len(self.kinds)} axes of space are wanted, got a tensor of {x.rank} axes"
            )
        given = {"data_format": self.data_format or "channels_last", **config}
        layer = self.kinds[rank - 1](**{name: value for name, value in given.items() if value is not None})
        layer.infer(x.spec)
        return cast("Value", layer.lower(cast("Call", _Weights(x.program, weights)), x))


class _Pool(_Windowed):
    examples = (
        Example(inputs=(_IMAGE,), config={"pool_size": 2}),
        Example(inputs=(_IMAGE,), config={"pool_size": [3, 2], "strides": [1, 2], "padding": "same"}),
        Example(inputs=((1, 2, 6),), config={"pool_size": 2, "data_format": "channels_first"}),
    )

    pool_size: Ints = one_or_more(2, help="Size of the window along each axis.")
    strides: Ints | None = one_or_more(
        None, optional=True, help="Its step; windows stand side by side without it."
    )
    padding: str = choice("valid", ("valid", "same"), help="Whether windows may reach over the border.")

    def compute(self, inputs: Value) -> Value:
        return self.applied(
            floating(inputs), {}, pool_size=self.pool_size, strides=self.strides, padding=self.padding
        )


class MaxPoolOp(_Pool):
    """The largest of every window."""

    module = "nn"
    kinds = (MaxPooling1D, MaxPooling2D, MaxPooling3D)


class AveragePoolOp(_Pool):
    """The mean of every window."""

    module = "nn"
    kinds = (AveragePooling1D, AveragePooling2D, AveragePooling3D)


class _Adaptive(_Windowed):
    examples = (Example(inputs=(_IMAGE,), config={"output_size": [2, 3]}),)

    output_size: Ints = one_or_more(1, help="How many windows along each axis.")

    def compute(self, inputs: Value) -> Value:
        return self.applied(inputs, {}, output_size=self.output_size)


class AdaptiveMaxPoolOp(_Adaptive):
    """The largest of as many windows as are asked for."""

    module = "nn"
    kinds = (AdaptiveMaxPooling1D, AdaptiveMaxPooling2D, AdaptiveMaxPooling3D)


class AdaptiveAveragePoolOp(_Adaptive):
    """The mean of as many windows as are asked for."""

    module = "nn"
    kinds = (AdaptiveAveragePooling1D, AdaptiveAveragePooling2D, AdaptiveAveragePooling3D)


class _Kernel(_Windowed):
    operands: ClassVar[tuple[str, ...]] = ("inputs", "kernel")

    strides: Ints = one_or_more(1, help="Step of the window along each axis.")
    padding: str = choice("valid", ("valid", "same"), help="Whether zeros stand around the border.")
    dilation_rate: Ints = one_or_more(1, help="Distance between neighbouring taps of the window.")

    @classmethod
    def function_arguments(cls) -> tuple[str, ...]:
        return (*cls.operands, "strides", "padding", "data_format", "dilation_rate")

    def slid(self, x: Value, weights: Mapping[str, Value], window: Sequence[int], **config: Any) -> Value:
        return self.applied(
            floating(x),
            {name: floating(weight) for name, weight in weights.items()},
            kernel_size=tuple(window),
            strides=self.strides,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
            use_bias=False,
            **config,
        )

    def channels(self, x: Value) -> int:
        return x.shape[1 if self.data_format == "channels_first" else -1]


class ConvOp(_Kernel):
    """A convolution; channels are split into groups if the kernel sees fewer of them."""

    module = "nn"
    kinds = (Conv1D, Conv2D, Conv3D)
    examples = (
        Example(inputs=(_IMAGE,), config={"kernel": _KERNEL, "padding": "same"}),
        Example(
            inputs=((1, 2, 4, 5),), config={"kernel": _KERNEL, "strides": 2, "data_format": "channels_first"}
        ),
    )
    kernel: Any = operand()

    def compute(self, inputs: Value, kernel: Value) -> Value:
        *window, seen, filters = kernel.shape
        groups = self.channels(inputs) // seen
        return self.slid(inputs, {"kernel": kernel}, window, filters=filters, groups=groups)


class DepthwiseConvOp(_Kernel):
    """A convolution of each channel by itself."""

    module = "nn"
    kinds = (DepthwiseConv1D, DepthwiseConv2D)
    examples = (Example(inputs=(_IMAGE,), config={"kernel": _DEPTHWISE, "strides": 2, "padding": "same"}),)
    kernel: Any = operand()

    def compute(self, inputs: Value, kernel: Value) -> Value:
        *window, _, multiplier = kernel.shape
        return self.slid(inputs, {"kernel": kernel}, window, depth_multiplier=multiplier)


class SeparableConvOp(_Kernel):
    """A convolution of each channel by itself, and one of single places that mixes them."""

    module = "nn"
    operands = ("inputs", "depthwise_kernel", "pointwise_kernel")
    kinds = (SeparableConv1D, SeparableConv2D)
    examples = (
        Example(inputs=(_IMAGE,), config={"depthwise_kernel": _DEPTHWISE, "pointwise_kernel": _POINTWISE}),
    )
    depthwise_kernel: Any = operand()
    pointwise_kernel: Any = operand()

    def compute(self, inputs: Value, depthwise_kernel: Value, pointwise_kernel: Value) -> Value:
        *window, _, multiplier = depthwise_kernel.shape
        weights = {"depthwise_kernel": depthwise_kernel, "pointwise_kernel": pointwise_kernel}
        filters = pointwise_kernel.shape[-1]
        return self.slid(inputs, weights, window, filters=filters, depth_multiplier=multiplier)


class ConvTransposeOp(_Kernel):
    """A transposed convolution: every number spreads over a window."""

    module = "nn"
    kinds = (Conv1DTranspose, Conv2DTranspose, Conv3DTranspose)
    examples = (Example(inputs=(_IMAGE,), config={"kernel": _TRANSPOSED, "strides": 2, "padding": "same"}),)
    kernel: Any = operand()
    output_padding: Ints | None = one_or_more(
        None, optional=True, help="How much is added at the end of each axis."
    )

    @classmethod
    def function_arguments(cls) -> tuple[str, ...]:
        return (*cls.operands, "strides", "padding", "output_padding", "data_format", "dilation_rate")

    def compute(self, inputs: Value, kernel: Value) -> Value:
        *window, filters, _ = kernel.shape
        given = {"filters": filters, "output_padding": self.output_padding}
        return self.slid(inputs, {"kernel": kernel}, window, **given)


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
    data_format: str | None = choice(None, _FORMATS, optional=True, help=_FORMAT)

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

    data_format: str | None = choice(None, _FORMATS, optional=True, help=_FORMAT)

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

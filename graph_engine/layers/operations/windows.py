"""Convolution and pooling (``keras.ops.nn``): layers of that kind, whose weights enter by wires."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final, cast

import numpy as np

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
from graph_engine.params import choice, one_or_more
from graph_engine.values import ShapeError

Ints = int | tuple[int, ...]
FORMATS: Final = ("channels_last", "channels_first")
FORMAT: Final = "Where the channels stand: last, or right after the batch axis; last without it."
_IMAGE: Final = (1, 4, 5, 2)
_KERNEL: Final = (np.arange(24).reshape(2, 2, 2, 3) / 10 - 1).round(1).tolist()
_DEPTHWISE: Final = (np.arange(16).reshape(2, 2, 2, 2) / 10 - 1).round(1).tolist()
_POINTWISE: Final = (np.arange(12).reshape(1, 1, 4, 3) / 10).round(1).tolist()
_TRANSPOSED: Final = (np.arange(24).reshape(2, 2, 3, 2) / 10 - 1).round(1).tolist()


class GivenWeights:
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

    data_format: str | None = choice(None, FORMATS, optional=True, help=FORMAT)

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
        return cast("Value", layer.lower(cast("Call", GivenWeights(x.program, weights)), x))


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

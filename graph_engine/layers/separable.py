"""Convolutions that look at each channel by itself, and then perhaps mix them (Chollet, 2017)."""

from __future__ import annotations

from typing import Any, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.activations import ACTIVATIONS, activate
from graph_engine.layers.base import Call, Example, Weight, summary_line, unless
from graph_engine.layers.constraints import Constraint
from graph_engine.layers.convolution import ACTIVATION, DILATION, PADDING, PADDINGS, SIZE, STRIDES
from graph_engine.layers.initializers import Initializer
from graph_engine.layers.regularizers import Regularizer
from graph_engine.layers.requirements import require_size
from graph_engine.layers.spatial import Spatial
from graph_engine.layers.weighted import (
    ACTIVITY_EXAMPLE,
    BIAS_EXAMPLE,
    Activity,
    Bias,
    constraint,
    initializer,
    regularizer,
)
from graph_engine.layers.windows import counts, pads, reach, stride_text, times
from graph_engine.params import choice, int_tuple, integer
from graph_engine.values import TensorSpec

_MULTIPLIER: Final = "How many results each channel gives."
_ALL: Final[dict[str, Any]] = {
    **BIAS_EXAMPLE,
    **ACTIVITY_EXAMPLE,
    "data_format": "channels_first",
    "depthwise_initializer": "he_normal",
    "depthwise_regularizer": "l2",
    "depthwise_constraint": "max_norm",
}
_POINTWISE: Final = {
    "pointwise_initializer": "he_uniform",
    "pointwise_regularizer": "l1",
    "pointwise_constraint": "unit_norm",
}


class _Depthwise(Activity, Bias, Spatial):
    """Windows that see one channel each."""

    formula = "y[p, c] = activation(Σₖ x[strides·p + k, c] · kernel[k, c] + bias[c])"
    family = "convolution"

    kernel_size: tuple[int, ...] = int_tuple((3, 3), size=2, minimum=1, help=SIZE)
    strides: tuple[int, ...] = int_tuple((1, 1), size=2, minimum=1, help=STRIDES)
    padding: str = choice("valid", PADDINGS, help=PADDING)
    depth_multiplier: int = integer(1, minimum=1, help=_MULTIPLIER)
    dilation_rate: tuple[int, ...] = int_tuple((1, 1), size=2, minimum=1, help=DILATION)
    activation: str = choice("linear", ACTIVATIONS, help=ACTIVATION)
    depthwise_initializer: Initializer = initializer("GlorotUniform", "the depthwise kernel")
    depthwise_regularizer: Regularizer | None = regularizer("the depthwise kernel")
    depthwise_constraint: Constraint | None = constraint("the depthwise kernel")

    def line(self) -> str:
        return summary_line(
            times(self.kernel_size),
            "" if self.depth_multiplier == 1 else f"{self.depth_multiplier} each",
            stride_text(self.strides),
            unless(self.padding, "valid"),
            unless(self.activation, "linear"),
        )

    def infer_last(self, x: TensorSpec) -> TensorSpec:
        sizes = counts(self, x.shape[1:-1], self._reach, self.strides, self.padding)
        channels = x.shape[-1]
        return x.with_shape(
            (x.shape[0], *sizes, None if channels is None else channels * self.depth_multiplier)
        )

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        channels = self.channels(*inputs)
        return (self.depthwise_kernel("kernel", channels), *self.bias(channels * self.depth_multiplier))

    def lower_last(self, call: Call, x: Value) -> Value:
        y = self.depthwise(x, call.weight("kernel"))
        return self.charged(call, activate(self.activation, self.biased(call, y)))

    def channels(self, *inputs: TensorSpec) -> int:
        return require_size(self, self.last_spec(*inputs), -1, "number of input channels")

    def depthwise_kernel(self, name: str, channels: int) -> Weight:
        return Weight(
            name,
            (*self.kernel_size, channels, self.depth_multiplier),
            self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
        )

    def depthwise(self, x: Value, kernel: Value) -> Value:
        *window, channels, multiplier = kernel.shape
        return ops.conv(
            x,
            ops.reshape(kernel, (*window, 1, channels * multiplier)),
            strides=self.strides,
            pads=pads(x.shape[1:-1], self._reach, self.strides, self.padding),
            dilation=self.dilation_rate,
            groups=channels,
        )

    @property
    def _reach(self) -> tuple[int, ...]:
        return reach(self.kernel_size, self.dilation_rate)


class _Separable(_Depthwise):
    """A depthwise convolution, and one of single pixels that mixes what it found."""

    formula = "y[p] = activation(Σ_c (Σₖ x[strides·p + k, c] · depthwise[k, c]) · pointwise[c] + bias)"
    filters: int = integer(32, minimum=1, help="Number of output channels.")
    pointwise_initializer: Initializer = initializer("GlorotUniform", "the pointwise kernel")
    pointwise_regularizer: Regularizer | None = regularizer("the pointwise kernel")
    pointwise_constraint: Constraint | None = constraint("the pointwise kernel")

    def line(self) -> str:
        return summary_line(
            times(self.kernel_size),
            str(self.filters),
            stride_text(self.strides),
            unless(self.padding, "valid"),
            unless(self.activation, "linear"),
        )

    def infer_last(self, x: TensorSpec) -> TensorSpec:
        found = super().infer_last(x)
        return found.with_shape((*found.shape[:-1], self.filters))

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        channels = self.channels(*inputs)
        pointwise = Weight(
            "pointwise_kernel",
            (*(1,) * self.rank, channels * self.depth_multiplier, self.filters),
            self.pointwise_initializer,
            regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint,
        )
        return (self.depthwise_kernel("depthwise_kernel", channels), pointwise, *self.bias(self.filters))

    def lower_last(self, call: Call, x: Value) -> Value:
        seen = self.depthwise(x, call.weight("depthwise_kernel"))
        once = (1,) * self.rank
        mixed = ops.conv(
            seen,
            call.weight("pointwise_kernel"),
            strides=once,
            pads=((0, 0),) * self.rank,
            dilation=once,
            groups=1,
        )
        return self.charged(call, activate(self.activation, self.biased(call, mixed)))


class DepthwiseConv1D(_Depthwise):
    """A window along a sequence for every channel by itself."""

    title = "DepthwiseConv1D"
    rank = 1
    examples = (
        Example(inputs=((2, 8, 3),), config={"kernel_size": 4, "padding": "same", "activation": "relu"}),
        Example(inputs=((2, 9, 2),), config={"depth_multiplier": 2, "strides": 2, "use_bias": False}),
        Example(inputs=((2, 3, 8),), config={"dilation_rate": 2, **_ALL}),
    )

    kernel_size: tuple[int, ...] = int_tuple((3,), size=1, minimum=1, help=SIZE)
    strides: tuple[int, ...] = int_tuple((1,), size=1, minimum=1, help=STRIDES)
    dilation_rate: tuple[int, ...] = int_tuple((1,), size=1, minimum=1, help=DILATION)


class DepthwiseConv2D(_Depthwise):
    """A window over an image for every channel by itself."""

    title = "DepthwiseConv2D"
    rank = 2
    examples = (
        Example(inputs=((2, 5, 6, 3),), config={"padding": "same", "activation": "relu"}),
        Example(
            inputs=((2, 6, 5, 2),),
            config={"kernel_size": [3, 2], "depth_multiplier": 2, "strides": 2, "use_bias": False},
        ),
        Example(inputs=((1, 2, 6, 7),), config={"dilation_rate": [1, 2], **_ALL}),
    )


class SeparableConv1D(_Separable):
    """Looks along a sequence channel by channel, then mixes the channels: few weights for wide windows."""

    title = "SeparableConv1D"
    rank = 1
    examples = (
        Example(
            inputs=((2, 8, 3),),
            config={"filters": 4, "kernel_size": 4, "padding": "same", "activation": "relu"},
        ),
        Example(
            inputs=((2, 9, 2),), config={"filters": 4, "depth_multiplier": 2, "strides": 2, "use_bias": False}
        ),
        Example(inputs=((2, 3, 8),), config={"filters": 2, "dilation_rate": 2, **_ALL, **_POINTWISE}),
    )

    kernel_size: tuple[int, ...] = int_tuple((3,), size=1, minimum=1, help=SIZE)
    strides: tuple[int, ...] = int_tuple((1,), size=1, minimum=1, help=STRIDES)
    dilation_rate: tuple[int, ...] = int_tuple((1,), size=1, minimum=1, help=DILATION)


class SeparableConv2D(_Separable):
    """Looks at an image channel by channel, then mixes the channels: few weights for wide windows."""

    title = "SeparableConv2D"
    rank = 2
    examples = (
        Example(inputs=((2, 5, 6, 3),), config={"filters": 4, "padding": "same", "activation": "relu"}),
        Example(
            inputs=((2, 6, 5, 2),),
            config={
                "filters": 4,
                "kernel_size": [3, 2],
                "depth_multiplier": 2,
                "strides": 2,
                "use_bias": False,
            },
        ),
        Example(inputs=((1, 2, 6, 7),), config={"filters": 2, "dilation_rate": [1, 2], **_ALL, **_POINTWISE}),
    )

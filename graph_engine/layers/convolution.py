"""Filters that slide over the axes of space or time."""

from __future__ import annotations

from typing import Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.activations import ACTIVATIONS, activate
from graph_engine.layers.base import Call, Example, Weight, summary_line, unless
from graph_engine.layers.requirements import require_size, title
from graph_engine.layers.spatial import Spatial
from graph_engine.layers.weighted import (
    ACTIVITY_EXAMPLE,
    BIAS_EXAMPLE,
    KERNEL_EXAMPLE,
    Activity,
    Bias,
    Kernel,
)
from graph_engine.layers.windows import counts, pads, reach, stride_text, times
from graph_engine.params import ParamError, choice, int_tuple, integer
from graph_engine.values import ShapeError, TensorSpec

PADDINGS: Final = ("valid", "same")
SIZE: Final = "Size of the window along each axis."
STRIDES: Final = "Step of the window along each axis."
DILATION: Final = "Distance between neighbouring taps of the window; 1 leaves no gaps."
PADDING: Final = "valid: only whole windows; same: zeros around the border, so stride 1 keeps the size."
ACTIVATION: Final = "Function applied to the result."
EVERYTHING: Final = {**KERNEL_EXAMPLE, **BIAS_EXAMPLE, **ACTIVITY_EXAMPLE, "data_format": "channels_first"}


class _Convolution(Activity, Bias, Kernel, Spatial):
    """What every convolution has in common. A subclass names its rank and how many sizes its tuples take."""

    formula = "y[p] = activation(Σₖ x[strides·p + dilation·k] · kernel[k] + bias)"
    family = "convolution"

    filters: int = integer(32, minimum=1, help="Number of output channels.")
    kernel_size: tuple[int, ...] = int_tuple((3, 3), size=2, minimum=1, help=SIZE)
    strides: tuple[int, ...] = int_tuple((1, 1), size=2, minimum=1, help=STRIDES)
    padding: str = choice("valid", PADDINGS, help=PADDING)
    dilation_rate: tuple[int, ...] = int_tuple((1, 1), size=2, minimum=1, help=DILATION)
    groups: int = integer(
        1, minimum=1, help="Number of groups that channels are split into; each sees its own."
    )
    activation: str = choice("linear", ACTIVATIONS, help=ACTIVATION)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.filters % self.groups:
            raise ParamError(
                f"{title(self)}.groups: {self.filters} filters cannot be split into {self.groups} equal groups"
            )

    def line(self) -> str:
        return summary_line(
            times(self.kernel_size),
            str(self.filters),
            stride_text(self.strides),
            unless(self.padding, "valid"),
            unless(self.activation, "linear"),
        )

    def infer_last(self, x: TensorSpec) -> TensorSpec:
        channels = x.shape[-1]
        if channels is not None and channels % self.groups:
            raise ShapeError(
                f"{title(self)} cannot split {channels} input channels into {self.groups} equal groups"
            )
        sizes = counts(self, x.shape[1:-1], self._reach, self.strides, self.padding)
        return x.with_shape((x.shape[0], *sizes, self.filters))

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        channels = require_size(self, self.last_spec(*inputs), -1, "number of input channels")
        kernel = self.kernel((*self.kernel_size, channels // self.groups, self.filters))
        return (kernel, *self.bias(self.filters))

    def lower_last(self, call: Call, x: Value) -> Value:
        y = ops.conv(
            x,
            call.weight("kernel"),
            strides=self.strides,
            pads=pads(x.shape[1:-1], self._reach, self.strides, self.padding),
            dilation=self.dilation_rate,
            groups=self.groups,
        )
        return self.charged(call, activate(self.activation, self.biased(call, y)))

    @property
    def _reach(self) -> tuple[int, ...]:
        return reach(self.kernel_size, self.dilation_rate)


class Conv1D(_Convolution):
    """Filters that slide along a sequence, each seeing a few neighbouring steps."""

    title = "Conv1D"
    rank = 1
    examples = (
        Example(inputs=((2, 8, 3),), config={"filters": 4, "kernel_size": 3, "activation": "relu"}),
        Example(
            inputs=((2, 9, 4),),
            config={
                "filters": 6,
                "kernel_size": 2,
                "padding": "causal",
                "dilation_rate": 2,
                "groups": 2,
                "use_bias": False,
            },
        ),
        Example(
            inputs=((2, 8, 3),), config={"filters": 2, "kernel_size": 4, "strides": 3, "padding": "same"}
        ),
        Example(inputs=((2, 3, 8),), config={"filters": 2, **EVERYTHING}),
    )

    kernel_size: tuple[int, ...] = int_tuple((3,), size=1, minimum=1, help=SIZE)
    strides: tuple[int, ...] = int_tuple((1,), size=1, minimum=1, help=STRIDES)
    padding: str = choice(
        "valid", (*PADDINGS, "causal"), help=PADDING + " causal: zeros before, so no step sees a later one."
    )
    dilation_rate: tuple[int, ...] = int_tuple((1,), size=1, minimum=1, help=DILATION)


class Conv2D(_Convolution):
    """Filters that slide over an image, each seeing a small neighbourhood of pixels."""

    title = "Conv2D"
    rank = 2
    examples = (
        Example(inputs=((2, 5, 6, 3),), config={"filters": 4, "padding": "same", "activation": "relu"}),
        Example(
            inputs=((2, 7, 6, 4),),
            config={
                "filters": 6,
                "kernel_size": [3, 2],
                "strides": 2,
                "padding": "same",
                "groups": 2,
                "use_bias": False,
            },
        ),
        Example(inputs=((2, 8, 7, 2),), config={"filters": 3, "kernel_size": 2, "dilation_rate": [2, 3]}),
        Example(inputs=((2, 2, 5, 4),), config={"filters": 3, "kernel_size": 2, **EVERYTHING}),
    )


class Conv3D(_Convolution):
    """Filters that slide through a volume or a film, each seeing a small block of it."""

    title = "Conv3D"
    rank = 3
    examples = (
        Example(inputs=((2, 4, 5, 3, 2),), config={"filters": 3, "padding": "same", "activation": "relu"}),
        Example(
            inputs=((1, 5, 4, 6, 4),),
            config={"filters": 2, "kernel_size": [3, 2, 1], "strides": 2, "groups": 2, "use_bias": False},
        ),
        Example(
            inputs=((1, 4, 3, 5, 2),), config={"filters": 2, "kernel_size": 2, "dilation_rate": [2, 1, 3]}
        ),
        Example(inputs=((1, 2, 3, 4, 3),), config={"filters": 2, "kernel_size": 2, **EVERYTHING}),
    )

    kernel_size: tuple[int, ...] = int_tuple((3, 3, 3), size=3, minimum=1, help=SIZE)
    strides: tuple[int, ...] = int_tuple((1, 1, 1), size=3, minimum=1, help=STRIDES)
    dilation_rate: tuple[int, ...] = int_tuple((1, 1, 1), size=3, minimum=1, help=DILATION)

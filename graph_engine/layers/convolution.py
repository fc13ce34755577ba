"""Filters that slide over the spatial axes. Channels come last everywhere."""

from __future__ import annotations

from typing import ClassVar, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.activations import ACTIVATIONS, activate
from graph_engine.layers.base import Call, Example, Layer, Weight, summary_line, unless
from graph_engine.layers.initializers import INITIALIZERS, Initializer
from graph_engine.layers.regularizers import REGULARIZERS, Regularizer
from graph_engine.layers.requirements import require_floats, require_rank, require_size, title
from graph_engine.layers.windows import counts, layout, pads, reach, stride_text, times
from graph_engine.params import ParamError, boolean, choice, configured, int_tuple, integer
from graph_engine.values import Shape, ShapeError, TensorSpec

_PADDINGS: Final = ("valid", "same")
_SIZE: Final = "Size of the window along each axis."
_STRIDES: Final = "Step of the window along each axis."
_DILATION: Final = "Distance between neighbouring taps of the window; 1 leaves no gaps."
_PADDING: Final = "valid: only whole windows; same: zeros around the border, so stride 1 keeps the size."


class _Convolution(Layer):
    """What every convolution has in common. A subclass names its rank and how many sizes its tuples take."""

    family = "convolution"
    rank: ClassVar[int]

    filters: int = integer(32, minimum=1, help="Number of output channels.")
    kernel_size: tuple[int, ...] = int_tuple((3, 3), size=2, minimum=1, help=_SIZE)
    strides: tuple[int, ...] = int_tuple((1, 1), size=2, minimum=1, help=_STRIDES)
    padding: str = choice("valid", _PADDINGS, help=_PADDING)
    dilation_rate: tuple[int, ...] = int_tuple((1, 1), size=2, minimum=1, help=_DILATION)
    activation: str = choice("linear", ACTIVATIONS, help="Function applied to the result.")
    use_bias: bool = boolean(True, help="Whether to add a learned bias to each channel.")
    kernel_initializer: Initializer = configured("GlorotUniform", INITIALIZERS, help="How the filters start.")
    bias_initializer: Initializer = configured("Zeros", INITIALIZERS, help="How the bias starts.")
    kernel_regularizer: Regularizer | None = configured(
        None, REGULARIZERS, optional=True, help="Penalty on the filters, added to the loss."
    )

    def line(self) -> str:
        return summary_line(
            times(self.kernel_size),
            str(self.filters),
            stride_text(self.strides),
            unless(self.padding, "valid"),
            unless(self.activation, "linear"),
        )

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        require_rank(self, x, self.rank + 2, layout(self.rank))
        require_floats(self, x)
        return x.with_shape((x.shape[0], *self.output_sizes(x.shape[1:-1]), self.filters))

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        channels = require_size(self, inputs[0], -1, "number of input channels")
        shape = (*self.kernel_size, *self.kernel_channels(channels))
        kernel = Weight("kernel", shape, self.kernel_initializer, regularizer=self.kernel_regularizer)
        bias = Weight("bias", (self.filters,), self.bias_initializer)
        return (kernel, bias) if self.use_bias else (kernel,)

    def lower(self, call: Call, *inputs: Value) -> Value:
        y = self.convolve(inputs[0], call.weight("kernel"))
        return activate(self.activation, y + call.weight("bias") if self.use_bias else y)

    def output_sizes(self, sizes: Shape) -> Shape:
        return counts(self, sizes, self.reach, self.strides, self.padding)

    def kernel_channels(self, channels: int) -> tuple[int, int]:
        """The last two sizes of the kernel."""
        return channels, self.filters

    def convolve(self, x: Value, kernel: Value) -> Value:
        return self.slide(x, kernel, groups=1)

    def slide(self, x: Value, kernel: Value, groups: int) -> Value:
        """The convolution itself, with this layer's steps and padding."""
        around = pads(x.shape[1:-1], self.reach, self.strides, self.padding)
        return ops.conv(
            x, kernel, strides=self.strides, pads=around, dilation=self.dilation_rate, groups=groups
        )

    @property
    def reach(self) -> tuple[int, ...]:
        return reach(self.kernel_size, self.dilation_rate)


class _Grouped(_Convolution):
    """A convolution whose channels may be split into groups that do not see each other."""

    groups: int = integer(
        1, minimum=1, help="Number of groups that channels are split into; each sees only its own."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.filters % self.groups:
            raise ParamError(
                f"{title(self)}.groups: {self.filters} filters cannot be split into {self.groups} equal groups"
            )

    def kernel_channels(self, channels: int) -> tuple[int, int]:
        return channels // self.groups, self.filters

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        output = super().infer(*inputs)
        channels = inputs[0].shape[-1]
        if channels is not None and channels % self.groups:
            raise ShapeError(
                f"{title(self)} cannot split {channels} input channels into {self.groups} equal groups"
            )
        return output

    def convolve(self, x: Value, kernel: Value) -> Value:
        return self.slide(x, kernel, self.groups)


class Conv1D(_Grouped):
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
                "kernel_initializer": "he_normal",
                "kernel_regularizer": "l1",
            },
        ),
        Example(
            inputs=((2, 8, 3),),
            config={
                "filters": 2,
                "kernel_size": 4,
                "strides": 3,
                "padding": "same",
                "bias_initializer": "ones",
            },
        ),
    )

    kernel_size: tuple[int, ...] = int_tuple((3,), size=1, minimum=1, help=_SIZE)
    strides: tuple[int, ...] = int_tuple((1,), size=1, minimum=1, help=_STRIDES)
    padding: str = choice(
        "valid", (*_PADDINGS, "causal"), help=_PADDING + " causal: zeros before, so no step sees a later one."
    )
    dilation_rate: tuple[int, ...] = int_tuple((1,), size=1, minimum=1, help=_DILATION)


class Conv2D(_Grouped):
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
                "kernel_initializer": "he_uniform",
                "kernel_regularizer": {"type": "L1L2", "l1": 0.1, "l2": 0.2},
            },
        ),
        Example(
            inputs=((2, 8, 7, 2),),
            config={"filters": 3, "kernel_size": 2, "dilation_rate": [2, 3], "bias_initializer": "ones"},
        ),
    )

"""Transposed convolutions: every number in spreads over a window of the result, which may be larger."""

from __future__ import annotations

from typing import Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.activations import ACTIVATIONS, activate
from graph_engine.layers.base import Call, Example, Weight, summary_line, unless
from graph_engine.layers.convolution import ACTIVATION, DILATION, EVERYTHING, PADDINGS, SIZE
from graph_engine.layers.requirements import require_size
from graph_engine.layers.spatial import Spatial
from graph_engine.layers.weighted import Activity, Bias, Kernel
from graph_engine.layers.windows import reach, stride_text, times
from graph_engine.params import choice, int_tuple, integer
from graph_engine.values import TensorSpec

_STRIDES: Final = "How many times as large the result is along each axis."
_PADDING: Final = "valid: all that the windows reach; same: exactly as large as the strides say."
_OUTPUT_PADDING: Final = "How much is added at the end of each axis; none: what padding and strides ask for."


class _Transposed(Activity, Bias, Kernel, Spatial):
    """The gradient of a convolution for its input, used as a layer (Zeiler et al., 2010)."""

    formula = "y[q] = activation(Σ x[p] · kernel[q − strides·p] + bias), over all p"
    family = "convolution"

    filters: int = integer(32, minimum=1, help="Number of output channels.")
    kernel_size: tuple[int, ...] = int_tuple((3, 3), size=2, minimum=1, help=SIZE)
    strides: tuple[int, ...] = int_tuple((1, 1), size=2, minimum=1, help=_STRIDES)
    padding: str = choice("valid", PADDINGS, help=_PADDING)
    output_padding: tuple[int, ...] | None = int_tuple(
        None, size=2, minimum=0, optional=True, help=_OUTPUT_PADDING
    )
    dilation_rate: tuple[int, ...] = int_tuple((1, 1), size=2, minimum=1, help=DILATION)
    activation: str = choice("linear", ACTIVATIONS, help=ACTIVATION)

    def line(self) -> str:
        return summary_line(
            times(self.kernel_size),
            str(self.filters),
            stride_text(self.strides),
            unless(self.padding, "valid"),
            unless(self.activation, "linear"),
        )

    def infer_last(self, x: TensorSpec) -> TensorSpec:
        sizes = tuple(
            None if size is None else (size - 1) * stride + window - before - after
            for size, stride, window, (before, after) in zip(
                x.shape[1:-1], self.strides, self._reach, self._crops, strict=True
            )
        )
        return x.with_shape((x.shape[0], *sizes, self.filters))

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        channels = require_size(self, self.last_spec(*inputs), -1, "number of input channels")
        return (self.kernel((*self.kernel_size, self.filters, channels)), *self.bias(self.filters))

    def lower_last(self, call: Call, x: Value) -> Value:
        cut = tuple((max(before, 0), max(after, 0)) for before, after in self._crops)
        more = tuple((max(-before, 0), max(-after, 0)) for before, after in self._crops)
        sizes = (
            (size - 1) * stride + window - before - after
            for size, stride, window, (before, after) in zip(
                x.shape[1:-1], self.strides, self._reach, cut, strict=True
            )
        )
        y = ops.conv_grad_input(
            x,
            call.weight("kernel"),
            shape=(x.shape[0], *sizes, self.filters),
            strides=self.strides,
            pads=cut,
            dilation=self.dilation_rate,
            groups=1,
        )
        y = ops.pad(y, ((0, 0), *more, (0, 0)))
        return self.charged(call, activate(self.activation, self.biased(call, y)))

    @property
    def _reach(self) -> tuple[int, ...]:
        return reach(self.kernel_size, self.dilation_rate)

    @property
    def _crops(self) -> tuple[tuple[int, int], ...]:
        """What is cut off before and after along each axis; less than nothing: zeros are added."""
        extra = self.output_padding or (None,) * self.rank
        return tuple(
            _crop(window, stride, self.padding, more)
            for window, stride, more in zip(self._reach, self.strides, extra, strict=True)
        )


def _crop(window: int, stride: int, padding: str, extra: int | None) -> tuple[int, int]:
    """As Keras places the result (``compute_conv_transpose_output_crops_for_torch``)."""
    if padding == "valid":
        return 0, -(max(window, stride) - window if extra is None else extra)
    around = stride + window - 2 if extra is None else window + window % 2 - 2 + extra
    before = min(around // 2 + around % 2, window - 1)
    return window - 1 - before, window - 1 - (around - before)


class Conv1DTranspose(_Transposed):
    """Makes a sequence longer: every step spreads over a few neighbours."""

    title = "Conv1DTranspose"
    rank = 1
    examples = (
        Example(
            inputs=((2, 4, 3),), config={"filters": 2, "strides": 2, "padding": "same", "activation": "relu"}
        ),
        Example(
            inputs=((2, 4, 3),), config={"filters": 2, "kernel_size": 2, "strides": 3, "use_bias": False}
        ),
        Example(
            inputs=((2, 4, 3),), config={"filters": 2, "kernel_size": 4, "strides": 2, "output_padding": 1}
        ),
        Example(inputs=((2, 3, 5),), config={"filters": 2, "dilation_rate": 2, **EVERYTHING}),
    )

    kernel_size: tuple[int, ...] = int_tuple((3,), size=1, minimum=1, help=SIZE)
    strides: tuple[int, ...] = int_tuple((1,), size=1, minimum=1, help=_STRIDES)
    output_padding: tuple[int, ...] | None = int_tuple(
        None, size=1, minimum=0, optional=True, help=_OUTPUT_PADDING
    )
    dilation_rate: tuple[int, ...] = int_tuple((1,), size=1, minimum=1, help=DILATION)


class Conv2DTranspose(_Transposed):
    """Makes an image larger: every pixel spreads over a small window."""

    title = "Conv2DTranspose"
    rank = 2
    examples = (
        Example(
            inputs=((2, 3, 4, 3),),
            config={"filters": 2, "strides": 2, "padding": "same", "activation": "relu"},
        ),
        Example(
            inputs=((2, 3, 2, 3),),
            config={"filters": 2, "kernel_size": [2, 3], "strides": [3, 1], "use_bias": False},
        ),
        Example(
            inputs=((1, 3, 3, 2),),
            config={"filters": 2, "strides": 2, "padding": "same", "output_padding": [1, 0]},
        ),
        Example(inputs=((1, 3, 4, 2),), config={"filters": 2, "dilation_rate": [1, 2], **EVERYTHING}),
    )


class Conv3DTranspose(_Transposed):
    """Makes a volume larger: every block spreads over a small neighbourhood."""

    title = "Conv3DTranspose"
    rank = 3
    examples = (
        Example(
            inputs=((1, 2, 3, 2, 2),),
            config={"filters": 2, "strides": 2, "padding": "same", "activation": "relu"},
        ),
        Example(
            inputs=((1, 2, 2, 3, 2),),
            config={"filters": 2, "kernel_size": 2, "strides": [1, 3, 2], "use_bias": False},
        ),
        Example(inputs=((1, 2, 2, 2, 2),), config={"filters": 2, "strides": 2, "output_padding": 1}),
        Example(inputs=((1, 2, 3, 2, 2),), config={"filters": 2, "dilation_rate": [1, 2, 1], **EVERYTHING}),
    )

    kernel_size: tuple[int, ...] = int_tuple((3, 3, 3), size=3, minimum=1, help=SIZE)
    strides: tuple[int, ...] = int_tuple((1, 1, 1), size=3, minimum=1, help=_STRIDES)
    output_padding: tuple[int, ...] | None = int_tuple(
        None, size=3, minimum=0, optional=True, help=_OUTPUT_PADDING
    )
    dilation_rate: tuple[int, ...] = int_tuple((1, 1, 1), size=3, minimum=1, help=DILATION)

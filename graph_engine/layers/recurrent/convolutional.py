"""LSTMs whose products are convolutions (Shi et al., 2015): they remember pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.activations import ACTIVATIONS
from graph_engine.layers.base import NEEDS_SIZE, Call, Example, Keras, Weight, summary_line, unless
from graph_engine.layers.convolution import DILATION, PADDING, PADDINGS, SIZE, STRIDES
from graph_engine.layers.recurrent.base import Recurrent, own
from graph_engine.layers.recurrent.cell import ACTIVATION, GATES, Cell, Gated, Ready, Values, noise
from graph_engine.layers.recurrent.examples import GROUPS, common, masked
from graph_engine.layers.recurrent.lstm import FORGET, remembered, remembering
from graph_engine.layers.requirements import require_floats, require_rank, require_size, title
from graph_engine.layers.spatial import FIRST, LAST
from graph_engine.layers.windows import counts, layout, pads, reach, stride_text, times
from graph_engine.params import ParamError, boolean, choice, int_tuple, integer, shared
from graph_engine.values import ShapeError, TensorSpec

_FORMAT: Final = "Where the channels stand: after the axes of space, or right after the axis of time."


class _Conv(Gated):
    """The parameters of a ConvLSTM. A subclass names how many sizes its tuples take."""

    filters: int = integer(32, minimum=1, help="Number of channels that are remembered, and of the output.")
    kernel_size: tuple[int, ...] = int_tuple((3, 3), size=2, minimum=1, help=SIZE)
    strides: tuple[int, ...] = int_tuple((1, 1), size=2, minimum=1, help=STRIDES)
    padding: str = choice("valid", PADDINGS, help=PADDING)
    dilation_rate: tuple[int, ...] = int_tuple((1, 1), size=2, minimum=1, help=DILATION)
    activation: str = choice("tanh", ACTIVATIONS, help=ACTIVATION)
    recurrent_activation: str = choice("sigmoid", ACTIVATIONS, help=GATES)
    unit_forget_bias: bool = shared(boolean(True, help=FORGET))

    def __post_init__(self) -> None:
        super().__post_init__()
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ParamError(f"{title(self)}: strides and dilation_rate cannot both be above 1")

    def line(self) -> str:
        return summary_line(
            times(self.kernel_size),
            str(self.filters),
            stride_text(self.strides),
            unless(self.padding, "valid"),
        )

    def bias(self, *shape: int) -> tuple[Weight, ...]:
        found = super().bias(*shape)
        return remembering(found) if self.unit_forget_bias else found


class _ConvCell(_Conv, Cell):
    """One step, channels last."""

    gates = 4

    def state_count(self) -> int:
        return 2

    def state_specs(self, x: TensorSpec) -> tuple[TensorSpec, ...]:
        rank = len(self.kernel_size)
        require_rank(self, x, rank + 2, layout(rank))
        require_floats(self, x)
        if None in x.shape[1:-1]:
            raise ShapeError(f"{title(self)} needs to know the sizes of its pictures, got {x}", NEEDS_SIZE)
        window = reach(self.kernel_size, self.dilation_rate)
        sizes = counts(self, x.shape[1:-1], window, self.strides, self.padding)
        return (x.with_shape((x.shape[0], *sizes, self.filters)),) * 2

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        channels, columns = require_size(self, inputs[0], -1, "number of input channels"), 4 * self.filters
        kernel = self.kernel((*self.kernel_size, channels, columns))
        return (
            kernel,
            self.recurrent_kernel((*self.kernel_size, self.filters, columns)),
            *self.bias(columns),
        )

    def ready(self, call: Call, batch: int, x: TensorSpec) -> Ready:
        state, _ = self.state_specs(x.with_shape((batch, *x.shape[1:])))
        return Ready(
            call,
            noise(call, self.dropout, x.with_shape((batch, *x.shape[1:])), self.gates),
            noise(call, self.recurrent_dropout, state, self.gates),
        )

    def read(self, ready: Ready, x: Value) -> Values:
        space = x.shape[-1 - len(self.kernel_size) : -1]
        window = reach(self.kernel_size, self.dilation_rate)
        border = pads(space, window, self.strides, self.padding)
        y = _product(x, ready.call.weight("kernel"), ready.inputs, self.strides, border, self.dilation_rate)
        return (self.biased(ready.call, y),)

    def step(self, ready: Ready, read: Values, states: Values) -> Values:
        h, c = states
        ones = (1,) * len(self.kernel_size)
        border = pads(h.shape[1:-1], self.kernel_size, ones, "same")
        z = _product(h, ready.call.weight("recurrent_kernel"), ready.states, ones, border, ones)
        return remembered(self.activation, self.recurrent_activation, read[0] + z, c)


class _ConvLSTM(_Conv, Recurrent):
    """Written for channels last; where they come first, what enters is turned before and what leaves after."""

    formula = "i, f, o = σ(W ∗ x + U ∗ h + b);  g = tanh(W ∗ x + U ∗ h + b);  c′ = f ⊙ c + i ⊙ g;  h′ = o ⊙ tanh(c′)"
    rank: ClassVar[int]
    keras = Keras(ignored=("seed",), groups=GROUPS)

    data_format: str = shared(choice(LAST, (LAST, FIRST), help=_FORMAT))

    def state_names(self) -> tuple[str, ...]:
        return ("state_h", "state_c")

    def make_cell(self) -> Cell:
        return _CELLS[self.rank](**own(_CELLS[self.rank].params(), self))

    def infer(self, *inputs: TensorSpec) -> tuple[TensorSpec, ...]:
        require_rank(self, inputs[0], self.rank + 3, f"steps \u00d7 {layout(self.rank)}")
        found = super().infer(*self._last(*inputs))
        return tuple(spec.with_shape(self._placed(spec.shape)) for spec in found)

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        return super().weights(*self._last(*inputs))

    def lower(self, call: Call, *inputs: Value) -> Values:
        if self.data_format == LAST:
            return super().lower(call, *inputs)
        x, *states, mask = inputs
        turned = (value if value is None else _turned(value, self.rank) for value in states)
        found = super().lower(call, _turned(x, self.rank), *turned, mask)
        return tuple(ops.transpose(value, self._placed(tuple(range(value.rank)))) for value in found)

    def _last(self, *inputs: TensorSpec) -> tuple[TensorSpec, ...]:
        """Specs with channels last."""
        x, *states, mask = inputs
        if self.data_format == LAST:
            return inputs
        turned = (
            spec if spec is None else spec.with_shape(_behind(spec.shape, self.rank)) for spec in states
        )
        return (x.with_shape(_behind(x.shape, self.rank)), *turned, mask)

    def _placed(self, shape: tuple[Any, ...]) -> tuple[Any, ...]:
        """Channels where the layer has them."""
        if self.data_format == LAST:
            return shape
        space = len(shape) - self.rank - 1
        return (*shape[:space], shape[-1], *shape[space:-1])


def _examples(rank: int) -> tuple[Example, ...]:
    space = (4, 3, 3)[:rank]
    last, first = (2, 3, *space, 2), (2, 3, 2, *space)
    state = (2, 2, *space)
    small = {"filters": 2, "kernel_size": 2, "unit_forget_bias": False}
    return (
        Example(inputs=(last,), config={"filters": 2, "padding": "same"}),
        *common(last, small),
        Example(inputs=(last,), config={**small, "strides": 2, "padding": "same", "return_sequences": True}),
        Example(inputs=(last,), config={**small, "dilation_rate": 2}),
        Example(
            inputs=(first, state, state, (2, 3)),
            config={
                **small,
                "padding": "same",
                "data_format": "channels_first",
                "activation": "relu",
                "recurrent_activation": "hard_sigmoid",
                "return_sequences": True,
            },
            **masked(2),
        ),
    )


class ConvLSTM1D(_ConvLSTM):
    """Reads a sequence of rows, with convolutions in place of an LSTM's products."""

    title = "ConvLSTM1D"
    rank = 1
    examples = _examples(1)

    kernel_size: tuple[int, ...] = int_tuple((3,), size=1, minimum=1, help=SIZE)
    strides: tuple[int, ...] = int_tuple((1,), size=1, minimum=1, help=STRIDES)
    dilation_rate: tuple[int, ...] = int_tuple((1,), size=1, minimum=1, help=DILATION)


class ConvLSTM2D(_ConvLSTM):
    """Reads a sequence of pictures, with convolutions in place of an LSTM's products."""

    title = "ConvLSTM2D"
    rank = 2
    examples = _examples(2)


class ConvLSTM3D(_ConvLSTM):
    """Reads a sequence of volumes, with convolutions in place of an LSTM's products."""

    title = "ConvLSTM3D"
    rank = 3
    examples = _examples(3)

    kernel_size: tuple[int, ...] = int_tuple((3, 3, 3), size=3, minimum=1, help=SIZE)
    strides: tuple[int, ...] = int_tuple((1, 1, 1), size=3, minimum=1, help=STRIDES)
    dilation_rate: tuple[int, ...] = int_tuple((1, 1, 1), size=3, minimum=1, help=DILATION)


class _ConvCell1D(_ConvCell):
    kernel_size: tuple[int, ...] = int_tuple((3,), size=1, minimum=1, help=SIZE)
    strides: tuple[int, ...] = int_tuple((1,), size=1, minimum=1, help=STRIDES)
    dilation_rate: tuple[int, ...] = int_tuple((1,), size=1, minimum=1, help=DILATION)


class _ConvCell3D(_ConvCell):
    kernel_size: tuple[int, ...] = int_tuple((3, 3, 3), size=3, minimum=1, help=SIZE)
    strides: tuple[int, ...] = int_tuple((1, 1, 1), size=3, minimum=1, help=STRIDES)
    dilation_rate: tuple[int, ...] = int_tuple((1, 1, 1), size=3, minimum=1, help=DILATION)


_CELLS: Final[Mapping[int, type[Cell]]] = {1: _ConvCell1D, 2: _ConvCell, 3: _ConvCell3D}


def _product(
    x: Value,
    kernel: Value,
    masks: Values,
    strides: tuple[int, ...],
    border: tuple[tuple[int, int], ...],
    dilation: tuple[int, ...],
) -> Value:
    """A convolution over the last axes; with masks, each is for its share of the filters."""
    if len(masks) > 1:
        shares = ops.split(kernel, [kernel.shape[-1] // len(masks)] * len(masks), -1)
        found = (
            _product(x, share, (mask,), strides, border, dilation)
            for share, mask in zip(shares, masks, strict=True)
        )
        return ops.concatenate(*found, axis=-1)
    for mask in masks:
        x = x * mask
    front = x.shape[: -len(strides) - 1]
    flat = ops.reshape(x, (-1, *x.shape[len(front) :]))
    y = ops.conv(flat, kernel, strides=strides, pads=border, dilation=dilation, groups=1)
    return ops.reshape(y, (*front, *y.shape[1:]))


def _behind(shape: tuple[Any, ...], rank: int) -> tuple[Any, ...]:
    """Channels from in front of the axes of space to behind them."""
    place = len(shape) - rank - 1
    return (*shape[:place], *shape[place + 1 :], shape[place])


def _turned(x: Value, rank: int) -> Value:
    return ops.transpose(x, _behind(tuple(range(x.rank)), rank))

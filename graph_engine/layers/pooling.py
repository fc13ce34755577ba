"""Windows that keep one number each: the largest or the mean. Channels come last everywhere."""

from __future__ import annotations

from typing import ClassVar, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Example, Layer, summary_line, unless
from graph_engine.layers.requirements import require_floats, require_rank
from graph_engine.layers.windows import Pads, counts, layout, pads, stride_text, times
from graph_engine.params import boolean, choice, int_tuple
from graph_engine.values import TensorSpec

_SIZE: Final = "Size of the window along each axis."
_STRIDES: Final = "Step of the window along each axis; without it, windows stand side by side."
_PADDING: Final = (
    "valid: only whole windows; same: windows may reach over the border, which counts for nothing."
)
_KEEP: Final = "Whether the pooled axes stay, with size 1."


class _Pooling(Layer):
    """What every pooling has in common. A subclass names its rank and how a window becomes a number."""

    family = "pooling"
    rank: ClassVar[int]

    pool_size: tuple[int, ...] = int_tuple((2, 2), size=2, minimum=1, help=_SIZE)
    strides: tuple[int, ...] | None = int_tuple(None, size=2, minimum=1, optional=True, help=_STRIDES)
    padding: str = choice("valid", ("valid", "same"), help=_PADDING)

    @property
    def steps(self) -> tuple[int, ...]:
        return self.strides or self.pool_size

    def line(self) -> str:
        stride = "" if self.steps == self.pool_size else stride_text(self.steps) or "stride 1"
        return summary_line(times(self.pool_size), stride, unless(self.padding, "valid"))

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        require_rank(self, x, self.rank + 2, layout(self.rank))
        require_floats(self, x)
        sizes = counts(self, x.shape[1:-1], self.pool_size, self.steps, self.padding)
        return x.with_shape((x.shape[0], *sizes, x.shape[-1]))

    def lower(self, call: Call, *inputs: Value) -> Value:
        (x,) = inputs
        return self.pool(x, pads(x.shape[1:-1], self.pool_size, self.steps, self.padding))

    def pool(self, x: Value, around: Pads) -> Value:
        raise NotImplementedError


class _Max(_Pooling):
    def pool(self, x: Value, around: Pads) -> Value:
        return ops.max_pool(x, size=self.pool_size, strides=self.steps, pads=around)


class _Average(_Pooling):
    def pool(self, x: Value, around: Pads) -> Value:
        return ops.average_pool(x, size=self.pool_size, strides=self.steps, pads=around)


class _Sequences(_Pooling):
    """Windows along the steps of a sequence."""

    rank = 1

    pool_size: tuple[int, ...] = int_tuple((2,), size=1, minimum=1, help=_SIZE)
    strides: tuple[int, ...] | None = int_tuple(None, size=1, minimum=1, optional=True, help=_STRIDES)


class _Images(_Pooling):
    """Windows over the pixels of an image."""

    rank = 2


_SEQUENCES: Final = (
    Example(inputs=((2, 7, 3),)),
    Example(inputs=((2, 8, 3),), config={"pool_size": 3, "strides": 2, "padding": "same"}),
)
_IMAGES: Final = (
    Example(inputs=((2, 5, 6, 3),)),
    Example(inputs=((2, 5, 6, 3),), config={"pool_size": [3, 2], "strides": [2, 1], "padding": "same"}),
)


class MaxPooling1D(_Sequences, _Max):  # in this order, or _Max brings back the fields of two axes
    """Keeps the largest of every few neighbouring steps, channel by channel."""

    title = "MaxPooling1D"
    examples = _SEQUENCES


class MaxPooling2D(_Max, _Images):
    """Keeps the largest of every small window of pixels, channel by channel."""

    title = "MaxPooling2D"
    examples = _IMAGES


class AveragePooling1D(_Sequences, _Average):
    """Takes the mean of every few neighbouring steps, channel by channel."""

    title = "AveragePooling1D"
    examples = _SEQUENCES


class AveragePooling2D(_Average, _Images):
    """Takes the mean of every small window of pixels, channel by channel."""

    title = "AveragePooling2D"
    examples = _IMAGES


class _GlobalPooling(Layer):
    """One number a channel, whatever the size of the sample."""

    family = "pooling"
    rank: ClassVar[int]

    keepdims: bool = boolean(False, help=_KEEP)

    def line(self) -> str:
        return "keep axes" if self.keepdims else ""

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        require_rank(self, x, self.rank + 2, layout(self.rank))
        require_floats(self, x)
        return x.with_shape((x.shape[0], *((1,) * self.rank if self.keepdims else ()), x.shape[-1]))

    @property
    def axes(self) -> tuple[int, ...]:
        return tuple(range(1, self.rank + 1))


class _GlobalAverage(_GlobalPooling):
    def lower(self, call: Call, *inputs: Value) -> Value:
        return ops.mean(inputs[0], self.axes, self.keepdims)


class _GlobalMax(_GlobalPooling):
    def lower(self, call: Call, *inputs: Value) -> Value:
        return ops.max(inputs[0], self.axes, self.keepdims)


_WHOLE_SEQUENCES: Final = (
    Example(inputs=((2, 5, 3),)),
    Example(inputs=((2, 5, 3),), config={"keepdims": True}),
)
_WHOLE_IMAGES: Final = (
    Example(inputs=((2, 4, 5, 3),)),
    Example(inputs=((2, 4, 5, 3),), config={"keepdims": True}),
)


class GlobalAveragePooling1D(_GlobalAverage):
    """Takes the mean over all steps of a sequence: one number a channel."""

    title = "GlobalAveragePooling1D"
    rank = 1
    examples = _WHOLE_SEQUENCES


class GlobalAveragePooling2D(_GlobalAverage):
    """Takes the mean over all pixels of an image: one number a channel."""

    title = "GlobalAveragePooling2D"
    rank = 2
    examples = _WHOLE_IMAGES


class GlobalMaxPooling1D(_GlobalMax):
    """Keeps the largest over all steps of a sequence: one number a channel."""

    title = "GlobalMaxPooling1D"
    rank = 1
    examples = _WHOLE_SEQUENCES


class GlobalMaxPooling2D(_GlobalMax):
    """Keeps the largest over all pixels of an image: one number a channel."""

    title = "GlobalMaxPooling2D"
    rank = 2
    examples = _WHOLE_IMAGES

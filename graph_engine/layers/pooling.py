"""Windows that keep one number each: the largest or the mean."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Example, summary_line, unless
from graph_engine.layers.spatial import Spatial
from graph_engine.layers.windows import Pads, counts, pads, stride_text, times
from graph_engine.params import choice, int_tuple
from graph_engine.values import TensorSpec

_SIZE: Final = "Size of the window along each axis."
_STRIDES: Final = "Step of the window along each axis; without it, windows stand side by side."
_PADDING: Final = (
    "valid: only whole windows; same: windows may reach over the border, which counts for nothing."
)


def _size(rank: int) -> Any:
    return int_tuple((2,) * rank, size=rank, minimum=1, help=_SIZE)


def _strides(rank: int) -> Any:
    return int_tuple(None, size=rank, minimum=1, optional=True, help=_STRIDES)


class _Pooling(Spatial):
    """What every pooling has in common. A subclass names its rank and how a window becomes a number."""

    family = "pooling"

    pool_size: tuple[int, ...] = _size(2)
    strides: tuple[int, ...] | None = _strides(2)
    padding: str = choice("valid", ("valid", "same"), help=_PADDING)

    @property
    def steps(self) -> tuple[int, ...]:
        return self.strides or self.pool_size

    def line(self) -> str:
        stride = "" if self.steps == self.pool_size else stride_text(self.steps) or "/1"
        return summary_line(times(self.pool_size), stride, unless(self.padding, "valid"))

    def infer_last(self, x: TensorSpec) -> TensorSpec:
        sizes = counts(self, x.shape[1:-1], self.pool_size, self.steps, self.padding)
        return x.with_shape((x.shape[0], *sizes, x.shape[-1]))

    def lower_last(self, call: Call, x: Value) -> Value:
        return self.pool(x, pads(x.shape[1:-1], self.pool_size, self.steps, self.padding))

    @abstractmethod
    def pool(self, x: Value, around: Pads) -> Value:
        """One number for each window."""


class _Max(_Pooling):
    formula = "y[p] = largest x[strides·p + k] over the window k"

    def pool(self, x: Value, around: Pads) -> Value:
        return ops.max_pool(x, size=self.pool_size, strides=self.steps, pads=around)


class _Average(_Pooling):
    formula = "y[p] = mean of x[strides·p + k] over the window k"

    def pool(self, x: Value, around: Pads) -> Value:
        return ops.average_pool(x, size=self.pool_size, strides=self.steps, pads=around)


_SEQUENCES: Final = (
    Example(inputs=((2, 7, 3),)),
    Example(inputs=((2, 8, 3),), config={"pool_size": 3, "strides": 2, "padding": "same"}),
    Example(inputs=((2, 3, 8),), config={"data_format": "channels_first"}),
)
_IMAGES: Final = (
    Example(inputs=((2, 5, 6, 3),)),
    Example(inputs=((2, 5, 6, 3),), config={"pool_size": [3, 2], "strides": [2, 1], "padding": "same"}),
    Example(inputs=((2, 3, 5, 6),), config={"data_format": "channels_first"}),
)
_VOLUMES: Final = (
    Example(inputs=((1, 4, 5, 3, 2),)),
    Example(
        inputs=((1, 4, 5, 3, 2),), config={"pool_size": [3, 2, 1], "strides": [2, 1, 1], "padding": "same"}
    ),
    Example(inputs=((1, 2, 4, 5, 3),), config={"data_format": "channels_first"}),
)


class MaxPooling1D(_Max):
    """Keeps the largest of every few neighbouring steps, channel by channel."""

    title = "MaxPooling1D"
    rank = 1
    examples = _SEQUENCES

    pool_size: tuple[int, ...] = _size(1)
    strides: tuple[int, ...] | None = _strides(1)


class MaxPooling2D(_Max):
    """Keeps the largest of every small window of pixels, channel by channel."""

    title = "MaxPooling2D"
    rank = 2
    examples = _IMAGES


class MaxPooling3D(_Max):
    """Keeps the largest of every small block of a volume, channel by channel."""

    title = "MaxPooling3D"
    rank = 3
    examples = _VOLUMES

    pool_size: tuple[int, ...] = _size(3)
    strides: tuple[int, ...] | None = _strides(3)


class AveragePooling1D(_Average):
    """Takes the mean of every few neighbouring steps, channel by channel."""

    title = "AveragePooling1D"
    rank = 1
    examples = _SEQUENCES

    pool_size: tuple[int, ...] = _size(1)
    strides: tuple[int, ...] | None = _strides(1)


class AveragePooling2D(_Average):
    """Takes the mean of every small window of pixels, channel by channel."""

    title = "AveragePooling2D"
    rank = 2
    examples = _IMAGES


class AveragePooling3D(_Average):
    """Takes the mean of every small block of a volume, channel by channel."""

    title = "AveragePooling3D"
    rank = 3
    examples = _VOLUMES

    pool_size: tuple[int, ...] = _size(3)
    strides: tuple[int, ...] | None = _strides(3)

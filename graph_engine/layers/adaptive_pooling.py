"""As many windows as are asked for, whatever the size of the sample (``torch.nn.AdaptiveAvgPool2d``)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Example
from graph_engine.layers.spatial import Spatial
from graph_engine.layers.windows import times
from graph_engine.params import int_tuple
from graph_engine.values import TensorSpec

_SIZE: Final = "Number of windows along each axis."


def _size(rank: int) -> Any:
    return int_tuple((1,) * rank, size=rank, minimum=1, help=_SIZE)


class _Adaptive(Spatial):
    """Axis by axis: the largest, or the mean, of a box is that of its rows' largest, or means."""

    family = "pooling"

    output_size: tuple[int, ...] = _size(2)

    def line(self) -> str:
        return times(self.output_size)

    def infer_last(self, x: TensorSpec) -> TensorSpec:
        return x.with_shape((x.shape[0], *self.output_size, x.shape[-1]))

    def lower_last(self, call: Call, x: Value) -> Value:
        for axis, count in enumerate(self.output_size, start=1):
            x = self.along(x, axis, count)
        return x

    @abstractmethod
    def along(self, x: Value, axis: int, count: int) -> Value:
        """``x`` with ``count`` windows along one axis."""


class _AdaptiveAverage(_Adaptive):
    formula = "y[i] = mean of x from ⌊i·n/m⌋ to ⌈(i+1)·n/m⌉, for n values into m"

    def along(self, x: Value, axis: int, count: int) -> Value:
        """A product with a matrix of shares."""
        shares = np.zeros((x.shape[axis], count))
        for window, (start, stop) in enumerate(_windows(x.shape[axis], count)):
            shares[start:stop, window] = 1.0 / (stop - start)
        last = (*(each for each in range(x.rank) if each != axis), axis)
        turned = ops.transpose(x, last)
        rows = ops.reshape(turned, (-1, x.shape[axis]))
        means = ops.reshape(
            ops.matmul(rows, x.program.constant(shares, x.dtype)), (*turned.shape[:-1], count)
        )
        return ops.transpose(means, np.argsort(last).tolist())


class _AdaptiveMax(_Adaptive):
    formula = "y[i] = largest of x from ⌊i·n/m⌋ to ⌈(i+1)·n/m⌉, for n values into m"

    def along(self, x: Value, axis: int, count: int) -> Value:
        parts = (ops.slice_axis(x, axis, *window) for window in _windows(x.shape[axis], count))
        return ops.concatenate(*(ops.max(part, (axis,), keepdims=True) for part in parts), axis=axis)


def _windows(size: int, count: int) -> Iterator[tuple[int, int]]:
    """Where each window starts and stops: they cover everything, and overlap where they must."""
    for window in range(count):
        yield window * size // count, -(-(window + 1) * size // count)


_SEQUENCES: Final = (
    Example(inputs=((2, 7, 3),), config={"output_size": 3}),
    Example(inputs=((2, 3, 4),), config={"output_size": 6, "data_format": "channels_first"}),
)
_IMAGES: Final = (
    Example(inputs=((2, 7, 5, 3),), config={"output_size": [3, 2]}),
    Example(inputs=((1, 2, 4, 6),), config={"output_size": 3, "data_format": "channels_first"}),
)
_VOLUMES: Final = (
    Example(inputs=((1, 5, 4, 3, 2),), config={"output_size": [2, 3, 1]}),
    Example(inputs=((1, 2, 3, 4, 3),), config={"output_size": 2, "data_format": "channels_first"}),
)


class AdaptiveAveragePooling1D(_AdaptiveAverage):
    """Takes the mean of as many parts of a sequence as are asked for."""

    title = "AdaptiveAveragePooling1D"
    rank = 1
    examples = _SEQUENCES

    output_size: tuple[int, ...] = _size(1)


class AdaptiveAveragePooling2D(_AdaptiveAverage):
    """Takes the mean of as many parts of an image as are asked for."""

    title = "AdaptiveAveragePooling2D"
    rank = 2
    examples = _IMAGES


class AdaptiveAveragePooling3D(_AdaptiveAverage):
    """Takes the mean of as many parts of a volume as are asked for."""

    title = "AdaptiveAveragePooling3D"
    rank = 3
    examples = _VOLUMES

    output_size: tuple[int, ...] = _size(3)


class AdaptiveMaxPooling1D(_AdaptiveMax):
    """Keeps the largest of as many parts of a sequence as are asked for."""

    title = "AdaptiveMaxPooling1D"
    rank = 1
    examples = _SEQUENCES

    output_size: tuple[int, ...] = _size(1)


class AdaptiveMaxPooling2D(_AdaptiveMax):
    """Keeps the largest of as many parts of an image as are asked for."""

    title = "AdaptiveMaxPooling2D"
    rank = 2
    examples = _IMAGES


class AdaptiveMaxPooling3D(_AdaptiveMax):
    """Keeps the largest of as many parts of a volume as are asked for."""

    title = "AdaptiveMaxPooling3D"
    rank = 3
    examples = _VOLUMES

    output_size: tuple[int, ...] = _size(3)

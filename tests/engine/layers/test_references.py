"""Examples that Keras on torch computes wrongly, or cannot open again, computed by numpy alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from graph_engine.layers.base import LAYERS
from tests.contracts.bench import Bench, arrays_of

Array = npt.NDArray[Any] | Any  # numpy's sums are of any kind


def averaged(size: Sequence[int], strides: Sequence[int]) -> Callable[[Array], Array]:
    """Pooling with ``same`` padding: the mean of what lies in each window, whatever stands outside not counted."""

    def pooled(x: Array) -> Array:
        counts = [-(-given // step) for given, step in zip(x.shape[1:-1], strides, strict=True)]
        found = np.empty((len(x), *counts, x.shape[-1]))
        for place in product(*(range(count) for count in counts)):
            window: tuple[slice, ...] = tuple(
                _window(*each) for each in zip(place, counts, x.shape[1:-1], size, strides, strict=True)
            )
            found[_of_all(place)] = x[_of_all(window)].mean(axis=tuple(range(1, x.ndim - 1)))
        return found

    return pooled


def _of_all(index: tuple[Any, ...]) -> tuple[Any, ...]:
    return (slice(None), *index)


def _window(place: int, count: int, given: int, size: int, stride: int) -> slice:
    before = max(0, (count - 1) * stride + size - given) // 2
    start = place * stride - before
    return slice(max(0, start), start + size)


def adapted(reduce: Callable[..., Array]) -> Callable[[Array], Array]:
    """Two rows and three columns of windows that cover a picture as evenly as whole pixels allow."""

    def pooled(x: Array) -> Array:
        rows, columns = _even(x.shape[1], 2), _even(x.shape[2], 3)
        return np.stack(
            [np.stack([reduce(x[:, row, column], axis=(1, 2)) for column in columns], 1) for row in rows], 1
        )

    return pooled


def _even(given: int, count: int) -> list[slice]:
    return [slice(place * given // count, -(-(place + 1) * given // count)) for place in range(count)]


def spread(x: Array) -> Array:
    """Each channel of each picture, channels first, stretched over -1 to 1."""
    low, high = x.min(axis=(2, 3), keepdims=True), x.max(axis=(2, 3), keepdims=True)
    return (x - low) / (high - low) * 2 - 1


def normed(axis: Any, epsilon: float) -> Callable[[Array], Array]:
    def found(x: Array) -> Array:
        return (x - x.mean(axis, keepdims=True)) / np.sqrt(x.var(axis, keepdims=True) + epsilon)

    return found


def softmax(x: Array) -> Array:
    powers = np.exp(x)
    return powers / powers.sum(axis=(1, 2), keepdims=True)


def root_mean_square(x: Array, scale: Array) -> Array:
    return x / np.sqrt((x**2).mean(0, keepdims=True) + 1e-7) * scale[:, None]


def transposed(x: Array) -> Array:
    """Each pixel paints its kernel, two pixels apart: with a kernel of two by two none overlap."""
    kernel = (np.arange(24).reshape(2, 2, 3, 2) - 10) / 10  # rows, columns, new and old channels
    painted = np.einsum("brci,yxoi->brycxo", x, kernel)
    return painted.reshape(1, 8, 10, 3)


REFERENCES: dict[str, Callable[..., Array]] = {
    "AveragePoolOp-1": averaged((3, 2), (1, 2)),
    "AveragePooling1D-1": averaged((3,), (2,)),
    "AveragePooling2D-1": averaged((3, 2), (2, 1)),
    "AveragePooling3D-1": averaged((3, 2, 1), (2, 1, 1)),
    "AdaptiveMaxPoolOp-0": adapted(np.max),
    "AdaptiveAveragePoolOp-0": adapted(np.mean),
    "AutoContrast-1": spread,
    "LayerNormalization-1": normed(1, 0.01),
    "LayerNormOp-1": lambda x, gamma: normed(0, 1e-7)(x) * gamma[:, None],
    "LayerNormOp-2": lambda x: x / np.sqrt(x.var(axis=(1, 2), keepdims=True) + 1e-7),
    "RMSNormOp-1": root_mean_square,
    "SoftmaxOp-1": softmax,
    "LogSoftmaxOp-1": lambda x: np.log(softmax(x)),
    "BitwiseAndOp-1": lambda x: np.bitwise_and(x, 1),
    "BitwiseOrOp-1": lambda x: np.bitwise_or(x, 1),
    "BitwiseXorOp-1": lambda x: np.bitwise_xor(x, 1),
    "DotOp-1": np.dot,
    "VdotOp-0": np.vdot,
    "FloorDivideOp-1": np.floor_divide,
    "FullLikeOp-1": lambda x, value: np.full_like(x, value, dtype="int32"),
    "GetItemOp-2": lambda x: x[:, None, ::-1, -1],
    "ConvTransposeOp-0": transposed,
    "PadOp-2": lambda x: np.pad(x, [[0, 0], [1, 2], [3, 0]], mode="symmetric"),
    "PadOp-3": lambda x: np.pad(x, 1),
    "ReshapeOp-1": lambda x: x.reshape(2, 4, 3),
    "BroadcastToOp-0": lambda x: np.broadcast_to(x, (4, 2, 3)),
    "RepeatOp-1": lambda x: np.repeat(x, [1, 0, 2], axis=1),
}


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize("label", REFERENCES)
def test_what_keras_gets_wrong_is_numpys(label: str) -> None:
    kind, place = label.split("-")
    example = LAYERS[kind].examples[int(place)]
    (found,) = Bench(kind, example).results()
    wanted = REFERENCES[label](*arrays_of(example))
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-9)

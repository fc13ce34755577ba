"""Summaries as TensorFlow 2 writes them: tensors, with metadata that names the dashboard they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from graph_engine.training.tensorboard.wire import block, integer

Array = npt.NDArray[Any]

BUCKETS: Final = 30

_TYPES: Final = {"float32": 1, "float64": 2}  # DataType


def scalars(values: Mapping[str, float]) -> bytes:
    """A Summary of one number per tag, in float32."""
    with np.errstate(over="ignore"):
        numbers = {tag: np.asarray(value, np.float64).astype(np.float32) for tag, value in values.items()}
    metadata = _metadata("scalars")
    return b"".join(_value(tag, number, metadata) for tag, number in numbers.items())


def histograms(values: Mapping[str, Array]) -> bytes:
    """A Summary of the distribution of each array."""
    metadata = _metadata("histograms")
    return b"".join(_value(tag, buckets(array), metadata) for tag, array in values.items())


def buckets(values: Array) -> Array:
    """Rows of left edge, right edge and count, as ``tf.summary.histogram`` makes them.

    Of equal values all are counted in the last bucket. Values that are not finite belong in none.
    """
    flat = values.ravel().astype(np.float64)
    flat = flat[np.isfinite(flat)]
    if not flat.size:
        return np.zeros((BUCKETS, 3))
    low, high = flat.min(), flat.max()
    edges = np.linspace(low, high, BUCKETS + 1)
    places = np.full(flat.size, BUCKETS - 1)
    if high > low:
        places = np.minimum(((flat - low) / ((high - low) / BUCKETS)).astype(np.int64), BUCKETS - 1)
    return np.stack([edges[:-1], edges[1:], np.bincount(places, minlength=BUCKETS)], axis=1)


def _value(tag: str, array: Array, metadata: bytes) -> bytes:
    return block(1, block(1, tag) + block(8, _tensor(array)) + block(9, metadata))


def _tensor(array: Array) -> bytes:
    shape = b"".join(block(2, integer(1, size)) for size in array.shape)
    content = array.astype(array.dtype.newbyteorder("<")).tobytes()
    return integer(1, _TYPES[array.dtype.name]) + block(2, shape) + block(4, content)


def _metadata(plugin: str) -> bytes:
    return block(1, block(1, plugin))

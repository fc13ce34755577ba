"""Batches: the order of rows in an epoch, and gathering them without new memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]


def epoch_order(rows: int, seed: int, epoch: int) -> Rows:
    """The shuffled order of an epoch. It depends on seed and epoch alone, so a run can resume anywhere."""
    rng = np.random.Generator(np.random.Philox(key=[seed % 2**64, epoch]))
    return rng.permutation(rows)


def batches_of(order: Rows, batch_size: int, first: int = 0) -> Iterator[Rows]:
    """Consecutive batches from batch number ``first`` on; the last one may be smaller."""
    for start in range(first * batch_size, len(order), batch_size):
        yield order[start : start + batch_size]


def batch_count(rows: int, batch_size: int) -> int:
    return -(-rows // batch_size)


class Gatherer:
    """Copies rows of named arrays into buffers that are used again and again."""

    def __init__(self, arrays: Mapping[str, Array], batch_size: int) -> None:
        self._arrays = dict(arrays)
        self._buffers = {
            name: np.empty((batch_size, *array.shape[1:]), array.dtype) for name, array in arrays.items()
        }

    def gather(self, rows: Rows) -> dict[str, Array]:
        """The rows by name; overwritten by the next call."""
        batch = {}
        for name, array in self._arrays.items():
            buffer = self._buffers[name][: len(rows)]
            # Rows are in range by construction; "clip" spares numpy a copy through a temporary.
            np.take(array, rows, axis=0, out=buffer, mode="clip")
            batch[name] = buffer
        return batch

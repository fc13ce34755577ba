"""Batches: the order of rows in an epoch, and gathering them without new memory, ahead of whoever computes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import cycle
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from graph_engine.data.columns import Column, Draw

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]
AHEAD: Final = 2  # batches that are prepared while one is computed


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
        self._batch_size = batch_size
        self._buffers = self._new_buffers()

    def gather(self, rows: Rows) -> dict[str, Array]:
        """The rows by name; overwritten by the next call."""
        return self._filled(self._buffers, rows, None)

    def each(
        self, batches: Iterable[Rows], draw: Draw | None = None
    ) -> Iterator[tuple[Rows, dict[str, Array]]]:
        """Every batch, with what it holds, overwritten by the next; with ``draw`` as training sees it.

        Where rows have to be made, a thread does it ahead. What it raises, is raised when its batch is due.
        """
        if any(isinstance(array, Column) for array in self._arrays.values()):
            yield from self._ahead(batches, draw)
        else:
            for rows in batches:
                yield rows, self.gather(rows)

    def _ahead(self, batches: Iterable[Rows], draw: Draw | None) -> Iterator[tuple[Rows, dict[str, Array]]]:
        """In buffers of its own: two that go through one dataset do not meet."""
        turns = cycle([self._new_buffers() for _ in range(AHEAD + 1)])
        waiting: deque[tuple[Rows, Future[dict[str, Array]]]] = deque()
        pool = ThreadPoolExecutor(1, "feeding")
        try:
            for rows in batches:
                waiting.append((rows, pool.submit(self._filled, next(turns), rows, draw)))
                if len(waiting) > AHEAD:
                    due, future = waiting.popleft()
                    yield due, future.result()
            for due, future in waiting:
                yield due, future.result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _filled(self, buffers: Mapping[str, Array], rows: Rows, draw: Draw | None) -> dict[str, Array]:
        batch = {}
        for name, array in self._arrays.items():
            buffer = buffers[name][: len(rows)]
            if isinstance(array, Column):
                buffer[...] = array.read(rows, draw)
            else:
                # Rows are in range by construction; "clip" spares numpy a copy through a temporary.
                array.take(rows, axis=0, out=buffer, mode="clip")
            batch[name] = buffer
        return batch

    def _new_buffers(self) -> dict[str, Array]:
        return {
            name: np.empty((self._batch_size, *array.shape[1:]), array.dtype)
            for name, array in self._arrays.items()
        }

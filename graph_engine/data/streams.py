"""Batches that somebody else makes: generators, and objects that give a batch for a number."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from graph_engine.data.batches import batches_of, epoch_order
from graph_engine.data.dataset import Dataset
from graph_engine.data.errors import DataError


class Stream:
    """Batches from an iterable, or from an object with ``__len__`` and ``__getitem__`` (a Dataset as Keras knows it).

    ``bind`` makes a Dataset of what one batch holds. With ``steps`` an epoch has so many batches, and the next
    goes on where it ended; without, an epoch is the whole source. A generator can be run through only once.
    """

    def __init__(self, source: Any, bind: Callable[[Any], Dataset], steps: int | None = None) -> None:
        if steps is not None and steps < 1:
            raise DataError(f"steps: an epoch has at least 1 batch, got {steps}")
        self.source = source
        self.bind = bind
        self.exhausted = False
        self._limit = steps
        self._running: Iterator[Any] | None = None

    @property
    def steps(self) -> int | None:
        """Batches of an epoch, None where that is not known beforehand."""
        if self._limit is not None:
            return self._limit
        return len(self.source) if hasattr(self.source, "__len__") else None

    def epoch(self, number: int, seed: int, shuffle: bool) -> Iterator[Dataset]:
        """The batches of an epoch. ``exhausted`` tells afterwards whether it was cut short for lack of more."""
        items = self._continued(number, seed, shuffle) if self._limit else self._begun(number, seed, shuffle)
        empty = True
        for item in items:
            empty = False
            yield self.bind(item)
        self.exhausted = self.exhausted or empty
        if hasattr(self.source, "on_epoch_end"):
            self.source.on_epoch_end()

    def _begun(self, number: int, seed: int, shuffle: bool) -> Iterator[Any]:
        source = self.source
        if hasattr(source, "__getitem__") and hasattr(source, "__len__"):
            count = len(source)
            order = epoch_order(count, seed, number).tolist() if shuffle else range(count)
            return (source[index] for index in order)
        return iter(source)

    def _continued(self, number: int, seed: int, shuffle: bool) -> Iterator[Any]:
        assert self._limit is not None
        missing = self._limit
        for attempt in itertools.count():
            if self._running is None:
                self._running = self._begun(number + attempt, seed, shuffle)
            before = missing
            for item in self._running:
                yield item
                missing -= 1
                if not missing:
                    return
            once_only = self._running is self.source
            self._running = None
            if once_only or (missing == before == self._limit and attempt):
                self.exhausted = True
                return


class RowStream(Stream):
    """Some batches of a dataset an epoch; the next goes on where it ended: all rows come before one comes again."""

    def __init__(self, data: Dataset, size: int, steps: int) -> None:
        super().__init__(data, data.take, steps)
        self._size = size

    def _begun(self, number: int, seed: int, shuffle: bool) -> Iterator[Any]:
        count = len(self.source)
        order = epoch_order(count, seed, number) if shuffle else np.arange(count)
        return iter(batches_of(order, self._size, 0))


def is_stream(given: Any) -> bool:
    """Whether ``given`` makes batches, rather than being an array or a structure of arrays."""
    if isinstance(given, (list, tuple, dict, str, Dataset)) or hasattr(given, "__array__"):
        return False
    return hasattr(given, "__iter__") or (hasattr(given, "__getitem__") and hasattr(given, "__len__"))

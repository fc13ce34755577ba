"""Columns whose rows are made when they are taken: read from files, or passed through steps batch by batch.

A column is used as an array, and typed as one: it has a shape and a dtype, rows are taken by their numbers and are an
array then, and ``np.asarray`` makes all of them. So nobody needs to know who does not feed a training.
"""

from __future__ import annotations

import math
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt

from graph_engine.data.errors import DataError
from graph_engine.data.watching import tell
from graph_engine.runtime import NotEnoughMemory, free_memory, require_memory

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]
PART: Final = 0.25  # of the free memory that a column may take: what is made of it takes some again
PIECE: Final = 2**22  # numbers that are looked at at once


@dataclass(frozen=True, slots=True)
class Draw:
    """What an epoch draws at random. Every row draws its own, whichever batch it comes in."""

    seed: int
    epoch: int

    def generator(self, row: int, place: int) -> np.random.Generator:
        """For the step that is number ``place`` among those that draw. Equal numbers draw alike, also for a picture
        and its mask. The counter that begins with zeros is that of the order of rows."""
        key, counter = [self.seed % 2**64, self.epoch], [0, 0, place + 1, row]
        return np.random.Generator(np.random.Philox(key=key, counter=counter))


Making = Callable[[Array, Rows, Draw | None], Array]


class Column(ABC):
    """``shape`` and ``dtype`` are those of the array that all rows would make."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @abstractmethod
    def read(self, rows: Rows, draw: Draw | None = None) -> Array:
        """Rows by their numbers, in this order. With ``draw`` as training sees them in that epoch."""

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        return self.size * self.dtype.itemsize

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> Array:
        if isinstance(key, slice):
            return self.read(np.arange(*key.indices(len(self))))
        rows = np.asarray(key)
        if rows.dtype == bool:
            rows = np.flatnonzero(rows)
        rows = np.where(rows < 0, rows + len(self), rows)
        if rows.size and not 0 <= rows.min() <= rows.max() < len(self):
            raise IndexError(f"there is no row {key} among {len(self)}")
        found = self.read(rows.reshape(-1))
        return found if rows.ndim else found[0]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """All rows. Raises DataError where there is no memory for them."""
        try:
            require_memory(self.nbytes, f"all {len(self):,} rows of it at once take")
        except NotEnoughMemory as error:
            raise DataError(str(error)) from None
        found = np.empty(self.shape, self.dtype)
        start = 0
        for piece in pieces(as_column(self)):
            found[start : start + len(piece)] = piece
            start += len(piece)
        return found if dtype is None else found.astype(dtype, copy=False)

    def of(self, rows: Rows | slice) -> Array:
        """A column of some rows, which draw as they did."""
        return as_column(_Some(self, np.arange(len(self))[rows]))

    def then(self, make: Making) -> Array:
        """A column whose rows are what ``make`` gives for rows of this one, their numbers and what they draw."""
        return as_column(_Made(self, make))


class Held(Column):
    """Rows of an array that is at hand, in memory or mapped to it."""

    def __init__(self, array: Array) -> None:
        self.shape, self.dtype, self._array = array.shape, array.dtype, array

    def read(self, rows: Rows, draw: Draw | None = None) -> Array:
        return np.asarray(self._array[rows])


class _Some(Column):
    """Some rows of another column."""

    def __init__(self, column: Column, rows: Rows) -> None:
        self.shape, self.dtype = (len(rows), *column.shape[1:]), column.dtype
        self._column, self._rows = column, rows

    def read(self, rows: Rows, draw: Draw | None = None) -> Array:
        return self._column.read(self._rows[rows], draw)


class _Made(Column):
    """Rows of another column, each batch of them passed on. The first row shows what becomes of them."""

    def __init__(self, column: Column, make: Making) -> None:
        self._column, self._make = column, make
        first = self.read(np.arange(min(1, len(column))))
        self.shape, self.dtype = (len(column), *first.shape[1:]), first.dtype

    def read(self, rows: Rows, draw: Draw | None = None) -> Array:
        return self._make(self._column.read(rows, draw), rows, draw)


def as_column(column: Column) -> Array:
    """The column, typed as the array that it is used as."""
    return cast("Array", column)


def taken(array: Array, rows: Rows | slice) -> Array:
    """Rows of an array; of a column a column, of which nothing is read yet."""
    return array.of(rows) if isinstance(array, Column) else array[rows]


def pieces(array: Array) -> Iterator[Array]:
    """All rows of an array or a column, so many at once as are soon done; whoever waits hears how far it is."""
    step = max(1, PIECE // max(1, math.prod(array.shape[1:])))
    for start in range(0, max(1, len(array)), step):
        tell(start, len(array))
        yield array[start : start + step]


def rows_of(array: Array) -> Iterator[Array]:
    """Row by row, read in pieces."""
    for piece in pieces(array):
        yield from piece


def fits(nbytes: int) -> bool:
    """Whether an array of so many bytes may be held in memory."""
    return nbytes <= PART * free_memory()


@cache
def workers() -> ThreadPoolExecutor:
    """For what lets other threads run meanwhile, as decoding and arithmetic on large arrays do."""
    return ThreadPoolExecutor(os.cpu_count() or 1, "rows")

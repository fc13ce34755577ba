"""A table: named columns, each read when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from graph_engine.data.errors import DataError, closest

Array = npt.NDArray[Any]


class Table(Mapping[str, Array]):
    """Columns by name; the first axis of a column is its rows. ``name`` is what errors call the file.

    ``remarks``: what a person should know of how it was read, each a sentence without its end.
    """

    def __init__(
        self, name: str, readers: Mapping[str, Callable[[], Array]], remarks: tuple[str, ...] = ()
    ) -> None:
        self.name = name
        self.remarks = remarks
        self._readers = dict(readers)
        self._columns: dict[str, Array] = {}

    @classmethod
    def of(cls, name: str, columns: Mapping[str, Any]) -> Table:
        """A table of arrays already at hand."""
        arrays = {key: np.asarray(column) for key, column in columns.items()}
        return cls(name, {key: partial(arrays.__getitem__, key) for key in arrays})

    def __getitem__(self, column: str) -> Array:
        if column not in self._columns:
            if column not in self._readers:
                known = ", ".join(self._readers) or "none"
                raise DataError(
                    f"{self.name} has no column {column!r}{closest(column, self._readers)} (it has {known})"
                )
            self._columns[column] = self._readers[column]()
        return self._columns[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self._readers)

    def __len__(self) -> int:
        return len(self._readers)

    def __contains__(self, column: object) -> bool:
        return column in self._readers

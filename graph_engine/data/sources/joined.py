"""Two tables as one: every row of the first, with what the second says of its key."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np

from graph_engine.data.columns import taken
from graph_engine.data.errors import DataError
from graph_engine.data.sources import SOURCES, kind_of
from graph_engine.data.sources.base import Reader, locate
from graph_engine.data.table import Array, Table
from graph_engine.params import configured, text

NOWHERE: Final = -1
_NAMED: Final = 3  # keys that a sentence names


class Joined(Reader):
    """A table with the columns of another one beside its own: a left join by a key that both have.

    Both are read as their readers say; a reader that is left out is found by what its file is called.
    """

    title = "Two tables joined by a key"
    paths: ClassVar[tuple[str, ...]] = ("other",)
    other: str = text("", help="The file with the columns to set beside.")
    key: str = text(
        "", help="Column that says which rows belong together; empty: the one name that both have."
    )
    other_key: str = text("", help="What that column is called in the other file; empty: the same.")
    reader: Reader | None = configured(None, SOURCES, optional=True, help="How the first file is read.")
    other_reader: Reader | None = configured(None, SOURCES, optional=True, help="How the other file is read.")

    def open(self, path: str, folder: Path | None) -> Table:
        if not self.other:
            raise DataError("choose the file whose columns are to be joined")
        return self.joined(_read(self.reader, path, folder), _read(self.other_reader, self.other, folder))

    def joined(self, left: Table, right: Table) -> Table:
        """Rows without a match have missing values; how many they are is told. Raises DataError where a key of the
        second table stands in several rows."""
        key = self.key or _common(left, right)
        other_key = self.other_key or key
        rows = _matches(left[key], right[other_key], right.name, other_key)
        lost = int((rows == NOWHERE).sum())
        columns: dict[str, Callable[[], Array]] = {name: _column(left, name) for name in left}
        for name in right:
            if name != other_key:
                columns[_free(name, columns, right.name)] = _taken(right, name, rows)
        told = f"{lost:,} of {len(rows):,} rows have no match in {right.name}" if lost else ""
        joint = f"joined with {right.name} by {key!r}"
        return Table(left.name, columns, (*left.remarks, joint, *([told] if told else [])))


def _read(reader: Reader | None, path: str, folder: Path | None) -> Table:
    found: Reader = reader or SOURCES[kind_of(locate(path, folder))]()
    return found.open(path, folder)


def _common(left: Table, right: Table) -> str:
    both = [name for name in left if name in right]
    if len(both) != 1:
        which = f"{', '.join(both)} are in both" if both else "no column is called the same in both"
        raise DataError(f"{left.name} and {right.name}: {which}: choose the key")
    return both[0]


def _matches(keys: Array, others: Array, name: str, column: str) -> Array:
    """For each key the row of the other table that has it, or NOWHERE."""
    if keys.ndim != 1 or others.ndim != 1:
        raise DataError(f"a key is one number or word a row; {column!r} holds arrays")
    places: dict[str, int] = {}
    twice: list[str] = []
    for row, value in enumerate(_comparable(others)):
        if value is None:
            continue
        if value in places and value not in twice:
            twice.append(value)
        places.setdefault(value, row)
    if twice:
        named = ", ".join(twice[:_NAMED]) + (" ..." if len(twice) > _NAMED else "")
        raise DataError(
            f"{name}: {column!r} has {named} in several rows: which of them is meant cannot be told"
        )
    return np.array(
        [NOWHERE if key is None else places.get(key, NOWHERE) for key in _comparable(keys)], np.int64
    )


def _comparable(column: Array) -> list[str | None]:
    """1, 1.0 and "1" are one key, however a table holds it; None where it is missing, which is like no other."""
    return [_key(value) for value in column.tolist()]


def _key(value: Any) -> str | None:
    if isinstance(value, float):
        if math.isnan(value):
            return None
        value = int(value) if value.is_integer() else value
    return str(value).strip() or None


def _column(table: Table, name: str) -> Callable[[], Array]:
    return lambda: table[name]


def _taken(table: Table, name: str, rows: Array) -> Callable[[], Array]:
    def take() -> Array:
        column, gone = table[name], rows == NOWHERE
        if not gone.any():
            return taken(column, rows)
        if column.ndim > 1:
            lost = f"{int(gone.sum()):,} rows have no match in {table.name}"
            raise DataError(f"{lost}, and what {name!r} holds cannot be missing")
        empty = np.array([""]) if column.dtype.kind == "U" else np.array([np.nan])
        return np.concatenate([column, empty])[rows]  # NOWHERE is the last one

    return take


def _free(name: str, taken: Mapping[str, object], table: str) -> str:
    return f"{name} ({Path(table).stem})" if name in taken else name

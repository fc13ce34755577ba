"""What a column holds, at a glance: its kind, what is missing, how its values lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from graph_engine.data.csv_files import MISSING
from graph_engine.data.dataset import Array
from graph_engine.data.dates import date_order
from graph_engine.data.table import Table

Kind = Literal["number", "whole number", "category", "date", "text", "picture", "array"]
MOST_CATEGORIES: Final = 50
BARS: Final = 24
_SHORT: Final = 40  # characters of a category
_REPEATED: Final = 0.5  # of the rows at most may be values of their own
_LOOK: Final = 2**22  # numbers that are looked at of an array with several axes


@dataclass(frozen=True, slots=True)
class Bar:
    """So many values: of a category, or from ``low`` up to the next bar."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Profile:
    """``missing`` and ``distinct`` count rows and values; ``distinct`` is 0 where values have several numbers.

    ``bars``: a histogram of numbers, or the most frequent categories. ``shape``: of one row. ``words``: in a text, on
    average.
    """

    name: str
    kind: Kind
    rows: int
    missing: int = 0
    distinct: int = 0
    low: float = float("nan")
    high: float = float("nan")
    mean: float = float("nan")
    bars: tuple[Bar, ...] = ()
    shape: tuple[int, ...] = ()
    words: float = 0.0

    @property
    def is_numeric(self) -> bool:
        return self.kind in ("number", "whole number")

    @property
    def holds_classes(self) -> bool:
        """Whether its values can be told apart by a model that names one of them."""
        few = 1 < self.distinct <= MOST_CATEGORIES
        return few and (self.kind == "category" or (self.kind == "whole number" and self._starts_at_0))

    @property
    def only_names_rows(self) -> bool:
        """Whether each row has a value of its own that says nothing else, such as a number or a file."""
        own = self.rows > 2 and self.distinct == self.rows
        counted = self.kind == "whole number" and self.high - self.low == self.rows - 1
        return own and (counted or (self.kind == "text" and self.words < 2))

    @property
    def _starts_at_0(self) -> bool:
        return self.low in (0.0, 1.0) and self.high - self.low < self.distinct + 1


def profiles(table: Table) -> Mapping[str, Profile]:
    """Of every column. Reads all of them."""
    return {name: profile(name, table[name]) for name in table}


def profile(name: str, column: Array) -> Profile:
    if column.ndim > 1:
        return _of_arrays(name, column)
    return _of_words(name, column) if column.dtype.kind == "U" else _of_numbers(name, column)


def _of_numbers(name: str, column: Array) -> Profile:
    numbers = column.astype(np.float64)
    there = numbers[np.isfinite(numbers)]
    missing = int(np.isnan(numbers).sum())
    whole = column.dtype.kind in "iub" or (bool(there.size) and bool((there == np.floor(there)).all()))
    kind: Kind = "whole number" if whole else "number"
    if not there.size:
        return Profile(name, "number", len(column), missing)
    return Profile(
        name,
        kind,
        len(column),
        missing,
        len(np.unique(there)),
        float(there.min()),
        float(there.max()),
        float(there.mean()),
        _histogram(there),
    )


def _histogram(there: Array) -> tuple[Bar, ...]:
    """A bar for each value where there are few, else equal spans."""
    values, counts = np.unique(there, return_counts=True)
    if len(values) > BARS:
        counts, edges = np.histogram(there, BARS)
        values = edges[:-1]
    return tuple(Bar(f"{value:.4g}", int(count)) for value, count in zip(values, counts, strict=True))


def _of_words(name: str, column: Array) -> Profile:
    values, counts = np.unique(column, return_counts=True)
    known = np.array([value.strip().lower() not in MISSING for value in values.tolist()], bool)
    missing = int(counts[~known].sum())
    values, counts = values[known], counts[known]
    most = np.argsort(-counts, kind="stable")[:BARS]
    bars = tuple(Bar(str(values[place]), int(counts[place])) for place in most)
    kind = _kind_of_words(column, values, len(column) - missing)
    words = np.char.count(np.char.strip(values[:BARS]), " ").mean() + 1 if len(values) else 0.0
    return Profile(name, kind, len(column), missing, len(values), bars=bars, words=float(words))


def _kind_of_words(column: Array, values: Array, there: int) -> Kind:
    if date_order(column) is not None:
        return "date"
    longest = max((len(value) for value in values.tolist()), default=0)
    repeated = len(values) <= max(2, _REPEATED * there)
    few = len(values) <= MOST_CATEGORIES or longest <= _SHORT
    return "category" if repeated and few and longest <= 2 * _SHORT else "text"


def _of_arrays(name: str, column: Array) -> Profile:
    shape = tuple(map(int, column.shape[1:]))
    if column.dtype.kind == "U":
        return Profile(name, "array", len(column), shape=shape)
    rows = max(1, _LOOK // max(1, int(np.prod(shape))))
    part = column[:rows].astype(np.float64)
    there = part[np.isfinite(part)]
    picture = len(shape) == 3 and shape[-1] in (1, 3, 4) and min(shape[:2]) > 1
    missing = int(np.isnan(part.reshape(len(part), -1)).any(axis=1).sum())
    if not there.size:
        return Profile(name, "array", len(column), missing, shape=shape)
    return Profile(
        name,
        "picture" if picture else "array",
        len(column),
        missing,
        low=float(there.min()),
        high=float(there.max()),
        mean=float(there.mean()),
        bars=_histogram(there),
        shape=shape,
    )

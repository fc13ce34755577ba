"""Text tables: separators, gzip, columns of numbers or of words, missing values."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from graph_engine.data.errors import DataError
from graph_engine.data.table import Array, Table

MISSING: Final = frozenset({"", "na", "n/a", "nan", "null", "none", "?"})
_SEPARATORS: Final = ",;\t|"


def read_csv(path: Path, separator: str, decimal: str, encoding: str, header: bool) -> Table:
    """Every line in memory as text; a column becomes numbers, or words, when it is asked for."""
    content = _text(path, encoding)
    rows = _rows(path, content, separator or find_separator(content))
    if not rows:
        raise DataError(f"{path.name} is empty")
    names = _names(path, rows[0]) if header else [f"column {index + 1}" for index in range(len(rows[0]))]
    body = rows[1:] if header else rows
    _require_even(path, body, len(names), first_line=2 if header else 1)
    columns: Sequence[Sequence[str]] = list(zip(*body, strict=True)) or [()] * len(names)
    return Table(
        path.name, {name: _reader(values, decimal) for name, values in zip(names, columns, strict=True)}
    )


def find_separator(content: str) -> str:
    """The separator that parts most of the first lines into as many values as the first one, and that into most.

    Not all of them: a line with a value too few is an error to be named, not a reason for another separator.
    """
    lines = [line for line in content.splitlines()[:20] if line]

    def evenness(separator: str) -> tuple[bool, int, int]:
        counts = [line.count(separator) for line in lines]
        first = counts[0] if counts else 0
        return first > 0, counts.count(first), first

    return max(_SEPARATORS, key=evenness)


def column_of(values: Sequence[str], decimal: str = ".") -> Array:
    """int64 where every value is a whole number, float64 (missing: NaN) where all are numbers, else words."""
    missing = np.fromiter((value.strip().lower() in MISSING for value in values), bool, len(values))
    if missing.all():
        return np.full(len(values), np.nan)
    dotted = [value.replace(".", "").replace(",", ".") for value in values] if decimal == "," else values
    try:
        if missing.any():
            filled = ["nan" if gone else value for value, gone in zip(dotted, missing, strict=True)]
            return np.array(filled, dtype=np.float64)
        return _whole_numbers(dotted)
    except ValueError:
        return np.array([value.strip() for value in values])


def _whole_numbers(values: Sequence[str]) -> Array:
    try:
        return np.array(values, dtype=np.int64)
    except (ValueError, OverflowError):
        return np.array(values, dtype=np.float64)


def _reader(values: Sequence[str], decimal: str) -> Callable[[], Array]:
    return lambda: column_of(values, decimal)


def _text(path: Path, encoding: str) -> str:
    try:
        raw = path.read_bytes()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path.name} is not stored as {encoding} (byte {error.start} does not fit): choose its encoding"
        ) from None
    except LookupError:
        raise DataError(f"there is no encoding {encoding!r}; common ones are utf-8 and latin-1") from None
    except (OSError, EOFError) as error:
        raise DataError(f"{path.name} cannot be read: {error}") from None


def _rows(path: Path, content: str, separator: str) -> list[list[str]]:
    try:
        return [row for row in csv.reader(io.StringIO(content, newline=""), delimiter=separator) if row]
    except csv.Error as error:
        raise DataError(f"{path.name} cannot be read as a table: {error}") from None


def _names(path: Path, row: list[str]) -> list[str]:
    names = [name.strip() or f"column {index + 1}" for index, name in enumerate(row)]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise DataError(f"{path.name} has two columns named {twice[0]!r}: rename one of them")
    return names


def _require_even(path: Path, rows: list[list[str]], expected: int, first_line: int) -> None:
    bad = [index for index, row in enumerate(rows) if len(row) != expected]
    if bad:
        more = f", and {len(bad) - 1} more lines differ" if len(bad) > 1 else ""
        raise DataError(
            f"{path.name}: line {bad[0] + first_line} has {len(rows[bad[0]])} values "
            f"where the table has {expected} columns{more}"
        )

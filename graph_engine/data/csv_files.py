"""Text tables: what they look like, lines that do not fit, columns of numbers or of words, missing values."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from graph_engine.data.detection import find_decimal, find_encoding, find_separator
from graph_engine.data.errors import DataError
from graph_engine.data.table import Array, Table
from graph_engine.data.watching import tell

MISSING: Final = frozenset({"", "na", "n/a", "nan", "null", "none", "?"})
MOST_COLUMNS: Final = 20_000
_GROUPED: Final = re.compile(r"\s*[-+]?\d{1,3}(\.\d{3})+(,\d*)?\s*")
TOLD: Final = 1000  # lines from one word of how far it is to the next
_NAMED: Final = 5  # lines that a sentence names


@dataclass(frozen=True, slots=True)
class CsvOptions:
    """Empty texts are found from what the file holds. ``skip``: leave out lines that do not fit, and say so."""

    separator: str = ""
    decimal: str = ""
    encoding: str = ""
    header: bool = True
    skip: bool = False


def read_csv(path: Path, options: CsvOptions) -> Table:
    """Every line in memory as text; a column becomes numbers, or words, when it is asked for."""
    content, encoding = _text(path, options.encoding)
    separator = options.separator or find_separator(content)
    lines, rows = _rows(path, content, separator)
    if not rows:
        raise DataError(f"{path.name} is empty")
    names = _names(path, rows[0]) if options.header else [f"column {n + 1}" for n in range(len(rows[0]))]
    first = 1 if options.header else 0
    body, remarks = _even(path, lines[first:], rows[first:], len(names), options.skip)
    decimal = options.decimal or find_decimal(body, separator)
    columns: Sequence[Sequence[str]] = list(zip(*body, strict=True)) or [()] * len(names)
    readers = {name: _reader(values, decimal) for name, values in zip(names, columns, strict=True)}
    return Table(path.name, readers, (_looks(separator, decimal, encoding), *remarks))


def column_of(values: Sequence[str], decimal: str = ".") -> Array:
    """int64 where every value is a whole number, float64 (missing: NaN) where all are numbers, else words."""
    missing = np.fromiter((value.strip().lower() in MISSING for value in values), bool, len(values))
    if missing.all():
        return np.full(len(values), np.nan)
    dotted = [_with_point(value) for value in values] if decimal == "," else values
    try:
        if missing.any():
            filled = ["nan" if gone else value for value, gone in zip(dotted, missing, strict=True)]
            return np.array(filled, dtype=np.float64)
        return _whole_numbers(dotted)
    except ValueError:
        return np.array([value.strip() for value in values])


def _with_point(value: str) -> str:
    """A number with a decimal comma as one with a point; dates and the like stay what they are."""
    if "." in value:
        return value.replace(".", "").replace(",", ".") if _GROUPED.fullmatch(value) else value
    return value.replace(",", ".")


def _whole_numbers(values: Sequence[str]) -> Array:
    try:
        return np.array(values, dtype=np.int64)
    except (ValueError, OverflowError):
        return np.array(values, dtype=np.float64)


def _reader(values: Sequence[str], decimal: str) -> Callable[[], Array]:
    return lambda: column_of(values, decimal)


def _text(path: Path, encoding: str) -> tuple[str, str]:
    try:
        raw = path.read_bytes()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
        encoding = encoding or find_encoding(raw)
        return raw.decode(encoding), encoding
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path.name} is not stored as {encoding} (byte {error.start} does not fit): choose its encoding"
        ) from None
    except LookupError:
        raise DataError(f"there is no encoding {encoding!r}; common ones are utf-8 and latin-1") from None
    except (OSError, EOFError) as error:
        raise DataError(f"{path.name} cannot be read: {error}") from None


def _rows(path: Path, content: str, separator: str) -> tuple[list[int], list[list[str]]]:
    """The lines on which rows end, and the rows; lines that hold nothing are none."""
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=separator)
    lines, rows, count = [], [], content.count("\n")
    try:
        for row in reader:
            if not reader.line_num % TOLD:
                tell(reader.line_num, count)
            if row:
                lines.append(reader.line_num)
                rows.append(row)
    except csv.Error as error:
        raise DataError(f"{path.name}: line {reader.line_num} cannot be read as a table: {error}") from None
    return lines, rows


def _names(path: Path, row: list[str]) -> list[str]:
    if len(row) > MOST_COLUMNS:
        raise DataError(
            f"{path.name} has {len(row):,} columns, more than {MOST_COLUMNS:,}: choose another separator, or keep "
            "wide rows in a .npz file, where they are one column"
        )
    names = [name.strip() or f"column {index + 1}" for index, name in enumerate(row)]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise DataError(f"{path.name} has two columns named {twice[0]!r}: rename one of them")
    return names


def _even(
    path: Path, lines: Sequence[int], rows: list[list[str]], expected: int, skip: bool
) -> tuple[list[list[str]], list[str]]:
    """The rows that have as many values as there are columns, and a sentence about the others."""
    bad = [index for index, row in enumerate(rows) if len(row) != expected]
    if not bad:
        return rows, []
    if skip:
        named = ", ".join(str(lines[index]) for index in bad[:_NAMED])
        more = " ..." if len(bad) > _NAMED else ""
        told = f"{len(bad)} of {len(rows)} lines left out that have not {expected} values: {named}{more}"
        return [row for row in rows if len(row) == expected], [told]
    more = f", and {len(bad) - 1} more lines differ" if len(bad) > 1 else ""
    raise DataError(
        f"{path.name}: line {lines[bad[0]]} has {len(rows[bad[0]])} values where the table has {expected} "
        f"columns{more}: mend them, or leave out lines that do not fit"
    )


def _looks(separator: str, decimal: str, encoding: str) -> str:
    named = {"\t": "a tab", " ": "a blank"}.get(separator, f"\u201c{separator}\u201d")
    return f"{named} between values, decimals after \u201c{decimal}\u201d, stored as {encoding}"

"""Tables of other programs: Parquet files and Excel workbooks. Their readers are imported with the first of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from graph_engine.data.errors import DataError, closest
from graph_engine.data.sources.base import FileReader
from graph_engine.data.table import Array, Table
from graph_engine.data.watching import tell
from graph_engine.params import boolean, text

TOLD: Final = 1000  # rows from one word of how far it is to the next
MISSING: Final = "{0} files are read by {1}: pip install layerloom[tables]"


class Parquet(FileReader):
    """A Parquet file: columns with types of their own."""

    title = "Parquet table (.parquet)"
    endings = (".parquet",)

    def read(self, path: Path) -> Table:
        try:
            from pyarrow import ArrowException, parquet
        except ImportError:
            raise DataError(MISSING.format("Parquet", "pyarrow")) from None
        try:
            found = parquet.ParquetFile(path).read()
        except (ArrowException, OSError) as error:
            raise DataError(f"{path.name} is no Parquet file that can be read: {error}") from None
        return Table(path.name, {name: _lazily(found.column(name)) for name in found.column_names})


class Excel(FileReader):
    """One sheet of an Excel workbook; of formulas the values that were last computed."""

    title = "Excel workbook (.xlsx)"
    endings = (".xlsx", ".xlsm")
    sheet: str = text("", help="Name of the sheet; empty: the first one.")
    header: bool = boolean(True, help="Whether the first row names the columns.")

    def read(self, path: Path) -> Table:
        try:
            from openpyxl import load_workbook
        except ImportError:
            raise DataError(MISSING.format("Excel", "openpyxl")) from None
        try:
            book = load_workbook(path, read_only=True, data_only=True)
        except Exception as error:  # whatever a broken archive makes its reader raise
            raise DataError(f"{path.name} is no workbook that can be read: {error}") from None
        try:
            return self._table(path, book)
        finally:
            book.close()

    def _table(self, path: Path, book: Any) -> Table:
        names = list(book.sheetnames)
        sheet = self.sheet or names[0]
        if sheet not in names:
            raise DataError(
                f"{path.name} has no sheet {sheet!r}{closest(sheet, names)} (it has {', '.join(names)})"
            )
        rows = _filled(book[sheet])
        if not rows:
            raise DataError(f"{path.name}: the sheet {sheet!r} is empty")
        width = max(map(len, rows))
        body = rows[1:] if self.header else rows
        heads = _heads(path, rows[0] if self.header else (), width)
        columns = {
            name: column_of_cells([row[place] if place < len(row) else None for row in body])
            for place, name in enumerate(heads)
        }
        others = f"sheet {sheet!r} of {', '.join(names)}" if len(names) > 1 else f"sheet {sheet!r}"
        return Table(path.name, {name: _given(array) for name, array in columns.items()}, (others,))


def column_of_cells(cells: Sequence[Any]) -> Array:
    """int64 where every cell is a whole number, float64 (missing: NaN) where all are numbers, else words; dates are
    written year first. ``None`` is missing."""
    known = [cell for cell in cells if cell is not None]
    if not known:
        return np.full(len(cells), np.nan)
    if all(isinstance(cell, (int, float)) for cell in known):
        if len(known) == len(cells) and all(isinstance(cell, int) for cell in known):
            return np.array(cells, np.int64)
        return np.array([np.nan if cell is None else cell for cell in cells], np.float64)
    return np.array(["" if cell is None else _words(cell) for cell in cells])


def _words(cell: Any) -> str:
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return cell.isoformat(" ") if isinstance(cell, datetime.datetime) else str(cell).strip()


def _filled(sheet: Any) -> list[tuple[Any, ...]]:
    """Rows that hold anything, without the empty cells behind."""
    found = []
    for number, row in enumerate(sheet.iter_rows(values_only=True)):
        if not number % TOLD:
            tell(number, sheet.max_row or number)
        while row and row[-1] is None:
            row = row[:-1]
        if row:
            found.append(row)
    return found


def _heads(path: Path, row: Sequence[Any], width: int) -> list[str]:
    given = [*row, *[None] * (width - len(row))]
    names = [_words(cell) if cell is not None else f"column {place + 1}" for place, cell in enumerate(given)]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise DataError(f"{path.name} has two columns named {twice[0]!r}: rename one of them")
    return names


def _lazily(column: Any) -> Callable[[], Array]:
    return lambda: column_of_cells(column.to_pylist())


def _given(array: Array) -> Callable[[], Array]:
    return lambda: array

"""Parquet files and Excel workbooks, as the libraries of their formats write them."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest

from graph_engine.data import DataError, profiles, read_source
from graph_engine.data.sources import kind_of
from graph_engine.data.sources.workbooks import column_of_cells
from graph_engine.document import Source

DAYS = [datetime.datetime(2024, 2, day) for day in (1, 2, 3)]
ROWS = [("Bern", 1, 2.5, DAYS[0], True), ("Wien", 2, None, DAYS[1], False), (None, 3, 0.5, DAYS[2], True)]
HEADS = ("city", "number", "size", "day", "good")


def read(path: Path, **options: object) -> dict[str, list[object]]:
    table = read_source(Source("s", kind_of(path), path.name, options), path.parent)
    return {name: table[name].tolist() for name in table}


def check(found: dict[str, list[object]]) -> None:
    assert found["city"] == ["Bern", "Wien", ""] and found["number"] == [1, 2, 3]
    np.testing.assert_array_equal(np.array(found["size"], float), [2.5, np.nan, 0.5])
    assert found["day"] == ["2024-02-01", "2024-02-02", "2024-02-03"] and found["good"] == [1, 0, 1]


def workbook(path: Path) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (HEADS, *ROWS, (None,) * 5):
        book.active.append(row)
    other = book.create_sheet("other")
    other.append((1, 2))
    book.create_sheet("bare")
    book.save(path)
    return path


def test_a_sheet_is_read_with_its_types(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx")
    check(read(path))
    assert read(path, sheet="other", header=False) == {"column 1": [1], "column 2": [2]}
    table = read_source(Source("s", "Excel", "t.xlsx"), tmp_path)
    assert table.remarks == ("sheet 'Sheet' of Sheet, other, bare",)
    assert profiles(table)["day"].kind == "date"
    with pytest.raises(DataError, match="no sheet 'othr'"):
        read(path, sheet="othr")
    with pytest.raises(DataError, match="the sheet 'bare' is empty"):
        read(path, sheet="bare")


def test_a_parquet_file_is_read_with_its_types(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    from pyarrow import parquet, table

    columns = dict(zip(HEADS, map(list, zip(*ROWS, strict=True)), strict=True))
    parquet.write_table(table(columns), tmp_path / "t.parquet")
    check(read(tmp_path / "t.parquet"))


@pytest.mark.parametrize(("name", "module"), [("t.parquet", "pyarrow"), ("t.xlsx", "openpyxl")])
def test_what_is_no_such_file_is_refused_by_name(tmp_path: Path, name: str, module: str) -> None:
    pytest.importorskip(module)
    (tmp_path / name).write_bytes(b"nonsense")
    with pytest.raises(DataError, match=f"{name} is no .* that can be read"):
        read(tmp_path / name)


def test_without_the_extra_the_way_out_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("pyarrow", "openpyxl"):
        monkeypatch.setitem(__import__("sys").modules, module, None)
    for name in ("t.parquet", "t.xlsx"):
        (tmp_path / name).touch()
        with pytest.raises(DataError, match=r"pip install layerloom\[tables\]"):
            read(tmp_path / name)


def test_cells_become_numbers_only_where_all_are() -> None:
    assert column_of_cells([None, None]).dtype == np.float64
    assert column_of_cells([1, 2]).dtype == np.int64 and column_of_cells([1, None]).dtype == np.float64
    assert column_of_cells([1, "a", None]).tolist() == ["1", "a", ""]
    moment = datetime.datetime(2024, 2, 1, 13, 30)
    assert column_of_cells([moment, DAYS[0]]).tolist() == ["2024-02-01 13:30:00", "2024-02-01"]

"""What a text table looks like is found from the file, and said."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from graph_engine.data import DataError, Table, read_source
from graph_engine.data.csv_files import column_of
from graph_engine.document import Source

GERMAN = "Größe;Tag\n1.234,5;01.02.2023\n-0,25;31.12.2022\n"


def read(tmp_path: Path, content: bytes, **options: object) -> Table:
    (tmp_path / "table.csv").write_bytes(content)
    return read_source(Source("table", "csv", "table.csv", options), tmp_path)


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("cp1252", "cp1252"), ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16")],
)
def test_separator_decimals_and_encoding_are_found_and_said(encoding: str, told: str, tmp_path: Path) -> None:
    table = read(tmp_path, GERMAN.encode(encoding))
    assert table["Größe"].tolist() == [1234.5, -0.25]
    assert table["Tag"].tolist() == ["01.02.2023", "31.12.2022"], "a date is no number"
    assert table.remarks == (f"“;” between values, decimals after “,”, stored as {told}",)


@given(st.lists(st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda value: round(value, 3)), min_size=1))
def test_numbers_read_alike_with_commas_and_with_points(values: list[float]) -> None:
    points = column_of([f"{value:.3f}" for value in values], ".")
    commas = column_of([f"{value:.3f}".replace(".", ",") for value in values], ",")
    grouped = column_of(
        [re.sub("[,.]", lambda mark: ".,"[mark[0] == "."], f"{value:,.3f}") for value in values], ","
    )
    np.testing.assert_array_equal(points, commas)
    np.testing.assert_array_equal(points, grouped)


def test_lines_that_do_not_fit_are_refused_or_left_out_by_number(tmp_path: Path) -> None:
    content = b'a,b\n1,2\n"x\ny",3\n4\n5,6,7\n'
    with pytest.raises(DataError, match="line 5 has 1 values where the table has 2 columns, and 1 more"):
        read(tmp_path, content)
    table = read(tmp_path, content, skip=True)
    assert table["a"].tolist() == ["1", "x\ny"]
    assert table.remarks[1] == "2 of 4 lines left out that have not 2 values: 5, 6"


def test_a_million_columns_are_refused_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"1,000,000 columns, more than 20,000: choose another separator"):
        read(tmp_path, b",".join([b"x"] * 1_000_000) + b"\n")

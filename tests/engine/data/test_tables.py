"""Text tables as people have them."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from graph_engine.data import DataError, Table, read_source
from graph_engine.document import Source


def read(tmp_path: Path, content: str, **options: object) -> Table:
    (tmp_path / "table.csv").write_bytes(content.encode())
    return read_source(Source("table", "csv", "table.csv", options), tmp_path)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(separator: str, tmp_path: Path) -> None:
    table = read(tmp_path, separator.join("ab") + "\n" + separator.join("12") + "\n" + separator.join("34"))
    assert {name: column.tolist() for name, column in table.items()} == {"a": [1, 3], "b": [2, 4]}


def test_columns_are_whole_numbers_fractions_or_words(tmp_path: Path) -> None:
    table = read(tmp_path, "n,x,word\n1,0.5,a b\n-2,1e3,\n")
    assert [table[name].dtype.name[:5] for name in table] == ["int64", "float", "str96"]
    assert table["word"].tolist() == ["a b", ""]


@pytest.mark.parametrize("missing", ["", "NA", "nan", "null", "?"])
def test_what_is_missing_becomes_nan(missing: str, tmp_path: Path) -> None:
    column = read(tmp_path, f"a,b\n1,0\n{missing},0\n3,0\n")["a"]
    assert np.isnan(column).tolist() == [False, True, False]


def test_commas_can_be_decimals(tmp_path: Path) -> None:
    assert read(tmp_path, "a;b\n1.234,5;2\n", decimal=",")["a"].tolist() == [1234.5]


def test_quoted_values_hold_separators_and_line_breaks(tmp_path: Path) -> None:
    assert read(tmp_path, 'a,b\n"x, y\nz",1\n')["a"].tolist() == ["x, y\nz"]


def test_a_packed_table_is_unpacked(tmp_path: Path) -> None:
    (tmp_path / "table.csv.gz").write_bytes(gzip.compress(b"a\n1\n"))
    assert read_source(Source("t", "csv", "table.csv.gz"), tmp_path)["a"].tolist() == [1]


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        ("", {}, "table.csv is empty"),
        (
            "a,b\n1,2\n3\n4,5,6\n",
            {},
            "line 3 has 1 values where the table has 2 columns, and 1 more lines differ",
        ),
        ("a,a\n1,2\n", {}, "two columns named 'a'"),
        ("a\n\u00e4\n", {"encoding": "ascii"}, "is not stored as ascii"),
        ("a\n1\n", {"encoding": "klingon"}, "there is no encoding 'klingon'"),
    ],
)
def test_a_bad_table_is_named_with_the_place(
    content: str, options: dict[str, object], sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=sentence):
        read(tmp_path, content, **options)


def test_a_column_that_is_not_there_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no column 'prise'.*price"):
        read(tmp_path, "price\n1\n")["prise"]

"""Two tables as one, by a key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from graph_engine.data import DataError, Table, read_source
from graph_engine.data.sources.joined import Joined
from graph_engine.document import Source


def joined(left: dict[str, Any], right: dict[str, Any], **options: str) -> Table:
    return Joined(**options).joined(Table.of("left.csv", left), Table.of("right.csv", right))


def test_every_row_stays_and_what_has_no_match_is_missing_and_told() -> None:
    table = joined(
        {"id": [3, 1, 2, 1], "size": [0.5, 1.5, 2.5, 3.5]},
        {"id": ["1", "3"], "city": ["Bern", "Wien"], "price": [10, 30]},
    )
    assert list(table) == ["id", "size", "city", "price"]
    assert table["city"].tolist() == ["Wien", "Bern", "", "Bern"]
    np.testing.assert_array_equal(table["price"], [30, 10, np.nan, 10])
    assert table.remarks == ("joined with right.csv by 'id'", "1 of 4 rows have no match in right.csv")


def test_keys_of_other_names_and_columns_that_both_have() -> None:
    table = joined(
        {"id": [1, 2], "name": ["a", "b"]},
        {"person": [2.0, 1.0], "name": ["B", "A"]},
        key="id",
        other_key="person",
    )
    assert list(table) == ["id", "name", "name (right)"] and table["name (right)"].tolist() == ["A", "B"]
    assert table["name (right)"].dtype.kind == "U"


def test_a_missing_key_is_like_no_other() -> None:
    table = joined({"id": [np.nan, 1.0]}, {"id": [np.nan, 1.0], "x": [5, 6]})
    np.testing.assert_array_equal(table["x"], [np.nan, 6])


@pytest.mark.parametrize(
    ("left", "right", "options", "sentence"),
    [
        ({"id": [1]}, {"id": [1, 1, 2, 2], "x": [1, 2, 3, 4]}, {}, "'id' has 1, 2 in several rows"),
        ({"a": [1]}, {"b": [1]}, {}, "no column is called the same in both: choose the key"),
        ({"a": [1], "b": [1]}, {"a": [1], "b": [1]}, {}, "a, b are in both: choose the key"),
        ({"id": [1]}, {"id": [1]}, {"key": "di"}, "has no column 'di'"),
        ({"id": [[1, 2]]}, {"id": [1]}, {}, "holds arrays"),
    ],
)
def test_what_cannot_be_joined_says_why(
    left: dict[str, Any], right: dict[str, Any], options: dict[str, str], sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        joined(left, right, **options)


def test_a_picture_that_is_missing_is_told(tmp_path: Path) -> None:
    table = joined({"id": [1, 2]}, {"id": [1], "picture": np.zeros((1, 2, 2, 3))})
    with pytest.raises(
        DataError, match=r"1 rows have no match in right\.csv, and what 'picture' holds cannot be"
    ):
        table["picture"]


@given(st.lists(st.integers(0, 9), max_size=12), st.sets(st.integers(0, 9)))
def test_it_is_a_left_join(keys: list[int], others: set[int]) -> None:
    order = sorted(others, key=lambda key: key * 7 % 10)
    table = joined(
        {"id": np.array(keys, int)}, {"id": np.array(order, int), "x": np.array(order, float) + 0.5}
    )
    expected = [key + 0.5 if key in others else np.nan for key in keys]
    np.testing.assert_array_equal(table["x"], expected)


def test_files_are_found_from_the_projects_folder(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "people.csv").write_text("id;age\n1;20\n2;30\n")
    (tmp_path / "more" / "cities.csv").write_text("id,city\n2,Bern\n1,Wien\n")
    source = Source("s", "Joined", "people.csv", {"other": "more/cities.csv"})
    assert read_source(source, tmp_path)["city"].tolist() == ["Wien", "Bern"]
    told = {"other": "more/cities.csv", "other_reader": {"type": "Csv", "separator": ";"}}
    with pytest.raises(DataError, match="no column is called the same in both"):
        read_source(Source("s", "Joined", "people.csv", told), tmp_path)
    with pytest.raises(DataError, match="choose the file"):
        read_source(Source("s", "Joined", "people.csv"), tmp_path)

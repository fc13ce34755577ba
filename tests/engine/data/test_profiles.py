"""What columns hold, at a glance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from graph_engine.data import profile
from graph_engine.data.csv_files import column_of


@pytest.mark.parametrize(
    ("values", "kind", "missing", "classes"),
    [
        (["1.5", "", "2.5", "NA"], "number", 2, False),
        (["0", "1", "1", "0"], "whole number", 0, True),
        (["17", "40", "95", "17"], "whole number", 0, False),
        (["red", "blue", "red", "?", "blue"], "category", 1, True),
        (["2024-05-31", "2023-01-02 10:30", ""], "date", 1, False),
        (["31.05.2024", "02.01.2023"], "date", 0, False),
        (["a fine day", "it rains", "so it goes"], "text", 0, False),
        (["", "", ""], "number", 3, False),
    ],
)
def test_the_kind_of_a_column(values: list[str], kind: str, missing: int, classes: bool) -> None:
    found = profile("x", column_of(values))
    assert (found.kind, found.missing, found.holds_classes) == (kind, missing, classes)


def test_columns_that_only_name_rows_are_known() -> None:
    assert profile("id", np.arange(5) + 7).only_names_rows
    assert profile("file", np.array([f"photo{n}.png" for n in range(5)])).only_names_rows
    assert not profile("text", np.array([f"photo {n} of a cat" for n in range(5)])).only_names_rows
    assert not profile("age", np.array([3, 9, 4, 1, 5])).only_names_rows


def test_pictures_and_other_arrays() -> None:
    assert profile("p", np.zeros((2, 8, 8, 3), np.uint8)).kind == "picture"
    series = profile("s", np.array([[[1.0, np.nan]], [[2.0, 3.0]]]))
    assert (series.kind, series.shape, series.missing, series.high) == ("array", (1, 2), 1, 3.0)


@given(st.lists(st.floats(allow_nan=True, allow_infinity=False, width=32), min_size=1))
def test_every_number_is_in_one_bar(values: list[float]) -> None:
    found = profile("x", np.array(values))
    assert sum(bar.count for bar in found.bars) == len(values) - found.missing

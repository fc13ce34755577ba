"""Rows for training and rows for validation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from graph_engine.data import DataError, split_rows
from graph_engine.document import Split

KINDS = ("random", "stratified", "last")


@given(st.sampled_from(KINDS), st.integers(20, 200), st.floats(0.15, 0.6), st.integers(0, 5))
def test_every_row_is_on_one_side_and_equal_seeds_part_alike(
    kind: str, rows: int, share: float, seed: int
) -> None:
    labels = np.arange(rows) % 2
    split = Split(kind, share, seed)
    training, validation = split_rows(split, rows, labels)
    assert sorted([*training, *validation]) == list(range(rows))
    assert abs(len(validation) - rows * share) <= 1  # of two classes, each rounded
    again = split_rows(split, rows, labels)
    np.testing.assert_array_equal(again[0], training)


def test_the_last_rows_are_held_back() -> None:
    assert split_rows(Split("last", 0.25), 8)[1].tolist() == [6, 7]


def test_a_stratified_split_holds_back_the_same_share_of_rare_classes() -> None:
    labels = np.array(["common"] * 90 + ["rare"] * 10)
    _, validation = split_rows(Split("stratified", 0.2), 100, labels)
    assert (labels[validation] == "rare").sum() == 2


def test_other_seeds_part_otherwise() -> None:
    first, second = (split_rows(Split("random", 0.5, seed), 40)[0].tolist() for seed in (0, 1))
    assert first != second


def test_groups_stay_whole() -> None:
    groups = np.repeat(np.array([f"patient {n}" for n in range(20)]), 5)
    training, validation = split_rows(Split("group", 0.25, 3), 100, None, groups)
    assert len(validation) == 25
    assert not set(groups[training]) & set(groups[validation])


@pytest.mark.parametrize(
    "times", [np.array([5, 1, 4, 2, 3]), np.array([f"{day}.05.2024" for day in (25, 11, 24, 12, 13)])]
)
def test_the_latest_rows_are_held_back(times: np.ndarray) -> None:
    assert split_rows(Split("time", 0.4), 5, None, times)[1].tolist() == [0, 2]


@pytest.mark.parametrize("marks", [np.array([0, 1, 0]), np.array(["train", "Test", "train"])])
def test_marked_rows_are_held_back(marks: np.ndarray) -> None:
    assert split_rows(Split("mark"), 3, None, marks)[1].tolist() == [1]


def test_nothing_is_held_back_where_nothing_is_asked() -> None:
    training, validation = split_rows(Split("random", 0.0), 5)
    assert (len(training), len(validation)) == (5, 0)


@pytest.mark.parametrize(
    ("split", "rows", "sentence"),
    [
        (Split("odd"), 10, "there is no split 'odd'; there are random, stratified, last, group"),
        (Split("random", 1.0), 10, "at least 0 and less than 1"),
        (Split("random", 0.01), 10, "one of the two would be empty"),
        (Split("group"), 10, "rows are parted by group: choose a column"),
        (Split("stratified", 0.2), 10, "needs an output whose target is one class per row"),
    ],
)
def test_a_split_that_cannot_be_is_refused(split: Split, rows: int, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        split_rows(split, rows)

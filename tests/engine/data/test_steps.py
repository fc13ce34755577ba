"""Preprocessing: fitted on training rows, applied to all, undone where it can be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

from graph_engine.data import STEPS, DataError, Pipeline

NUMBERS = arrays(np.float64, st.tuples(st.integers(2, 9), st.integers(1, 3)), elements=st.floats(-100, 100))
WORDS = np.array([["red"], ["blue"], ["red"]])


@pytest.mark.parametrize(
    "step", [{"type": "Standardize"}, {"type": "MinMax", "low": -1.0}, {"type": "Rescale", "scale": 3}]
)
@given(NUMBERS)
def test_numbers_come_back(step: dict[str, Any], rows: np.ndarray) -> None:
    pipeline = Pipeline.fit([STEPS.decode(step)], rows)
    np.testing.assert_allclose(pipeline.invert(pipeline.apply(rows)), rows, rtol=1e-9, atol=1e-9)


WHOLE = arrays(np.float64, st.tuples(st.integers(2, 9), st.integers(1, 3)), elements=st.integers(-100, 100))


@given(WHOLE)
def test_standardized_training_rows_have_mean_0_and_deviation_1_or_0(rows: np.ndarray) -> None:
    found = Pipeline.fit([STEPS.decode("Standardize")], rows).apply(rows)
    np.testing.assert_allclose(found.mean(0), 0, atol=1e-9)
    wanted = (rows != rows[0]).any(0)
    np.testing.assert_allclose(found.std(0), wanted, atol=1e-9)


@pytest.mark.parametrize("value", [1.74663605e-35, 0.1, -3e7])
def test_a_column_of_one_value_does_not_grow_from_rounding(value: float) -> None:
    rows = np.full((3, 1), value)
    np.testing.assert_allclose(Pipeline.fit([STEPS.decode("Standardize")], rows).apply(rows), 0, atol=1e-7)


def test_what_is_learned_comes_from_the_training_rows_alone() -> None:
    pipeline = Pipeline.fit([STEPS.decode("Standardize")], np.array([0.0, 2.0]))
    assert pipeline.apply(np.array([3.0])).tolist() == [2.0]


def test_states_are_enough_to_do_it_again() -> None:
    steps = [STEPS.decode({"type": "Impute", "strategy": "median"}), STEPS.decode("Standardize")]
    rows = np.array([[1.0], [np.nan], [5.0], [3.0]])
    pipeline = Pipeline.fit(steps, rows)
    again = Pipeline.restore(steps, list(pipeline.states))
    np.testing.assert_array_equal(again.apply(rows), pipeline.apply(rows))
    assert not np.isnan(pipeline.apply(rows)).any()


def test_categories_become_ids_and_words_again() -> None:
    pipeline = Pipeline.fit([STEPS.decode("CategoryIds")], WORDS)
    assert pipeline.apply(WORDS).tolist() == [[1], [0], [1]]
    assert pipeline.invert(np.array([[0], [1]])).tolist() == [["blue"], ["red"]]


def test_columns_of_categories_share_one_range() -> None:
    two = np.array([["a", "x"], ["b", "y"]])
    assert Pipeline.fit([STEPS.decode("CategoryIds")], two).apply(two).tolist() == [[0, 2], [1, 3]]


def test_one_hot_marks_the_category() -> None:
    pipeline = Pipeline.fit([STEPS.decode("OneHot")], WORDS)
    assert pipeline.apply(WORDS).tolist() == [[0, 1], [1, 0], [0, 1]]
    assert pipeline.invert(np.array([[0.9, 0.1]])).tolist() == ["blue"]


@pytest.mark.parametrize(
    ("step", "rows", "sentence"),
    [
        ("Standardize", WORDS, "needs numbers, but the column holds words"),
        ("Log1p", np.array([-2.0, 1.0]), "needs values above -1, but 1 of 2 are not"),
        (
            {"type": "Cast", "dtype": "int32"},
            np.array([np.nan]),
            "1 values are missing; add Impute before it",
        ),
        ({"type": "Reshape", "shape": [2, 2]}, np.zeros((1, 3)), "cannot become"),
        ("Standardize", np.array([np.nan, np.nan]), "column 1 has no value in the training rows"),
    ],
)
def test_what_a_step_cannot_take_is_said(step: Any, rows: np.ndarray, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        Pipeline.fit([STEPS.decode(step)], rows).apply(rows)


def test_an_unknown_category_is_named_with_its_row_or_gets_the_last_id() -> None:
    new = np.array([["red"], ["green"]])
    with pytest.raises(DataError, match=r"'green' \(row 2\) is not among the categories"):
        Pipeline.fit([STEPS.decode("CategoryIds")], WORDS).apply(new)
    lenient = Pipeline.fit([STEPS.decode({"type": "CategoryIds", "unknown": "extra id"})], WORDS)
    assert lenient.apply(new).tolist() == [[1], [2]]

"""Texts to numbers."""

from __future__ import annotations

import numpy as np
import pytest

from graph_engine.data import DataError
from graph_engine.data.steps import WordIds

TEXTS = np.array(["The cat sat.", "The dog sat on the cat!", ""])


def test_the_most_frequent_words_come_first_and_ties_go_by_the_alphabet() -> None:
    state = WordIds().fit(TEXTS)
    assert state["words"] == ["the", "cat", "sat", "!", ".", "dog", "on"]
    assert WordIds(vocabulary=4).fit(TEXTS) == {"words": ["the", "cat"]}


def test_texts_are_filled_up_and_cut_at_the_start_or_the_end() -> None:
    state = {"words": ["the", "cat", "sat"]}
    at_start = WordIds(length=4).apply(TEXTS, state)
    np.testing.assert_array_equal(at_start, [[2, 3, 4, 1], [1, 2, 3, 1], [0, 0, 0, 0]])
    at_end = WordIds(length=4, fill="end").apply(TEXTS, state)
    np.testing.assert_array_equal(at_end, [[2, 3, 4, 1], [2, 1, 4, 1], [0, 0, 0, 0]])


def test_numbers_become_words_again() -> None:
    state = {"words": ["the", "cat"]}
    found = WordIds().invert(np.array([[0, 2, 3], [0, 0, 1]]), state)
    assert found.tolist() == ["the cat", "?"]


@pytest.mark.parametrize("column", [np.arange(3), np.array([["a", "b"]])])
def test_only_one_column_of_texts_is_taken(column: np.ndarray) -> None:
    with pytest.raises(DataError, match="WordIds takes one column of texts"):
        WordIds().fit(column)

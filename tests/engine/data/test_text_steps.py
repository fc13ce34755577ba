"""Texts to numbers."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, strategies as st

from graph_engine.data import DataError
from graph_engine.data.steps import BytePairIds, CharacterIds, WordIds
from graph_engine.data.steps.pieces import FEWEST, encoder, learn, words_and_gaps

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


def test_characters_are_numbered_and_read_again() -> None:
    step = CharacterIds(length=8)
    state = step.fit(TEXTS)
    assert state["characters"][:3] == [" ", "t", "a"]
    assert step.invert(step.apply(TEXTS[:1], state), state).tolist() == ["cat sat."[-8:]]
    assert CharacterIds(length=2).apply(np.array(["Zt"]), state).tolist() == [[1, 3]]
    assert "T" not in CharacterIds(lower=True).fit(TEXTS)["characters"]


def test_pieces_are_the_pairs_that_occur_most_and_ties_go_by_the_alphabet() -> None:
    """The words of figure 1 in Sennrich et al. (2016), without their end marks."""
    texts = np.array(["low"] * 5 + ["lower"] * 2 + ["newest"] * 6 + ["widest"] * 3)
    state = BytePairIds(vocabulary=2 + 10 + 4).fit(texts)
    assert state["merges"] == [["e", "s"], ["es", "t"], ["l", "o"], ["lo", "w"]]
    step = BytePairIds(vocabulary=16, length=4, fill="end")
    (numbers,) = step.apply(np.array(["lowest"]), state)
    assert step.invert(numbers[None], state).tolist() == ["lowest"] and (numbers > 0).sum() == 2


WORDS = st.text(alphabet="ab c.", max_size=24)


@given(st.lists(WORDS, min_size=1, max_size=8), st.integers(0, 20))
def test_learning_joins_what_counting_anew_each_time_would_join(texts: list[str], most: int) -> None:
    words = Counter(part for text in texts for part in words_and_gaps(text))
    pieces = {word: tuple(word) for word in words}
    expected: list[tuple[str, str]] = []
    while len(expected) < most:
        counts: Counter[tuple[str, str]] = Counter()
        for word, count in words.items():
            for pair in pairwise(pieces[word]):
                counts[pair] += count
        best = min(counts, key=lambda pair: (-counts[pair], pair), default=None)
        if best is None or counts[best] < FEWEST:
            break
        expected.append(best)
        pieces = {word: encoder(expected)(word) for word in words}
    assert learn(words, most) == expected


@given(st.lists(WORDS, min_size=1, max_size=8), st.booleans())
def test_what_the_vocabulary_covers_is_read_again_as_it_was(texts: list[str], whole: bool) -> None:
    column = np.array(texts, dtype=np.str_)
    step = BytePairIds(length=200) if whole else CharacterIds(length=200)
    state = step.fit(column)
    assert step.fit(column) == state and len(json.dumps(state)) > 0
    numbers = step.apply(column, state)
    assert step.invert(numbers, state).tolist() == column.tolist()
    assert numbers.max(initial=0) < step.vocabulary

"""Steps for texts."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

import numpy as np

from graph_engine.data.errors import DataError
from graph_engine.data.steps.base import Array, Step
from graph_engine.params import JSON, choice, integer

PADDING, UNKNOWN = 0, 1  # the first two ids; words follow, the most frequent first
_WORD: Final = re.compile(r"\w+|[^\w\s]")


class WordIds(Step):
    """A text becomes its words' numbers: 0 fills up, 1 stands for words that the training rows lack."""

    title = "Words to numbers"
    vocabulary: int = integer(
        10_000, minimum=3, help="How many different numbers there are, 0 and 1 among them."
    )
    length: int = integer(100, minimum=1, help="Words per text: longer ones are cut, shorter ones filled up.")
    fill: str = choice("start", ("start", "end"), help="Where short texts are filled up and long ones cut.")

    def fit(self, array: Array) -> JSON:
        counts = Counter(word for text in _texts(self, array) for word in words_of(text))
        ordered = sorted(counts, key=lambda word: (-counts[word], word))
        return {"words": ordered[: self.vocabulary - 2]}

    def apply(self, array: Array, state: JSON) -> Array:
        ids = {word: index + 2 for index, word in enumerate(state["words"])}
        found = np.full((len(array), self.length), PADDING, np.int64)
        for row, text in enumerate(_texts(self, array)):
            numbers = [ids.get(word, UNKNOWN) for word in words_of(text)]
            if self.fill == "start":
                numbers = numbers[-self.length :]
                found[row, self.length - len(numbers) :] = numbers
            else:
                numbers = numbers[: self.length]
                found[row, : len(numbers)] = numbers
        return found

    def invert(self, array: Array, state: JSON) -> Array:
        """The words again, in lower case and set apart by blanks; unknown ones as ``?``."""
        words = ["", "?", *state["words"]]
        texts = [" ".join(words[number] for number in row if number != PADDING) for row in array.astype(int)]
        return np.array(texts)


def words_of(text: str) -> list[str]:
    """Lower-case words, and punctuation marks each by itself."""
    return _WORD.findall(text.lower())


def _texts(step: Step, array: Array) -> list[str]:
    if array.ndim != 1 or array.dtype.kind != "U":
        raise DataError(f"{type(step).__name__} takes one column of texts")
    texts: list[str] = array.tolist()
    return texts

"""Steps for texts: by word, by character, by pieces of words."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import numpy as np

from graph_engine.data.errors import DataError
from graph_engine.data.steps.base import Array, Step
from graph_engine.data.steps.pieces import encoder, learn, words_and_gaps
from graph_engine.params import JSON, boolean, choice, integer

PADDING, UNKNOWN = 0, 1  # the first two ids; what was learnt follows
FIRST: Final = 2
_WORD: Final = re.compile(r"\w+|[^\w\s]")
_CASE: Final = "Whether large and small letters are the same."


class _Ids(Step):
    """A text becomes a row of numbers: 0 fills up, 1 stands for what the training rows lack."""

    vocabulary: int = integer(
        10_000, minimum=3, help="How many different numbers there are, 0 and 1 among them."
    )
    length: int = integer(
        100, minimum=1, help="Numbers per text: longer ones are cut, shorter ones filled up."
    )
    fill: str = choice("start", ("start", "end"), help="Where short texts are filled up and long ones cut.")

    @abstractmethod
    def encoding(self, state: Any) -> Callable[[str], list[int]]:
        """What makes numbers of one text."""

    def apply(self, array: Array, state: JSON) -> Array:
        encode = self.encoding(state)
        found = np.full((len(array), self.length), PADDING, np.int64)
        for row, text in enumerate(_texts(self, array)):
            numbers = encode(text)
            if self.fill == "start":
                numbers = numbers[-self.length :]
                found[row, self.length - len(numbers) :] = numbers
            else:
                numbers = numbers[: self.length]
                found[row, : len(numbers)] = numbers
        return found


class WordIds(_Ids):
    """A text becomes its words' numbers: 0 fills up, 1 stands for words that the training rows lack."""

    title = "Words to numbers"

    def fit(self, array: Array) -> JSON:
        counts = Counter(word for text in _texts(self, array) for word in words_of(text))
        return {"words": _most_frequent(counts, self.vocabulary - FIRST)}

    def encoding(self, state: Any) -> Callable[[str], list[int]]:
        ids = _numbered(state["words"])
        return lambda text: [ids.get(word, UNKNOWN) for word in words_of(text)]

    def invert(self, array: Array, state: JSON) -> Array:
        """The words again, in lower case and set apart by blanks; unknown ones as ``?``."""
        return _read(array, state["words"], " ")


class CharacterIds(_Ids):
    """A text becomes its characters' numbers: 0 fills up, 1 stands for those that the training rows lack."""

    title = "Characters to numbers"
    vocabulary: int = integer(
        200, minimum=3, help="How many different numbers there are, 0 and 1 among them."
    )
    length: int = integer(
        400, minimum=1, help="Characters per text: longer ones are cut, shorter ones filled up."
    )
    lower: bool = boolean(False, help=_CASE)

    def fit(self, array: Array) -> JSON:
        counts = Counter(character for text in _texts(self, array) for character in _cased(text, self.lower))
        return {"characters": _most_frequent(counts, self.vocabulary - FIRST)}

    def encoding(self, state: Any) -> Callable[[str], list[int]]:
        ids = _numbered(state["characters"])
        return lambda text: [ids.get(character, UNKNOWN) for character in _cased(text, self.lower)]

    def invert(self, array: Array, state: JSON) -> Array:
        """The text again; unknown characters as ``?``."""
        return _read(array, state["characters"], "")


class BytePairIds(_Ids):
    """A text becomes numbers of frequent pieces of words (Sennrich et al., 2016): rare words fall into several."""

    title = "Word pieces to numbers"
    vocabulary: int = integer(
        4_000, minimum=3, help="How many different numbers there are, 0 and 1 among them."
    )
    length: int = integer(
        200, minimum=1, help="Pieces per text: longer ones are cut, shorter ones filled up."
    )
    lower: bool = boolean(False, help=_CASE)

    def fit(self, array: Array) -> JSON:
        texts = _texts(self, array)
        words = Counter(word for text in texts for word in words_and_gaps(_cased(text, self.lower)))
        characters: Counter[str] = Counter()
        for word, count in words.items():
            for character in word:
                characters[character] += count
        known = _most_frequent(characters, self.vocabulary - FIRST)
        merges = learn(words, self.vocabulary - FIRST - len(known))
        return {"characters": known, "merges": [list(pair) for pair in merges]}

    def encoding(self, state: Any) -> Callable[[str], list[int]]:
        ids = _numbered(_pieces(state))
        split = encoder([(first, second) for first, second in state["merges"]])
        return lambda text: [
            ids.get(piece, UNKNOWN)
            for word in words_and_gaps(_cased(text, self.lower))
            for piece in split(word)
        ]

    def invert(self, array: Array, state: JSON) -> Array:
        """The text again; unknown characters as ``?``."""
        return _read(array, _pieces(state), "")


def words_of(text: str) -> list[str]:
    """Lower-case words, and punctuation marks each by itself."""
    return _WORD.findall(text.lower())


def _pieces(state: Any) -> list[str]:
    """What numbers stand for, in their order: characters, then what they were joined to."""
    return [*state["characters"], *(first + second for first, second in state["merges"])]


def _most_frequent(counts: Mapping[str, int], most: int) -> list[JSON]:
    return list(sorted(counts, key=lambda item: (-counts[item], item))[:most])


def _numbered(items: Iterable[str]) -> dict[str, int]:
    """The first number where two ways lead to one piece."""
    ids: dict[str, int] = {}
    for number, item in enumerate(items, FIRST):
        ids.setdefault(item, number)
    return ids


def _read(array: Array, items: Iterable[str], between: str) -> Array:
    known = ["", "?", *items]
    return np.array([between.join(known[n] for n in row if n != PADDING) for row in array.astype(int)])


def _cased(text: str, lower: bool) -> str:
    return text.lower() if lower else text


def _texts(step: Step, array: Array) -> list[str]:
    if array.ndim != 1 or array.dtype.kind != "U":
        raise DataError(f"{type(step).__name__} takes one column of texts")
    texts: list[str] = array.tolist()
    return texts

"""Pairs of sentences that say the same in other words, or do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from graph_engine.data.generators.base import Array, Generator, one_of

WHO: Final = (
    ("man", "fellow"),
    ("woman", "lady"),
    ("child", "kid"),
    ("dog", "hound"),
    ("farmer", "peasant"),
    ("doctor", "physician"),
)
DOES: Final = (
    ("buys", "purchases"),
    ("repairs", "fixes"),
    ("watches", "observes"),
    ("carries", "holds"),
    ("paints", "decorates"),
    ("sells", "offers"),
)
WHAT: Final = (
    ("car", "automobile"),
    ("house", "home"),
    ("boat", "ship"),
    ("picture", "photo"),
    ("coat", "jacket"),
    ("bike", "bicycle"),
)
HOW: Final = ("", "today", "in town", "with care", "for fun", "at noon")


class SentencePairs(Generator):
    """Half of the pairs use synonyms of the same three words; in the other half one word means something else."""

    title = "Sentence pairs"

    def columns(self, rng: np.random.Generator) -> Mapping[str, Array]:
        same = rng.integers(0, 2, self.rows)
        pairs = [_pair(rng, bool(each)) for each in same]
        return {
            "left": np.array([pair[0] for pair in pairs]),
            "right": np.array([pair[1] for pair in pairs]),
            "same": same,
        }


def _pair(rng: np.random.Generator, same: bool) -> tuple[str, str]:
    meaning = rng.integers(0, len(WHO), 3)
    other = meaning.copy()
    if not same:
        place = int(rng.integers(3))
        other[place] = (meaning[place] + rng.integers(1, len(WHO))) % len(WHO)
    return _sentence(rng, meaning), _sentence(rng, other)


def _sentence(rng: np.random.Generator, meaning: Array) -> str:
    who, does, what = (one_of(rng, words[at]) for words, at in zip((WHO, DOES, WHAT), meaning, strict=True))
    return f"the {who} {does} the {what} {one_of(rng, HOW)}".strip()

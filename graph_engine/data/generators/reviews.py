"""Short reviews, praising or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from graph_engine.data.generators.base import Array, Generator, one_of

SUBJECTS: Final = (
    "the film",
    "the story",
    "the acting",
    "the music",
    "the ending",
    "the cast",
    "every scene",
    "the plot",
)
PRAISE: Final = (
    "wonderful",
    "moving",
    "clever",
    "funny",
    "gripping",
    "beautiful",
    "honest",
    "fresh",
    "brilliant",
    "charming",
)
BLAME: Final = (
    "dull",
    "boring",
    "clumsy",
    "predictable",
    "noisy",
    "shallow",
    "messy",
    "tired",
    "awful",
    "forced",
)
DEGREES: Final = ("", "very ", "really ", "quite ", "rather ")
DENIALS: Final = ("not ", "never ", "hardly ")
FILLERS: Final = (
    "i saw it on sunday .",
    "we went with friends .",
    "it runs for two hours .",
    "the room was full .",
    "popcorn was expensive .",
)


class Reviews(Generator):
    """Sentences that praise or blame, a third of them by denying the opposite: single words mislead."""

    title = "Reviews"

    def columns(self, rng: np.random.Generator) -> Mapping[str, Array]:
        praised = rng.integers(0, 2, self.rows)
        reviews = [_review(rng, bool(good)) for good in praised]
        return {"review": np.array(reviews), "praised": praised}


def _review(rng: np.random.Generator, good: bool) -> str:
    """Most of three to five sentences say what the reviewer thinks, one may say the opposite."""
    count = int(rng.integers(3, 6))
    dissent = int(rng.integers(count)) if rng.random() < 0.5 else -1
    sentences = [_sentence(rng, good != (index == dissent)) for index in range(count)]
    sentences.insert(int(rng.integers(count + 1)), one_of(rng, FILLERS))
    return " ".join(sentences)


def _sentence(rng: np.random.Generator, good: bool) -> str:
    denied = rng.random() < 0.33
    word = one_of(rng, PRAISE if good != denied else BLAME)
    degree = one_of(rng, DENIALS if denied else DEGREES) + (one_of(rng, DEGREES) if denied else "")
    return f"{one_of(rng, SUBJECTS)} was {degree}{word} ."

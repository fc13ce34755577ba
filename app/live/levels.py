"""Numbers that are told of layers, in words over a bar."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from app.live.pictures import Level
from app.live.told import length_words, ratio_words, time_words

DECADES: Final = 4.0  # of lengths that a bar shows
HEALTHY: Final = 1e-5, 3e-2  # of an update, by the length of what it changes: about 1e-3 is usual


def length_level(word: str, length: float, most: float) -> Level:
    """The bar is logarithmic, and full for the longest."""
    if not math.isfinite(length):
        return Level(f"{word} {length:g}", 1.0, "bad")
    share = 1 + math.log10(length / most) / DECADES if length > 0 and most > 0 else 0.0
    return Level(f"{word} {length_words(length)}", min(1.0, max(0.0, share)))


def update_level(ratio: float) -> Level:
    """What is far from the usual is marked by an arrow and a colour."""
    if not math.isfinite(ratio):
        return Level(f"step {ratio:g}", 1.0, "bad")
    low, high = HEALTHY
    arrow = "\u25b2 " if ratio > high else "\u25bc " if ratio < low else ""
    share = 1 + math.log10(ratio) / (DECADES + 2) if ratio > 0 else 0.0
    return Level(
        f"{arrow}step {ratio_words(ratio)}", min(1.0, max(0.0, share)), "warn" if arrow else "accent"
    )


def dead_level(told: Mapping[str, Any]) -> Level:
    """``told`` of a node's activations, see `diagnostics.layers`."""
    share = told["dead"]
    return Level(f"{share:.0%} dead".replace("%", " %"), share, "warn" if share > 0.5 else "accent")


def time_level(seconds: float, most: float) -> Level:
    """The bar is full for the slowest."""
    return Level(time_words(seconds), seconds / most)

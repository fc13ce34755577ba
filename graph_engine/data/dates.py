"""Words that are dates: which order they are written in, and their parts."""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from graph_engine.data.csv_files import MISSING
from graph_engine.data.dataset import Array

_TIME: Final = r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST: Final = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}")
_YEAR_LAST: Final = re.compile(rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}){_TIME}")
ORDERS: Final = ("year first", "day first", "month first")
_ENOUGH: Final = 0.95  # of the words that are there must be dates
_LOOK: Final = 1000


def date_order(words: Array) -> str | None:
    """The order that most of the first words are written in; None where too few of them are dates."""
    there = [word for word in words[: 4 * _LOOK].tolist() if word.strip().lower() not in MISSING][:_LOOK]
    if not there:
        return None
    found = {order: sum(_moment(word, order) is not None for word in there) for order in ORDERS}
    most = max(ORDERS, key=lambda order: found[order])
    return most if found[most] >= _ENOUGH * len(there) else None


def moments(words: Array, order: str) -> Array:
    """datetime64[s] of each word; NaT where it is no date."""
    unique, place = np.unique(words, return_inverse=True)
    found = [_moment(word, order) for word in unique.tolist()]
    none = np.datetime64("NaT", "s")
    whole = [
        none if moment is None else moment for moment in found
    ]  # the first moment of 1970 counts as false
    return np.array(whole, "datetime64[s]")[place.reshape(words.shape)]


def _moment(word: str, order: str) -> np.datetime64 | None:
    match = (_YEAR_FIRST if order == "year first" else _YEAR_LAST).fullmatch(word.strip())
    if match is None:
        return None
    first, second, third, *time = match.groups()
    year, month, day = {
        "year first": (first, second, third),
        "day first": (third, second, first),
        "month first": (third, first, second),
    }[order]
    hour, minute, second = (int(part or 0) for part in time)
    try:
        text = f"{year}-{int(month):02}-{int(day):02}T{hour:02}:{minute:02}:{second:02}"
        return np.datetime64(text, "s")
    except ValueError:
        return None  # such as the 30th of February

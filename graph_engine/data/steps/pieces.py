"""Byte-pair encoding over characters: the most frequent pair of neighbours becomes one piece, again and again.

Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword Units" (2016), algorithm 1. Pairs
that are equally frequent are joined in the order of their letters, so that learning gives the same pieces everywhere.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Final

Pair = tuple[str, str]
FEWEST: Final = 2  # a pair that occurs once says nothing of others
_PARTS: Final = re.compile(r"\s?\w+|\s?[^\w\s]+|\s+")


def words_and_gaps(text: str) -> list[str]:
    """Words with the blank before them, punctuation, and other gaps: joined they are the text."""
    return _PARTS.findall(text)


def learn(words: Mapping[str, int], most: int) -> list[Pair]:
    """Which pieces to join, in this order. ``words``: how often each occurs."""
    return _Learning(words).merges(most)


def encoder(merges: Sequence[Pair]) -> Callable[[str], tuple[str, ...]]:
    """What takes a word apart into pieces: what was joined first is joined first."""
    ranks = {pair: rank for rank, pair in reversed(list(enumerate(merges)))}

    @cache
    def split(word: str) -> tuple[str, ...]:
        pieces = list(word)
        while len(pieces) > 1:
            best = min(pairwise(pieces), key=lambda pair: ranks.get(pair, len(ranks)))
            if best not in ranks:
                break
            pieces = _joined(pieces, best)
        return tuple(pieces)

    return split


class _Learning:
    """Words in pieces, and for each pair of neighbours how often it occurs and where."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self._pieces = [list(word) for word in words]
        self._frequencies = list(words.values())
        self._counts: Counter[Pair] = Counter()
        self._places: defaultdict[Pair, set[int]] = defaultdict(set)
        for place in range(len(self._pieces)):
            self._count(place, 1)
        self._queue = [(-count, pair) for pair, count in self._counts.items()]
        heapq.heapify(self._queue)

    def merges(self, most: int) -> list[Pair]:
        found: list[Pair] = []
        while len(found) < most and self._queue:
            count, pair = heapq.heappop(self._queue)
            if -count != self._counts[pair]:
                continue  # counted before another merge: its newer count stands in the queue as well
            if -count < FEWEST:
                break
            found.append(pair)
            self._merge(pair)
        return found

    def _merge(self, pair: Pair) -> None:
        changed: set[Pair] = set()
        for place in sorted(self._places.pop(pair, ())):
            changed |= set(pairwise(self._pieces[place]))
            self._count(place, -1)
            self._pieces[place] = _joined(self._pieces[place], pair)
            self._count(place, 1)
            changed |= set(pairwise(self._pieces[place]))
        for other in changed - {pair}:
            heapq.heappush(self._queue, (-self._counts[other], other))

    def _count(self, place: int, sign: int) -> None:
        for pair in pairwise(self._pieces[place]):
            self._counts[pair] += sign * self._frequencies[place]
            if sign > 0:
                self._places[pair].add(place)


def _joined(pieces: Sequence[str], pair: Pair) -> list[str]:
    """From left to right: of three equal pieces the first two."""
    found: list[str] = []
    place = 0
    while place < len(pieces):
        if tuple(pieces[place : place + 2]) == pair:
            found.append(pieces[place] + pieces[place + 1])
            place += 2
        else:
            found.append(pieces[place])
            place += 1
    return found

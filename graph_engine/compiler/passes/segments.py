"""Where a forward pass is cut, so that each piece of it can be computed again by itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

_PARTS: Final = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)  # into which the bytes of all pieces are divided


def cuts_of(made: Sequence[int], alive: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Ways to cut a row of steps, each given by the steps before which it cuts; from few pieces to many.

    ``made``: bytes of each step's results that a piece has to hold. ``alive``: bytes that are kept where the row is
    cut before that step. Every way is the one that keeps the fewest bytes of those whose pieces hold no more than a
    share of all bytes; a step that alone holds more is a piece.
    """
    before = [0, *accumulate(made)]
    ways = (_cheapest(before, alive, before[-1] // parts) for parts in _PARTS if parts <= len(made))
    yield from dict.fromkeys(way for way in ways if way)


def _cheapest(before: Sequence[int], alive: Sequence[int], share: int) -> tuple[int, ...]:
    """``before``: bytes made before each step, and at last of all. The best cut ahead of every place is the smallest
    of a window that only moves on, so that the row is walked once."""
    count = len(before) - 1
    kept, ahead = [0] * (count + 1), [0] * (count + 1)
    window = deque([0])  # places of possible cuts, cheaper ones later only if they can outlast those before
    for place in range(1, count + 1):
        while len(window) > 1 and before[place] - before[window[0]] > share:
            window.popleft()
        ahead[place] = window[0]
        kept[place] = kept[window[0]] + (alive[place] if place < count else 0)
        while window and kept[window[-1]] >= kept[place]:
            window.pop()
        window.append(place)
    return tuple(_back_from(count, ahead))[::-1]


def _back_from(place: int, ahead: Sequence[int]) -> Iterator[int]:
    while place := ahead[place]:
        yield place

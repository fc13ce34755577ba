"""Lifetimes to offsets in one arena: first fit over free gaps, 64-byte aligned."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from typing import Final

ALIGNMENT: Final = 64
GAP: Final = 256  # bytes between ranges that are to be watched


@dataclass(slots=True)
class Arena:
    """Hands out byte ranges while a plan is laid out; ``size`` is the most that was in use at once."""

    size: int = 0
    _free: list[tuple[int, int]] = field(default_factory=list)  # (offset, nbytes), sorted, never adjacent

    def take(self, nbytes: int) -> int:
        """Offset of a range of ``nbytes``: the tightest gap that holds it, else new memory at the end."""
        wanted = _aligned(nbytes)
        gap = min((gap for gap in self._free if gap[1] >= wanted), key=lambda gap: gap[1], default=None)
        if gap is None:
            return self._grow(wanted)
        self._free.remove(gap)
        if gap[1] > wanted:
            insort(self._free, (gap[0] + wanted, gap[1] - wanted))
        return gap[0]

    def give_back(self, offset: int, nbytes: int) -> None:
        start, end = offset, offset + _aligned(nbytes)
        for gap in [gap for gap in self._free if gap[0] == end or gap[0] + gap[1] == start]:
            self._free.remove(gap)
            start, end = min(start, gap[0]), max(end, gap[0] + gap[1])
        insort(self._free, (start, end - start))

    def _grow(self, wanted: int) -> int:
        if self._free and sum(self._free[-1]) == self.size:  # the last gap reaches the end: extend it
            offset, _ = self._free.pop()
        else:
            offset = self.size
        self.size = offset + wanted
        return offset


@dataclass(slots=True)
class SparseArena(Arena):
    """Never hands out memory twice, and leaves a gap after every range: what lies there is nobody's."""

    def take(self, nbytes: int) -> int:
        offset = self.size
        self.size = offset + _aligned(nbytes) + GAP
        return offset

    def give_back(self, offset: int, nbytes: int) -> None:
        """Kept as it was."""


def _aligned(nbytes: int) -> int:
    return max(ALIGNMENT, -(-nbytes // ALIGNMENT) * ALIGNMENT)

"""Axes: round numbers at them, and which part of a plot is looked at."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

import pyqtgraph as pg

from app.widgets.rounding import round_step

Range = tuple[float, float]

TICKS: Final = 5
_FLAT: Final = 1e-9  # of a height: what differs less is the same
_NOTHING: Final = 1e-100
_CLOSEST: Final = 1e-7  # of what is looked at: a nearer look would be at rounding errors


class Heights(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Numbers at round heights, or the powers of ten that they are exponents of, without lines between them."""

    exponents = False

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if not self.exponents:
            return list(super().tickStrings(values, scale, spacing))
        return [f"{10.0**value:.3g}" for value in values]


def round_bounds(values: Iterable[float], least: float = 0.0) -> tuple[float, float, float]:
    """Round numbers around all values that are numbers, and the step between those to write at the axis.

    ``least``: no smaller step; 1 for exponents.
    """
    finite = [value for value in values if math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=1.0)
    size = max(abs(low), abs(high))
    if high - low <= _FLAT * size or size < _NOTHING:
        room = 0.5 * size if size >= _NOTHING else 0.5
        low, high = low - room, high + room
    step = max(least, round_step((high - low) / TICKS))
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, step


def zoomed(seen: Range, at: float, factor: float, whole: Range) -> Range | None:
    """What is seen when ``factor`` (below 1: nearer) is applied around ``at``; None where that is all there is."""
    low, high = at - (at - seen[0]) * factor, at + (seen[1] - at) * factor
    if high - low < _CLOSEST * max(abs(low), abs(high)):
        return seen
    low, high = max(low, whole[0]), min(high, whole[1])
    return None if (low, high) == whole else (low, high)


def moved(seen: Range, by: float, whole: Range) -> Range:
    """What is seen beside it, no farther than there is something."""
    by = min(max(by, whole[0] - seen[0]), whole[1] - seen[1])
    return seen[0] + by, seen[1] + by

"""One curve that may grow for ever: thinned as it grows, without losing a peak."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Final

MOST_POINTS: Final = 2000  # about as many as a screen has columns to show them in
_GROUP: Final = 4  # points of which two are kept: the lowest and the highest

Point = tuple[float, float]


@dataclass(slots=True)
class Curve:
    """Points by rising ``x``, which counts epochs: 1.5 is the middle of the second one.

    The newest points are all there. Of older ones, once there are many, every stretch keeps its lowest and
    its highest, so that a long training costs no more than a short one and no spike goes missing.
    """

    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    count: int = 0  # of all points ever added
    last: float | None = None
    _whole: int = 0  # how many points at the front are thinned already
    _stretch: int = 1  # points added for which two are kept

    def add(self, x: float, y: float) -> None:
        self.x.append(x)
        self.y.append(y)
        self.count += 1
        self.last = y
        if len(self.x) - self._whole >= self._stretch:
            tail = slice(self._whole, None)
            self._keep(_extremes(list(zip(self.x[tail], self.y[tail], strict=True))))
        if self._whole > MOST_POINTS:
            self._thin()

    def near(self, x: float) -> float | None:
        """The value of the point that is nearest to ``x``."""
        if not self.x:
            return None
        after = min(bisect_left(self.x, x), len(self.x) - 1)
        before = max(0, after - 1)
        return self.y[before] if x - self.x[before] < self.x[after] - x else self.y[after]

    def cut(self, x: float) -> None:
        """Takes away what lies behind ``x``: training goes on from there."""
        kept = bisect_left(self.x, x + 1e-9)
        del self.x[kept:], self.y[kept:]
        self._whole = min(self._whole, kept)
        self.last = self.y[-1] if self.y else None
        self.count += 1

    def _keep(self, points: list[Point]) -> None:
        """In place of all that is not thinned yet."""
        del self.x[self._whole :], self.y[self._whole :]
        self.x += [x for x, _ in points]
        self.y += [y for _, y in points]
        self._whole = len(self.x)

    def _thin(self) -> None:
        points = list(zip(self.x, self.y, strict=True))
        groups = [points[start : start + _GROUP] for start in range(0, len(points), _GROUP)]
        self._whole = 0
        self._keep([point for group in groups for point in _extremes(group)])
        self._stretch = max(_GROUP, 2 * self._stretch)


def _extremes(points: list[Point]) -> list[Point]:
    """The lowest and the highest in their order; what is no number counts as highest, so that it shows."""
    lowest, highest = min(points, key=_height), max(points, key=_height)
    return [lowest] if lowest is highest else sorted((lowest, highest), key=lambda point: point[0])


def _height(point: Point) -> float:
    return math.inf if math.isnan(point[1]) else point[1]

"""One curve that may grow for ever, whole: it is thinned only where it is drawn (see `thinning`)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

Series = npt.NDArray[np.float64]
_ROOM: Final = 256  # points for which there is room at first


class Curve:
    """Points by rising ``x``, which counts epochs: 1.5 is the middle of the second one."""

    def __init__(self) -> None:
        self._points: Series = np.empty((2, _ROOM))
        self._length = 0
        self.version = 0  # grows with every change
        self.cuts = 0  # how often points were taken away

    def __len__(self) -> int:
        return self._length

    @property
    def x(self) -> Series:
        return self._points[0, : self._length]

    @property
    def y(self) -> Series:
        return self._points[1, : self._length]

    @property
    def last(self) -> float | None:
        return float(self._points[1, self._length - 1]) if self._length else None

    def add(self, x: float, y: float) -> None:
        self._make_room(1)
        self._points[:, self._length] = x, y
        self._length += 1
        self.version += 1

    def extend(self, x: Any, y: Any) -> None:
        """Many points at once, or one number for all of their ``x``."""
        self._make_room(len(y))
        part = slice(self._length, self._length + len(y))
        self._points[0, part], self._points[1, part] = x, y
        self._length += len(y)
        self.version += 1

    def near(self, x: float) -> float | None:
        """The value of the point that is nearest to ``x``."""
        if not self._length:
            return None
        after = min(int(np.searchsorted(self.x, x)), self._length - 1)
        before = max(0, after - 1)
        return float(self.y[before if x - self.x[before] < self.x[after] - x else after])

    def cut(self, x: float) -> None:
        """Takes away what lies behind ``x``: training goes on from there."""
        kept = int(np.searchsorted(self.x, x + 1e-9))
        self.cuts += kept < self._length
        self._length = kept
        self.version += 1

    @classmethod
    def of(cls, x: Any, y: Any) -> Curve:
        """A curve of points that are all there."""
        curve = cls()
        curve.extend(x, y)
        return curve

    def _make_room(self, count: int) -> None:
        """By doubling, so that each point is copied about once."""
        needed, room = self._length + count, self._points.shape[1]
        if needed > room:
            grown = np.empty((2, max(needed, 2 * room)))
            grown[:, : self._length] = self._points[:, : self._length]
            self._points = grown

"""What becomes of a curve before it is drawn: thinned to the columns of the screen, and smoothed."""

from __future__ import annotations

from typing import Final

import numpy as np

from app.plots.curve import Curve, Series

PER_COLUMN: Final = 4  # first, lowest, highest, last: what a column of pixels shows of any number of points
_BLOCK: Final = 256  # points that are smoothed by one product of matrices


def in_view(x: Series, low: float, high: float) -> slice:
    """The points from ``low`` to ``high`` and one more at each side, so that lines reach the edges."""
    first, after = np.searchsorted(x, low, "left"), np.searchsorted(x, high, "right")
    return slice(max(0, int(first) - 1), min(len(x), int(after) + 1))


def thinned(x: Series, y: Series, low: float, high: float, columns: int) -> tuple[Series, Series]:
    """At most four points for each column between ``low`` and ``high``: they cover the same pixels as all points.

    What is not finite is no height; a column of nothing else is a gap.
    """
    part = in_view(x, low, high)
    x, y = x[part], y[part]
    if not np.isfinite(y).all():
        y = np.where(np.isfinite(y), y, np.nan)
    if len(x) <= PER_COLUMN * columns:
        return x, y
    starts = np.unique(np.searchsorted(x, np.linspace(low, high, columns + 1)))
    starts = starts[starts < len(x)]
    starts = starts if starts[0] == 0 else np.concatenate([[0], starts])
    ends = np.append(starts[1:], len(x)) - 1
    lowest, highest = np.fmin.reduceat(y, starts), np.fmax.reduceat(y, starts)
    heights = np.stack([y[starts], lowest, highest, y[ends]], axis=1)
    heights = np.where(np.isnan(heights), lowest[:, None], heights)
    places = np.repeat(x[starts], PER_COLUMN).reshape(-1, PER_COLUMN)
    places[:, -1] = x[ends]
    return places.ravel(), heights.ravel()


class Smoothed:
    """The running mean of a curve whose weights fall by ``keep`` (0 to 1) from point to point, free of the bias of its
    start: ``s[t] = sum(keep**(t-i) * y[i]) / sum(keep**(t-i))`` over all ``i <= t``, as of Adam's moments.

    What is not finite is left out of the sums, and is a gap. As a curve grows only what is new is computed.
    """

    def __init__(self, curve: Curve, keep: float) -> None:
        self.curve, self.keep = curve, keep
        age = np.arange(_BLOCK)[:, None] - np.arange(_BLOCK)[None, :]
        self._shares = np.where(age >= 0, keep ** np.maximum(age, 0), 0.0).T
        self._fading = keep ** np.arange(1.0, _BLOCK + 1)
        self._sum = self._weight = 0.0
        self._means, self._cuts = Curve(), curve.cuts

    def values(self) -> Series:
        """As many as the curve has points."""
        if self._cuts != self.curve.cuts:
            self._sum = self._weight = 0.0
            self._means, self._cuts = Curve(), self.curve.cuts
        fresh = self.curve.y[len(self._means) :]
        if len(fresh):
            there = np.isfinite(fresh)
            self._sum, sums = self._decaying(np.where(there, fresh, 0.0), self._sum)
            self._weight, weights = self._decaying(there.astype(np.float64), self._weight)
            with np.errstate(invalid="ignore", divide="ignore"):
                self._means.extend(0.0, np.where(there, sums / weights, np.nan))
        return self._means.y

    def _decaying(self, y: Series, carried: float) -> tuple[float, Series]:
        """``s[t] = keep * s[t-1] + y[t]``, block by block: within a block as one product. Also the last one."""
        padded = np.zeros((-(-len(y) // _BLOCK), _BLOCK))
        padded.ravel()[: len(y)] = y
        sums = padded @ self._shares
        for row in sums:
            row += self._fading * carried
            carried = row[-1]
        result: Series = sums.ravel()[: len(y)]
        return float(result[-1]), result

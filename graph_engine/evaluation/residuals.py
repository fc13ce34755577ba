"""Errors of predicted numbers: their size, how they are spread, and prediction over truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
BINS: Final = 31  # odd, so that one of them lies around 0
MOST_POINTS: Final = 1000


@dataclass(frozen=True, slots=True)
class Residuals:
    """Residuals are predicted - true, in the data's own terms. ``edges`` has one more than ``counts``.

    ``true`` and ``predicted``: at most 1,000 entries, evenly taken, and the ``rows`` they belong to.
    """

    mean_absolute_error: float
    root_mean_squared_error: float
    bias: float
    r2: float
    edges: Array
    counts: Array
    true: Array
    predicted: Array
    rows: Array


def residuals_of(true: Array, predicted: Array, rows: Array) -> Residuals:
    """All (entries,). R2 = 1 - squared errors / squares around the mean; NaN where the truth never varies."""
    errors = predicted - true
    squares = float(np.sum((true - true.mean()) ** 2))
    reach = float(np.max(np.abs(errors))) or 1.0
    counts, edges = np.histogram(errors, BINS, (-reach, reach))
    kept = np.unique(np.linspace(0, len(true) - 1, min(len(true), MOST_POINTS)).round().astype(int))
    return Residuals(
        mean_absolute_error=float(np.mean(np.abs(errors))),
        root_mean_squared_error=float(np.sqrt(np.mean(errors**2))),
        bias=float(np.mean(errors)),
        r2=1.0 - float(np.sum(errors**2)) / squares if squares else float("nan"),
        edges=edges,
        counts=counts,
        true=true[kept],
        predicted=predicted[kept],
        rows=rows[kept],
    )

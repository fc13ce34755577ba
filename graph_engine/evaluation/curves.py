"""ROC and precision-recall curves: every threshold at once (T. Fawcett, "An introduction to ROC analysis", 2006)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
MOST_POINTS: Final = 200  # of a curve that is shown: an eye sees no more


@dataclass(frozen=True, slots=True)
class Curve:
    """``x`` and ``y`` from left to right. ``area``: under the ROC curve, or the average precision."""

    name: str
    x: Array
    y: Array
    area: float


def roc(true: Array, scores: Array, name: str = "") -> Curve | None:
    """True positive rate over false positive rate; None where only one of the two answers is ever true.

    ``true``: booleans (entries,); ``scores``: higher means yes. The area is the trapezoids', so that entries with
    one score count half.
    """
    hits, claims = _cumulated(true, scores)
    positives, negatives = int(true.sum()), int((~true).sum())
    if not positives or not negatives:
        return None
    x = np.concatenate([[0.0], (claims - hits) / negatives])
    y = np.concatenate([[0.0], hits / positives])
    return Curve(name, *_thinned(x, y), float(np.trapezoid(y, x)))


def precision_recall(true: Array, scores: Array, name: str = "") -> Curve | None:
    """Precision over recall; None where nothing is true. The area is the average precision, without interpolation:
    the sum of precision times the recall won at each threshold (as scikit-learn's ``average_precision_score``)."""
    positives = int(true.sum())
    if not positives:
        return None
    hits, claims = _cumulated(true, scores)
    recall, precision = hits / positives, hits / claims
    area = float(np.sum(np.diff(recall, prepend=0.0) * precision))
    x, y = np.concatenate([[0.0], recall]), np.concatenate([precision[:1], precision])
    return Curve(name, *_thinned(x, y), area)


def _cumulated(true: Array, scores: Array) -> tuple[Array, Array]:
    """Right claims, and all claims, at every threshold from the highest down; equal scores are one threshold."""
    order = np.argsort(-scores, kind="stable")
    last = np.flatnonzero(np.diff(scores[order], append=np.nan) != 0)
    return np.cumsum(true[order])[last], last + 1


def _thinned(x: Array, y: Array) -> tuple[Array, Array]:
    if len(x) <= MOST_POINTS:
        return x, y
    kept = np.unique(np.linspace(0, len(x) - 1, MOST_POINTS).round().astype(int))
    return x[kept], y[kept]

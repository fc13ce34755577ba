"""Right and wrong by class: the confusion matrix, and what follows from it.

Formulas: M. Sokolova and G. Lapalme, "A systematic analysis of performance measures for classification tasks",
Information Processing & Management 45 (2009). A ratio without cases is 0, as in scikit-learn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class ClassScore:
    """One class, or one label, against all others. ``support``: how often it is true."""

    name: str
    support: int
    precision: float
    recall: float
    f1: float


def confusion_matrix(true: Array, predicted: Array, classes: int) -> Array:
    """Counts by (true, predicted), int64, ``classes`` squared. Both are class ids from 0."""
    return np.bincount(true * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def accuracy(matrix: Array) -> float:
    """Share on the diagonal; 0 where there is nothing."""
    return float(np.trace(matrix) / max(1, matrix.sum()))


def class_scores(matrix: Array, names: Sequence[str]) -> tuple[ClassScore, ...]:
    """Precision, recall and F1 of every class of a confusion matrix."""
    return _scores(np.diag(matrix), matrix.sum(axis=0), matrix.sum(axis=1), names)


def label_scores(true: Array, predicted: Array, names: Sequence[str]) -> tuple[ClassScore, ...]:
    """The same for labels that are on or off, each by itself: booleans (entries, labels)."""
    return _scores((true & predicted).sum(axis=0), predicted.sum(axis=0), true.sum(axis=0), names)


def _scores(right: Array, said: Array, there: Array, names: Sequence[str]) -> tuple[ClassScore, ...]:
    found = []
    for index, name in enumerate(names):
        hits, claims, support = (int(counts[index]) for counts in (right, said, there))
        f1 = 2 * hits / (claims + support) if claims + support else 0.0
        found.append(ClassScore(name, support, hits / max(1, claims), hits / max(1, support), f1))
    return tuple(found)

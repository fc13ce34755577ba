"""What is to be said about a head, and about all of them: plain records, ready to be shown or written as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from graph_engine.evaluation.calibration import Reliability, reliability
from graph_engine.evaluation.classes import (
    ClassScore,
    accuracy,
    class_scores,
    confusion_matrix,
    label_scores,
)
from graph_engine.evaluation.curves import Curve, precision_recall, roc
from graph_engine.evaluation.groups import GroupError, group_errors
from graph_engine.evaluation.judging import Judged
from graph_engine.evaluation.kinds import Kind
from graph_engine.evaluation.residuals import Residuals, residuals_of
from graph_engine.params import JSON

Array = npt.NDArray[Any]
MOST_CURVES: Final = 20  # classes with a curve of their own: those that are most often true


@dataclass(frozen=True, slots=True)
class HeadReport:
    """``accuracy`` is the share of right entries (labels: all of an entry's), NaN for numbers.

    ``matrix``: counts by (true, predicted), None for labels and numbers. ``groups`` by the values of a column.
    """

    head: str
    kind: Kind
    rows: int
    entries: int
    loss: float
    names: tuple[str, ...] = ()
    accuracy: float = math.nan
    matrix: Array | None = None
    classes: tuple[ClassScore, ...] = ()
    roc: tuple[Curve, ...] = ()
    precision_recall: tuple[Curve, ...] = ()
    reliability: Reliability | None = None
    residuals: Residuals | None = None
    groups: tuple[GroupError, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """``about``: which rows, in words; ``logs``: losses and metrics as training logs them."""

    about: str
    rows: int
    logs: Mapping[str, float]
    heads: tuple[HeadReport, ...]

    def as_json(self) -> JSON:
        """Arrays as lists, NaN as null."""
        return plain(asdict(self))


def head_report(judged: Judged, column: Array | None = None) -> HeadReport:
    """``column``: a value for every row, whose groups are to be told apart."""
    rows = len(np.unique(judged.rows))
    loss = float(judged.losses.mean()) if len(judged.losses) else math.nan
    groups = () if column is None else group_errors(judged, column)
    common: dict[str, Any] = {"rows": rows, "entries": len(judged.true), "loss": loss, "groups": groups}
    if not len(judged.true):
        return HeadReport(judged.head, judged.kind, names=judged.names, **common)
    if judged.kind == "numbers":
        residuals = residuals_of(judged.true, judged.scores, judged.rows)
        return HeadReport(judged.head, judged.kind, residuals=residuals, **common)
    return HeadReport(judged.head, judged.kind, names=judged.names, **common, **_of_classes(judged))


def _of_classes(judged: Judged) -> dict[str, Any]:
    if judged.kind == "labels":
        matrix, scores = None, label_scores(judged.true, judged.predicted, judged.names)
    else:
        matrix = confusion_matrix(judged.true, judged.predicted, len(judged.names))
        scores = class_scores(matrix, judged.names)
    return {
        "accuracy": float(judged.right.mean()) if matrix is None else accuracy(matrix),
        "matrix": matrix,
        "classes": scores,
        "roc": _curves(judged, scores, roc),
        "precision_recall": _curves(judged, scores, precision_recall),
        "reliability": reliability(judged.confidence, judged.right) if judged.is_probability else None,
    }


def _curves(judged: Judged, scores: tuple[ClassScore, ...], curve: Any) -> tuple[Curve, ...]:
    """One against the rest; of a binary head that of its second class."""
    order = sorted(range(len(scores)), key=lambda index: -scores[index].support)[:MOST_CURVES]
    chosen = [1] if judged.kind == "binary" else sorted(order)
    found = []
    for index in chosen:
        true = judged.true[:, index] if judged.kind == "labels" else judged.true == index
        found.append(curve(true, judged.scores[:, index], judged.names[index]))
    return tuple(each for each in found if each is not None)


def plain(value: Any) -> JSON:
    """Anything of a report as JSON."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    return None if isinstance(value, float) and not math.isfinite(value) else value

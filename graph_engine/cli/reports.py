"""A report as plain text, for a terminal."""

from __future__ import annotations

import math
from typing import Final

from graph_engine.evaluation import HeadReport, Report
from graph_engine.model.tables import table

_WIDEST: Final = 12  # classes whose confusion matrix still fits a terminal


def printed(report: Report) -> str:
    """All heads, one after the other."""
    logs = table(
        ("metric", "value"), [(name, f"{value:.6g}") for name, value in report.logs.items()], right=(1,)
    )
    return "\n\n".join([f"on {report.about}", logs, *(_head(head) for head in report.heads)])


def _head(head: HeadReport) -> str:
    parts = [f"{head.head} ({_SAID[head.kind]}, {head.entries:,} entries, loss {head.loss:.4g})"]
    if head.residuals is not None:
        found = head.residuals
        parts.append(
            f"mean absolute error {found.mean_absolute_error:.4g}, root mean squared error "
            f"{found.root_mean_squared_error:.4g}, bias {found.bias:.4g}, R2 {_number(found.r2)}"
        )
    if head.classes:
        parts.append(f"accuracy {head.accuracy:.4g}" + _calibrated(head))
        parts.append(_classes(head))
    if head.matrix is not None and len(head.names) <= _WIDEST:
        rows = [
            (f"true {name}", *map(str, counts))
            for name, counts in zip(head.names, head.matrix.tolist(), strict=True)
        ]
        parts.append(table(("", *head.names), rows, right=range(1, len(head.names) + 1)))
    if head.groups:
        value = "right" if head.classes else "error"
        groups = [
            (group.name, f"{group.rows:,}", f"{group.loss:.4g}", f"{group.value:.4g}")
            for group in head.groups
        ]
        parts.append(table(("group", "rows", "loss", value), groups, right=(1, 2, 3)))
    return "\n".join(parts)


def _calibrated(head: HeadReport) -> str:
    return "" if head.reliability is None else f", calibration error {head.reliability.error:.4g}"


def _classes(head: HeadReport) -> str:
    areas = {curve.name: curve.area for curve in head.roc}
    rows = [
        (
            each.name,
            f"{each.support:,}",
            *(f"{value:.3f}" for value in (each.precision, each.recall, each.f1)),
            f"{areas[each.name]:.3f}" if each.name in areas else "",
        )
        for each in head.classes
    ]
    return table(("class", "true", "precision", "recall", "F1", "ROC area"), rows, right=range(1, 6))


def _number(value: float) -> str:
    return "unknown" if math.isnan(value) else f"{value:.4g}"


_SAID: Final = {
    "binary": "one of two",
    "classes": "one of several",
    "labels": "several at once",
    "numbers": "numbers",
}

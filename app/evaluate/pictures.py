"""A head's report as pictures: which there are, and what is in them. No widgets."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from app.widgets.chart import Picture, Series

MOST_LINES: Final = 8
Head = Mapping[str, Any]


def views_of(head: Head) -> list[str]:
    """Names of the views that the head has something for, the most telling first."""
    there = {
        "Confusion": head["matrix"] is not None,
        "Predicted and true": head["residuals"] is not None,
        "Residuals": head["residuals"] is not None,
        "Classes": bool(head["classes"]),
        "ROC": bool(head["roc"]),
        "Precision and recall": bool(head["precision_recall"]),
        "Calibration": head["reliability"] is not None,
        "Groups": True,
    }
    return [name for name, given in there.items() if given]


def picture_of(view: str, head: Head) -> Picture:
    """The chart of a view."""
    return _PICTURES[view](head)


def facts_of(head: Head) -> list[tuple[str, str]]:
    """The few numbers that matter most, by name."""
    facts = [("loss", _number(head["loss"]))]
    if head["residuals"]:
        found = head["residuals"]
        facts += [
            ("mean absolute error", _number(found["mean_absolute_error"])),
            ("root mean squared error", _number(found["root_mean_squared_error"])),
            ("bias", _number(found["bias"])),
            ("R2", _number(found["r2"])),
        ]
        return facts
    facts.insert(0, ("accuracy", _share(head["accuracy"])))
    areas = [curve["area"] for curve in head["roc"]]
    scores = [each["f1"] for each in head["classes"] if each["support"]]
    if areas:
        facts.append(("ROC area" if len(areas) == 1 else "mean ROC area", _number(sum(areas) / len(areas))))
    if scores:
        facts.append(("mean F1", _number(sum(scores) / len(scores))))
    if head["reliability"]:
        facts.append(("calibration error", _share(head["reliability"]["error"])))
    return facts


def _lines(curves: list[Mapping[str, Any]]) -> list[Series]:
    """The worst first: a plot of twenty lines shows none of them."""
    worst = sorted(curves, key=lambda curve: curve["area"])[:MOST_LINES]
    return [Series(f"{curve['name']} ({curve['area']:.3f})", curve["x"], curve["y"]) for curve in worst]


def _roc(head: Head) -> Picture:
    chance = ((0.0, 0.0), (1.0, 1.0))
    return Picture(_lines(head["roc"]), "false positives", "true positives", compare=chance)


def _precision_recall(head: Head) -> Picture:
    return Picture(_lines(head["precision_recall"]), "recall", "precision")


def _calibration(head: Head) -> Picture:
    found = head["reliability"]
    full = [
        (mean, share, count)
        for mean, share, count in zip(found["confidence"], found["accuracy"], found["counts"], strict=True)
        if count
    ]
    means, shares = [mean for mean, _, _ in full], [share for _, share, _ in full]
    notes = [f"{mean:.0%} sure, {share:.0%} right: {count:,} answers" for mean, share, count in full]
    series = [Series("", means, shares, "points", notes), Series("", means, shares, "line", notes)]
    return Picture(series, "confidence", "share that is right", compare=((0.0, 0.0), (1.0, 1.0)))


def _residuals(head: Head) -> Picture:
    found = head["residuals"]
    edges, counts = found["edges"], found["counts"]
    middles = [(low + high) / 2 for low, high in pairwise(edges)]
    notes = [
        f"{count:,} off by {low:.3g} to {high:.3g}"
        for count, (low, high) in zip(counts, pairwise(edges), strict=True)
    ]
    top = max(counts) * 1.05 or 1.0
    series = [Series("", middles, counts, "bars", notes)]
    return Picture(
        series, "predicted less true", "entries", (edges[0], edges[-1]), (0.0, top), ((0, 0), (0, top))
    )


def _predicted(head: Head) -> Picture:
    found = head["residuals"]
    true, predicted = found["true"], found["predicted"]
    low, high = min(*true, *predicted), max(*true, *predicted)
    room = 0.04 * (high - low) or 1.0
    reach = (low - room, high + room)
    notes = [f"true {a:.4g}, predicted {b:.4g}" for a, b in zip(true, predicted, strict=True)]
    series = [Series("", true, predicted, "points", notes)]
    ends = ((reach[0], reach[0]), (reach[1], reach[1]))
    return Picture(series, "true", "predicted", reach, reach, ends, picks=found["rows"])


_PICTURES: Final = {
    "ROC": _roc,
    "Precision and recall": _precision_recall,
    "Calibration": _calibration,
    "Residuals": _residuals,
    "Predicted and true": _predicted,
}


def _number(value: float | None) -> str:
    if value is None:
        return "unknown"
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.3g}"


def _share(value: float | None) -> str:
    return "unknown" if value is None else f"{100 * value:.3g} %"

"""How many times as long the peers take: case by case, at their best, and as geometric means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import geometric_mean
from typing import Any, Final

OURS: Final = "layerloom"
BESTS: Final = {"best_torch": "torch", "best": ""}  # the best of the peers whose names begin so
KEYS: Final = ("min", "median")

Ratios = dict[str, dict[str, float]]


def ratios(found: Mapping[str, Any]) -> Ratios:
    """By peer, and by the best of several: theirs through ours, of the least and of the median time.

    ``found``: the figures of every contestant on one case; where ours did not run, there are no ratios.
    """
    if OURS not in found:
        return {}
    mine = found[OURS]
    of = {who: {key: one[key] / mine[key] for key in KEYS} for who, one in found.items() if who != OURS}
    bests = {best: [of[who] for who in of if who.startswith(start)] for best, start in BESTS.items()}
    return of | {
        best: {key: min(one[key] for one in those) for key in KEYS} for best, those in bests.items() if those
    }


def means(cases: Iterable[Ratios]) -> Ratios:
    """Geometric means over the cases that each peer ran on, and the ``least`` of its ratios of least times."""
    columns: dict[str, list[dict[str, float]]] = {}
    for case in cases:
        for who, one in case.items():
            columns.setdefault(who, []).append(one)
    return {
        who: {key: geometric_mean(one[key] for one in column) for key in KEYS}
        | {"least": min(one["min"] for one in column), "cases": len(column)}
        for who, column in columns.items()
    }

"""The error of each group of rows: a model that is good on the whole may be bad for some."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from graph_engine.evaluation.judging import Judged

Array = npt.NDArray[Any]
MOST: Final = 12  # different numbers that are still groups by themselves
_PARTS: Final = 4
_MOST_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class GroupError:
    """``value``: the share that is right, or the mean absolute error of numbers."""

    name: str
    rows: int
    loss: float
    value: float


def group_errors(judged: Judged, column: Array) -> tuple[GroupError, ...]:
    """By the values of a column, one for each row; numbers of many values in quarters. Worst loss first."""
    names, group_of_row = groups_of(column)
    group = group_of_row[judged.rows]
    value = np.abs(judged.scores - judged.true) if judged.kind == "numbers" else judged.right
    found = []
    for index, name in enumerate(names):
        members = group == index
        if members.any():
            rows = len(np.unique(judged.rows[members]))
            found.append(
                GroupError(name, rows, float(judged.losses[members].mean()), float(value[members].mean()))
            )
    return tuple(sorted(found, key=lambda each: -each.loss)[:_MOST_SHOWN])


def groups_of(column: Array) -> tuple[list[str], Array]:
    """Names of the groups, and the group of each row; missing numbers are a group of their own."""
    values, index = np.unique(column, return_inverse=True)
    if column.dtype.kind != "f" and (column.dtype.kind not in "iu" or len(values) <= MOST):
        return [str(value) for value in values.tolist()], index.reshape(-1)
    known = column[~np.isnan(column.astype(np.float64))]
    if len(np.unique(known)) <= MOST:
        return [f"{value:g}" for value in values.tolist()], index.reshape(-1)
    edges = np.unique(np.quantile(known, np.linspace(0, 1, _PARTS + 1)))
    names = [f"{low:.4g} to {high:.4g}" for low, high in pairwise(edges)]
    group = np.clip(np.searchsorted(edges, column, side="right") - 1, 0, len(names) - 1)
    missing = np.isnan(column.astype(np.float64))
    return [*names, "missing"], np.where(missing, len(names), group)

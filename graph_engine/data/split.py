"""Which rows train and which validate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from graph_engine.data.dates import date_order, moments
from graph_engine.data.errors import DataError
from graph_engine.document import Split

Rows = npt.NDArray[np.int64]
MOST_CLASSES: Final = 1000


def split_rows(
    split: Split,
    rows: int,
    labels: npt.NDArray[Any] | None = None,
    parting: npt.NDArray[Any] | None = None,
) -> tuple[Rows, Rows]:
    """Training and validation rows, each in rising order.

    ``labels`` is what a stratified split balances, ``parting`` the column that one by group, time or mark goes by.
    """
    if split.kind not in KINDS:
        raise DataError(f"there is no split {split.kind!r}; there are {', '.join(KINDS)}")
    if not 0.0 <= split.validation < 1.0:
        raise DataError(f"the validation part must be at least 0 and less than 1, got {split.validation:g}")
    by = parting if split.kind in BY_COLUMN else labels
    if split.kind in BY_COLUMN and (by is None or by.ndim != 1):
        raise DataError(f"rows are parted by {split.kind}: choose a column with one value per row to go by")
    chosen = KINDS[split.kind](split, rows, by) if split.validation else np.zeros(rows, bool)
    if rows and (chosen.all() or (split.validation and not chosen.any())):
        raise DataError(
            f"{rows} rows cannot be parted into training and {split.validation:.0%} validation: "
            "one of the two would be empty"
        )
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)


def _last(split: Split, rows: int, labels: npt.NDArray[Any] | None) -> npt.NDArray[np.bool_]:
    """The last rows validate, as with Keras' ``validation_split``."""
    return np.arange(rows) >= rows - _share(rows, split)


def _random(split: Split, rows: int, labels: npt.NDArray[Any] | None) -> npt.NDArray[np.bool_]:
    chosen = np.zeros(rows, bool)
    chosen[_rng(split).permutation(rows)[: _share(rows, split)]] = True
    return chosen


def _stratified(split: Split, rows: int, labels: npt.NDArray[Any] | None) -> npt.NDArray[np.bool_]:
    """The same share of every class, so that rare ones are on both sides."""
    if labels is None or labels.ndim != 1:
        raise DataError("a stratified split needs an output whose target is one class per row")
    classes, index = np.unique(labels, return_inverse=True)
    if len(classes) > MOST_CLASSES:
        raise DataError(
            f"a stratified split needs classes, but the target has {len(classes)} different values"
        )
    chosen = np.zeros(rows, bool)
    rng = _rng(split)
    for number in range(len(classes)):
        members = rng.permutation(np.flatnonzero(index == number))
        chosen[members[: _share(len(members), split)]] = True
    return chosen


def _by_group(split: Split, rows: int, groups: npt.NDArray[Any] | None) -> npt.NDArray[np.bool_]:
    """Whole groups, such as all rows of one patient, until the share is reached."""
    assert groups is not None, "asked for by name"
    values, index, counts = np.unique(groups, return_inverse=True, return_counts=True)
    order = _rng(split).permutation(len(values))
    before = np.cumsum(counts[order]) - counts[order]
    return np.isin(index, order[before < _share(rows, split)])


def _by_time(split: Split, rows: int, times: npt.NDArray[Any] | None) -> npt.NDArray[np.bool_]:
    """The latest rows validate: a model that is to foretell must not have seen what comes after."""
    assert times is not None, "asked for by name"
    if times.dtype.kind == "U":
        order = date_order(times)
        if order is None:
            raise DataError(
                "rows are parted by time, but the column that was chosen holds no dates or numbers"
            )
        times = moments(times, order)
    late = np.argsort(times, kind="stable")[rows - _share(rows, split) :]
    chosen = np.zeros(rows, bool)
    chosen[late] = True
    return chosen


def _by_mark(split: Split, rows: int, marks: npt.NDArray[Any] | None) -> npt.NDArray[np.bool_]:
    """Rows that are marked: by a number that is not 0, or a word such as ``validation`` or ``test``."""
    assert marks is not None, "asked for by name"
    if marks.dtype.kind != "U":
        return np.asarray(np.nan_to_num(marks.astype(np.float64)) != 0)
    return np.isin(np.char.lower(marks), MARKS)


MARKS: Final = ("validation", "valid", "val", "test", "dev", "yes", "true", "1")
BY_COLUMN: Final = ("group", "time", "mark")
KINDS: Final[Mapping[str, Callable[[Split, int, npt.NDArray[Any] | None], npt.NDArray[np.bool_]]]] = {
    "random": _random,
    "stratified": _stratified,
    "last": _last,
    "group": _by_group,
    "time": _by_time,
    "mark": _by_mark,
}


def _share(rows: int, split: Split) -> int:
    return round(rows * split.validation)


def _rng(split: Split) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(split.seed))

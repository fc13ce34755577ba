"""Which rows train and which validate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from graph_engine.data.errors import DataError
from graph_engine.document import Split

Rows = npt.NDArray[np.int64]
MOST_CLASSES: Final = 1000


def split_rows(split: Split, rows: int, labels: npt.NDArray[Any] | None = None) -> tuple[Rows, Rows]:
    """Training and validation rows, each in rising order. ``labels`` is what a stratified split balances."""
    if split.kind not in KINDS:
        raise DataError(f"there is no split {split.kind!r}; there are {', '.join(KINDS)}")
    if not 0.0 <= split.validation < 1.0:
        raise DataError(f"the validation part must be at least 0 and less than 1, got {split.validation:g}")
    chosen = KINDS[split.kind](split, rows, labels) if split.validation else np.zeros(rows, bool)
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


KINDS: Final[Mapping[str, Callable[[Split, int, npt.NDArray[Any] | None], npt.NDArray[np.bool_]]]] = {
    "random": _random,
    "stratified": _stratified,
    "last": _last,
}


def _share(rows: int, split: Split) -> int:
    return round(rows * split.validation)


def _rng(split: Split) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(split.seed))

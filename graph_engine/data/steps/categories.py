"""Steps for categories: words, or numbers that are names."""

from __future__ import annotations

from typing import Any

import numpy as np

from graph_engine.data.errors import DataError
from graph_engine.data.steps.base import Array, Step
from graph_engine.params import JSON, choice, text


class _Categorical(Step):
    """Base: the categories of each column, from the training rows."""

    order: str | None = text(
        None, optional=True, help="The categories in order, separated by commas; none: sorted, from the data."
    )

    def fit(self, array: Array) -> JSON:
        columns = _as_columns(array)
        if self.order is not None:
            return {"categories": [[word.strip() for word in self.order.split(",")]] * columns.shape[1]}
        return {"categories": [_sorted(np.unique(column)) for column in columns.T]}

    def positions(self, array: Array, state: JSON) -> Array:
        """Position of each value among its column's categories; their number where it is unknown."""
        columns = _as_columns(array)
        categories = state["categories"]
        if columns.shape[1] != len(categories):
            raise DataError(
                f"{type(self).__name__} knows {len(categories)} columns, but was given {columns.shape[1]}"
            )
        found = [_positions(column, known) for column, known in zip(columns.T, categories, strict=True)]
        return np.stack(found, axis=1)


class CategoryIds(_Categorical):
    """Whole numbers from 0 for categories; columns share one range, so that one Embedding holds all."""

    title = "Category ids"
    unknown: str = choice(
        "error",
        ("error", "extra id", "missing"),
        help="A category the training rows lack: an error, the id after the last one, or a missing value (-1).",
    )

    def apply(self, array: Array, state: JSON) -> Array:
        positions, sizes = self.positions(array, state), _sizes(state)
        unknown = positions == sizes
        if self.unknown == "error":
            _require_known(self, _as_columns(array), unknown)
        ids = positions + _offsets(sizes)
        ids[unknown] = -1 if self.unknown == "missing" else sizes.sum()
        return ids.reshape(array.shape).astype(np.int64)

    def invert(self, array: Array, state: JSON) -> Array:
        """Categories of ids; ids out of range become the empty word."""
        ids = _as_columns(array).astype(np.int64) - _offsets(_sizes(state))
        found = [_names(column, known) for column, known in zip(ids.T, state["categories"], strict=True)]
        return np.stack(found, axis=1).reshape(array.shape)


class OneHot(_Categorical):
    """A column of 0 and 1 for each category."""

    title = "One-hot"
    unknown: str = choice(
        "error", ("error", "zeros"), help="A category the training rows lack: an error, or zeros everywhere."
    )

    def apply(self, array: Array, state: JSON) -> Array:
        positions, sizes = self.positions(array, state), _sizes(state)
        if self.unknown == "error":
            _require_known(self, _as_columns(array), positions == sizes)
        parts = [column[:, None] == np.arange(size) for column, size in zip(positions.T, sizes, strict=True)]
        return np.concatenate(parts, axis=1).astype(np.float32)

    def invert(self, array: Array, state: JSON) -> Array:
        """The category with the largest value in each group of columns: probabilities become names."""
        ends = np.cumsum(_sizes(state))[:-1]
        groups = np.split(array, ends, axis=-1)
        found = [
            _names(group.argmax(axis=-1), known)
            for group, known in zip(groups, state["categories"], strict=True)
        ]
        return found[0] if len(found) == 1 else np.stack(found, axis=-1)


def _as_columns(array: Array) -> Array:
    if array.ndim > 2:
        raise DataError(
            f"categories are one value per row and column, but each row has shape {array.shape[1:]}"
        )
    array = np.asarray(array)
    return array.reshape(len(array), -1) if len(array) else array.reshape(0, *array.shape[1:] or (1,))


def _sorted(values: Array) -> list[Any]:
    return [value for value in values.tolist() if value == value]  # NaN is no category


def _positions(column: Array, known: list[Any]) -> Array:
    index = {category: position for position, category in enumerate(known)}
    values, inverse = np.unique(column, return_inverse=True)
    if known and isinstance(known[0], str) and column.dtype.kind != "U":
        index = {_number(category): position for category, position in index.items()}
    positions = np.array([index.get(value, len(known)) for value in values.tolist()], np.int64)
    return positions[inverse.reshape(-1)]


def _number(word: str) -> Any:
    try:
        return float(word)
    except ValueError:
        return word


def _names(positions: Array, known: list[Any]) -> Array:
    names = [str(category) for category in known] if isinstance(known[0], str) else known
    outside = (positions < 0) | (positions >= len(known))
    found = np.array(names)[np.where(outside, 0, positions)]
    return np.where(outside, "", found) if found.dtype.kind == "U" else np.where(outside, np.nan, found)


def _sizes(state: JSON) -> Array:
    return np.array([len(known) for known in state["categories"]], np.int64)


def _offsets(sizes: Array) -> Array:
    return np.cumsum(sizes) - sizes


def _require_known(step: Step, columns: Array, unknown: Array) -> None:
    if unknown.any():
        row, column = np.argwhere(unknown)[0]
        raise DataError(
            f"{type(step).__name__}: {columns[row, column].item()!r} (row {row + 1}) is not among the categories "
            f"of the training rows, nor are {int(unknown.sum()) - 1} more; choose what 'unknown' stands for"
        )

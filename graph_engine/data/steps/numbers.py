"""Steps for numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np

from graph_engine.data.columns import pieces
from graph_engine.data.errors import DataError
from graph_engine.data.steps.base import Array, Step, require_numbers
from graph_engine.params import JSON, ParamError, choice, dims, number

_ROUNDING: Final = 1e-12


class Standardize(Step):
    """Mean 0 and standard deviation 1, by column. Missing values stay missing and do not count."""

    title = "Standardize"

    def fit(self, array: Array) -> JSON:
        count = _total(require_numbers(self, array), lambda columns: (~np.isnan(columns)).sum(axis=0))
        _require_some(self, count)
        mean = _total(array, lambda columns: np.nansum(columns, axis=0)) / count
        squares = _total(array, lambda columns: np.nansum((columns - mean) ** 2, axis=0))
        deviation = np.sqrt(squares / count)
        varies = deviation > _ROUNDING * np.abs(mean)  # a column of one value varies by what rounding leaves
        return {"mean": mean.tolist(), "deviation": np.where(varies, deviation, 1.0).tolist()}

    def apply(self, array: Array, state: JSON) -> Array:
        mean, deviation = _along_columns(array, state["mean"], state["deviation"])
        return (require_numbers(self, array) - mean) / deviation

    def invert(self, array: Array, state: JSON) -> Array:
        mean, deviation = _along_columns(array, state["mean"], state["deviation"])
        return array * deviation + mean


class MinMax(Step):
    """The training rows' smallest value becomes ``low``, the largest ``high``, by column."""

    title = "Scale to a range"
    low: float = number(0.0, help="What the smallest value becomes.")
    high: float = number(1.0, help="What the largest value becomes.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low >= self.high:
            raise ParamError(f"MinMax.low: must be less than high, got {self.low:g} and {self.high:g}")

    def fit(self, array: Array) -> JSON:
        smallest, largest = extremes(require_numbers(self, array))
        _require_some(self, ~np.isnan(smallest))
        span = np.where(largest > smallest, largest - smallest, 1.0)
        return {"smallest": smallest.tolist(), "span": span.tolist()}

    def apply(self, array: Array, state: JSON) -> Array:
        smallest, span = _along_columns(array, state["smallest"], state["span"])
        return (require_numbers(self, array) - smallest) / span * (self.high - self.low) + self.low

    def invert(self, array: Array, state: JSON) -> Array:
        smallest, span = _along_columns(array, state["smallest"], state["span"])
        return (array - self.low) / (self.high - self.low) * span + smallest


class Rescale(Step):
    """``x * scale + offset``."""

    title = "Rescale"
    scale: float = number(1.0, help="Factor.")
    offset: float = number(0.0, help="Added after the factor.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.scale == 0.0:
            raise ParamError("Rescale.scale: must not be 0")

    def apply(self, array: Array, state: JSON) -> Array:
        return require_numbers(self, array) * self.scale + self.offset

    def invert(self, array: Array, state: JSON) -> Array:
        return (array - self.offset) / self.scale


class Log1p(Step):
    """``log(1 + x)``: for amounts that span several powers of ten, such as prices."""

    title = "Logarithm"

    def apply(self, array: Array, state: JSON) -> Array:
        low = int((require_numbers(self, array) <= -1).sum())
        if low:
            raise DataError(f"Log1p needs values above -1, but {low} of {array.size} are not")
        return np.log1p(array.astype(np.float64))

    def invert(self, array: Array, state: JSON) -> Array:
        return np.expm1(array)


class Impute(Step):
    """Fills in missing values, by column."""

    title = "Fill in missing values"
    strategy: str = choice(
        "mean", ("mean", "median", "most frequent", "constant"), help="What stands for a missing value."
    )
    value: float = number(0.0, help="The constant.")

    def fit(self, array: Array) -> JSON:
        columns = _columns(np.asarray(require_numbers(self, array)))
        if self.strategy == "constant":
            return [self.value] * columns.shape[1]
        _require_some(self, (~np.isnan(columns)).sum(axis=0))
        return [self._value(column[~np.isnan(column)]) for column in columns.T]

    def apply(self, array: Array, state: JSON) -> Array:
        if require_numbers(self, array).dtype.kind != "f":
            return array
        (fill,) = _along_columns(array, state)
        return np.where(np.isnan(array), fill, array)

    def _value(self, present: Array) -> float:
        if self.strategy == "most frequent":
            values, counts = np.unique(present, return_counts=True)
            return float(values[counts.argmax()])
        return float(np.mean(present) if self.strategy == "mean" else np.median(present))


class Cast(Step):
    """Another type of number."""

    title = "Convert type"
    dtype: str = choice("float32", ("float32", "float64", "int32", "int64", "bool"), help="The type.")

    def apply(self, array: Array, state: JSON) -> Array:
        kind = np.dtype(self.dtype)
        gone = int(np.isnan(require_numbers(self, array)).sum()) if array.dtype.kind == "f" else 0
        if gone and kind.kind in "iub":
            raise DataError(f"Cast to {self.dtype}: {gone} values are missing; add Impute before it")
        return array.astype(kind)

    def invert(self, array: Array, state: JSON) -> Array:
        return array


class Reshape(Step):
    """Another shape per row; one size may be -1."""

    title = "Reshape"
    shape: tuple[int | None, ...] = dims((-1,), open_sizes=False, inferred=True, help="Shape of one row.")

    def fit(self, array: Array) -> JSON:
        return {"shape": list(array.shape[1:])}

    def apply(self, array: Array, state: JSON) -> Array:
        wanted = tuple(size for size in self.shape if size is not None)
        size, known = math.prod(array.shape[1:]), math.prod(abs(size) for size in wanted)
        fits = size % known == 0 if -1 in wanted else size == known
        if not fits or wanted.count(-1) > 1:
            raise DataError(f"Reshape: {array.shape[1:]} per row cannot become {wanted}")
        return array.reshape((len(array), *wanted)) if len(array) else array.reshape((0, *map(abs, wanted)))

    def invert(self, array: Array, state: JSON) -> Array:
        return array.reshape((len(array), *state["shape"]))


def _columns(array: Array) -> Array:
    """Every axis but the last in one; a column of scalars has one column."""
    flat = array.reshape(-1, array.shape[-1]) if array.ndim > 1 else array.reshape(-1, 1)
    return flat.astype(np.float64, copy=False)


def _total(array: Array, part: Callable[[Array], Array]) -> Array:
    """The sum over pieces of the rows of what ``part`` makes of their columns: memory need not hold all rows."""
    total: Array = np.sum([part(_columns(piece)) for piece in pieces(array)], axis=0)
    return total


def extremes(array: Array) -> tuple[Array, Array]:
    """The smallest and the largest value by column, NaN where it has none."""
    found = [
        (np.fmin.reduce(columns, axis=0, initial=np.nan), np.fmax.reduce(columns, axis=0, initial=np.nan))
        for columns in map(_columns, pieces(array))
    ]
    lowest, highest = zip(*found, strict=True)
    return np.fmin.reduce(lowest, axis=0), np.fmax.reduce(highest, axis=0)


def _along_columns(array: Array, *values: JSON) -> list[Array]:
    arrays = [np.asarray(value, np.float64) for value in values]
    return arrays if array.ndim > 1 else [value.reshape(()) for value in arrays]


def _require_some(step: Step, there: Array) -> None:
    """``there``: how many values each column has."""
    empty = np.flatnonzero(there == 0)
    if empty.size:
        raise DataError(f"{type(step).__name__}: column {empty[0] + 1} has no value in the training rows")

"""Whether an array fits what an Input or an Output's loss expects, and the one repair that is safe."""

from __future__ import annotations

import numpy as np

from graph_engine.data.columns import Column
from graph_engine.data.dataset import Array
from graph_engine.data.errors import DataError
from graph_engine.values import Shape, TensorSpec, shape_text


def fitted(array: Array, spec: TensorSpec, what: str, *, missing: bool = False) -> Array:
    """The array in the shape and dtype of ``spec``, its rows along the first axis.

    A rank that is off by one is repaired only where the axis too many or too few has size 1. Missing
    values (NaN) are refused unless ``missing`` allows them. Rows of a column are looked at when they are taken.
    """
    if isinstance(array, Column):
        return array.then(lambda rows, _numbers, _draw: fitted(rows, spec, what, missing=missing))
    if array.dtype.kind not in "biuf":
        raise DataError(
            f"{what} takes numbers, but its data holds words: add CategoryIds or OneHot to its steps"
        )
    rows = _repaired(array, spec.sample_shape)
    if rows is None:
        given = shape_text(array.shape[1:])
        raise DataError(f"{what} takes {shape_text(spec.sample_shape)} per row, but its data has {given}")
    if array.dtype.kind == "f" and not missing and (gone := int(np.isnan(array).sum())):
        raise DataError(f"{what}: {gone} of {array.size} values are missing (NaN): add Impute to its steps")
    return _converted(rows, spec, what)


def same_shape(given: Shape, expected: Shape) -> bool:
    return len(given) == len(expected) and all(
        theirs is None or mine == theirs for mine, theirs in zip(given, expected, strict=True)
    )


def _repaired(array: Array, expected: Shape) -> Array | None:
    given = array.shape[1:]
    if same_shape(given, expected):
        return array
    if same_shape((*given, 1), expected):
        return array[..., None]
    if given and given[-1] == 1 and same_shape(given[:-1], expected):
        return array[..., 0]
    return None


def _converted(array: Array, spec: TensorSpec, what: str) -> Array:
    whole = np.dtype(spec.dtype).kind in "iu"
    if whole and array.dtype.kind == "f" and (array != np.rint(array)).any():
        raise DataError(f"{what} takes whole numbers ({spec.dtype}), but its data has fractions or gaps")
    return array.astype(spec.dtype, copy=False)

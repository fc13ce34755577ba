"""Class weights as sample weights: rare classes count more (``class_weight`` of Keras' ``fit``), for any output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from graph_engine.data import DataError, Dataset
from graph_engine.kernels.program import Array
from graph_engine.values import TensorSpec


def class_weighted(
    dataset: Dataset, given: Any, active: Sequence[str], specs: Mapping[str, TensorSpec]
) -> Dataset:
    """The dataset with sample weights times the weight of each entry's class; classes not named weigh 1."""
    weights = dict(dataset.weights)
    for name, table in _by_output(given, active).items():
        if name not in dataset.targets:
            raise DataError(f"class_weight: output {name!r} has no target whose classes could be weighed")
        found = _weights(dataset.targets[name], table, specs[name])
        before = weights.get(name)
        weights[name] = found if before is None else _times(found, before)
    return Dataset(dataset.inputs, dataset.targets, weights)


def _by_output(given: Any, active: Sequence[str]) -> dict[str, dict[int, float]]:
    if not isinstance(given, Mapping):
        raise DataError(
            "class_weight: expected weights by class id, or such a mapping by output name, "
            f"got {type(given).__name__}"
        )
    nested = [name for name, value in given.items() if isinstance(value, Mapping)]
    names = ", ".join(map(repr, active))
    if nested:
        unknown = [name for name in given if name not in active]
        if unknown:
            raise DataError(
                f"class_weight: there is no output {unknown[0]!r} that is trained; there are {names}"
            )
        return {name: _table(value, f"class_weight of {name!r}") for name, value in given.items()}
    if len(active) != 1:
        raise DataError(f"class_weight: say of which output, by name; there are {names}")
    return {active[0]: _table(given, "class_weight")}


def _table(given: Any, what: str) -> dict[int, float]:
    if not isinstance(given, Mapping):
        raise DataError(f"{what}: expected weights by class id, got {given!r}")
    table = {}
    for key, value in given.items():
        if not isinstance(key, (int, np.integer)) or isinstance(key, bool) or key < 0:
            raise DataError(f"{what}: classes are whole numbers from 0, got {key!r}")
        if not isinstance(value, (int, float, np.floating, np.integer)) or not np.isfinite(value):
            raise DataError(f"{what}: the weight of class {key} is a finite number, got {value!r}")
        table[int(key)] = float(value)
    return table


def _weights(target: Array, table: Mapping[int, float], output: TensorSpec) -> Array:
    one_hot = target.ndim == output.rank and target.ndim > 1 and target.shape[-1] != 1
    classes = target.argmax(axis=-1) if one_hot else target
    if target.ndim > 1 and target.shape[-1] == 1:
        classes = target[..., 0]
    rounded = np.rint(np.nan_to_num(classes, nan=-1.0)).astype(np.int64)
    found = np.ones(rounded.shape)
    for class_id, weight in table.items():
        found[rounded == class_id] = weight
    return found


def _times(found: Array, before: Array) -> Array:
    if before.ndim > found.ndim and before.shape[-1] == 1:
        before = before[..., 0]
    rank = max(found.ndim, before.ndim)
    sides = [array.reshape(*array.shape, *(1,) * (rank - array.ndim)) for array in (found, before)]
    product: Array = sides[0] * sides[1]
    return product

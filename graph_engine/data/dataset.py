"""Named arrays with equal numbers of rows: what training, evaluation and prediction run on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from graph_engine.data.columns import Column, as_column, taken
from graph_engine.data.errors import DataError, closest

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Dataset:
    """Inputs by Input name; targets and sample weights by Output name. Rows are the first axis."""

    inputs: Mapping[str, Array]
    targets: Mapping[str, Array] = field(default_factory=dict)
    weights: Mapping[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lengths = {
            f"{kind} {name!r}": len(array) if array.ndim else -1
            for kind, arrays in (("input", self.inputs), ("target", self.targets), ("weights", self.weights))
            for name, array in arrays.items()
        }
        if len(set(lengths.values())) > 1 or -1 in lengths.values():
            listed = ", ".join(f"{name} has {_rows_text(length)}" for name, length in lengths.items())
            raise DataError(f"every array needs the same number of rows, but {listed}")

    def __len__(self) -> int:
        return next((len(array) for array in (*self.inputs.values(), *self.targets.values())), 0)

    def take(self, rows: npt.NDArray[np.int64] | slice) -> Dataset:
        """The dataset of some rows, in their order."""
        return Dataset(
            *({name: taken(array, rows) for name, array in arrays.items()} for arrays in self.parts)
        )

    @property
    def parts(self) -> tuple[Mapping[str, Array], Mapping[str, Array], Mapping[str, Array]]:
        return self.inputs, self.targets, self.weights


def named_arrays(value: Any, names: Sequence[str], what: str) -> dict[str, Array]:
    """Arrays by name from a mapping, a list in the order of ``names``, or the only array.

    Never by position in a mapping. ``what`` is "input" or "target", for the sentence that is raised.
    """
    if isinstance(value, Mapping):
        return _from_mapping(value, names, what)
    several = isinstance(value, (list, tuple)) and (len(names) > 1 or _holds_arrays(value))
    arrays = list(value) if several else [value]
    if len(arrays) != len(names):
        raise DataError(
            f"the model has {_count(len(names), what)} ({', '.join(names)}), but {len(arrays)} arrays were given"
        )
    return {name: as_array(array, name) for name, array in zip(names, arrays, strict=True)}


def as_array(value: Any, name: str) -> Array:
    """What was given for ``name`` as an array; a column stays one. Raises DataError where it makes none."""
    if isinstance(value, Column):
        return as_column(value)
    try:
        found = np.asarray(value)
    except ValueError:
        raise DataError(
            f"{name!r}: rows of different lengths make no array; pad them to one length"
        ) from None
    if found.dtype == object:
        raise DataError(f"{name!r}: expected an array of numbers, got {type(value).__name__}")
    return found


def _from_mapping(value: Mapping[str, Any], names: Sequence[str], what: str) -> dict[str, Array]:
    missing = [name for name in names if name not in value]
    extra = [name for name in value if name not in names]
    if missing or extra:
        given = ", ".join(map(repr, value)) or "nothing"
        hint = closest(str(extra[0]), names) if extra else ""
        raise DataError(f"the model's {what}s are {', '.join(map(repr, names))}, but {given} was given{hint}")
    return {name: as_array(value[name], name) for name in names}


def _holds_arrays(value: Sequence[Any]) -> bool:
    return len(value) == 1 and isinstance(value[0], np.ndarray)


def _count(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}s"


def _rows_text(length: int) -> str:
    return "no rows (a single number)" if length < 0 else f"{length}"

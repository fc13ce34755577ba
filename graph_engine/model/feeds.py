"""Arrays as people pass them -> arrays by name. Never by position in a mapping, never by alphabet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from graph_engine.kernels.program import Array
from graph_engine.values import LayerloomError


def by_name(given: Any, names: Sequence[str], what: str) -> dict[str, Array]:
    """``given``: one array (for one name), a list in the order of ``names``, or a mapping by name.

    Raises LayerloomError naming what was expected and what was given.
    """
    if isinstance(given, Mapping):
        found = {str(name): np.asarray(value) for name, value in given.items()}
    elif isinstance(given, (list, tuple)) and not (len(names) == 1 and _is_rows(given)):
        if len(given) != len(names):
            raise LayerloomError(f"{what}: expected a list of {len(names)} ({', '.join(names)}), got {len(given)}")
        found = {name: np.asarray(value) for name, value in zip(names, given, strict=True)}
    elif len(names) == 1:
        found = {names[0]: np.asarray(given)}
    else:
        raise LayerloomError(
            f"{what}: the model has {len(names)} ({', '.join(names)}); pass a list in that order or a mapping by name"
        )
    if set(found) != set(names):
        raise LayerloomError(f"{what}: expected {', '.join(names)}, got {', '.join(found) or 'nothing'}")
    return {name: found[name] for name in names}


def require_equal_lengths(arrays: Mapping[str, Array]) -> int:
    """The common number of rows. Raises LayerloomError naming every length when they differ."""
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} has {length:,}" for name, length in lengths.items())
        raise LayerloomError(f"all arrays need the same number of rows, but {listed}")
    return next(iter(lengths.values()), 0)


def _is_rows(given: Sequence[Any]) -> bool:
    """Whether a list is itself one array's rows (``[[1, 2], [3, 4]]``), not a list of arrays."""
    return bool(given) and not isinstance(given[0], np.ndarray)

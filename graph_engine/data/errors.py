"""What is wrong with data, said so that a person finds the place."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from graph_engine.values import LayerloomError


class DataError(LayerloomError):
    """Data cannot be read, bound or prepared."""


def closest(name: str, known: Iterable[str]) -> str:
    """``; did you mean 'label'?`` where a known name is near, else nothing."""
    found = difflib.get_close_matches(name.lower(), [item.lower() for item in known], n=1, cutoff=0.5)
    original = {item.lower(): item for item in known}
    return f"; did you mean {original[found[0]]!r}?" if found else ""

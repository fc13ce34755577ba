"""What a source holds, and what a document's training would be fed: found in the thread that reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from graph_engine.data import Column, DataError, Draw, Profile, Table, leaks, prepare, profiles, read_source
from graph_engine.data.watching import Listener, ReadingStopped, watched
from graph_engine.document import Document, Source
from graph_engine.values import LayerloomError

PICTURES: Final = 6  # are shown as they will be fed
FIRST_EPOCH: Final = 0


@dataclass(frozen=True, slots=True)
class Look:
    """A source that was read, or why it was not."""

    table: Table | None = None
    profiles: Mapping[str, Profile] | None = None
    fault: str = ""
    is_stopped: bool = False

    @property
    def rows(self) -> int:
        return next((profile.rows for profile in (self.profiles or {}).values()), 0)


@dataclass(frozen=True, slots=True)
class Fed:
    """What training would get: rows, the shape of one row by Input or Output, and what a person should know.

    ``pictures``: some of its rows in the first epoch, by Input or Output, where they are pictures.
    """

    training: int = 0
    validation: int = 0
    shapes: Mapping[str, tuple[int, ...]] | None = None
    warnings: tuple[str, ...] = ()
    fault: str = ""
    pictures: Mapping[str, Any] = field(default_factory=dict)


def look_at(source: Source, folder: Path | None, listener: Listener) -> Look:
    try:
        with watched(listener):
            table = read_source(source, folder)
            return Look(table, profiles(table))
    except ReadingStopped:
        return Look(is_stopped=True)
    except LayerloomError as error:
        return Look(fault=str(error).partition(": ")[2] or str(error))
    except MemoryError:
        return Look(fault=f"there is not enough memory to read {source.path}")


def what_is_fed(document: Document, folder: Path | None, listener: Listener) -> Fed:
    try:
        with watched(listener):
            ready = prepare(document, folder)
            arrays = {**ready.training.inputs, **ready.training.targets}
            return Fed(
                len(ready.training),
                len(ready.validation),
                {name: array.shape[1:] for name, array in arrays.items()},
                tuple(leaks(document, ready.training, ready.validation)),
                pictures=_pictures(arrays, document.training.seed),
            )
    except (DataError, LayerloomError) as error:
        return Fed(fault=str(error))
    except MemoryError:
        return Fed(fault="there is not enough memory for the rows that were chosen")


def _pictures(arrays: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Rows from all over, as the first epoch draws them."""
    found = {}
    for name, array in arrays.items():
        if len(array.shape) == 4 and array.shape[-1] in (1, 3, 4) and min(array.shape[1:3]) > 1:
            rows = np.unique(np.linspace(0, len(array) - 1, PICTURES).astype(np.int64))
            found[name] = (
                array.read(rows, Draw(seed, FIRST_EPOCH)) if isinstance(array, Column) else array[rows]
            )
    return found

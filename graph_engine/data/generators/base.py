"""What a generator is: typed parameters, and columns that depend on them alone."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from graph_engine.data.table import Table
from graph_engine.params import Config, integer

Array = npt.NDArray[Any]


class Generator(Config):
    """Makes a table of invented rows. Equal parameters give equal rows on every machine."""

    rows: int = integer(4000, minimum=1, help="How many rows are made.")
    seed: int = integer(0, minimum=0, help="Equal seeds make equal rows.")

    @abstractmethod
    def columns(self, rng: np.random.Generator) -> Mapping[str, Array]:
        """Columns by name, ``rows`` long."""

    def table(self) -> Table:
        rng = np.random.Generator(np.random.Philox(self.seed))
        return Table.of(f"{type(self).__name__} (generated)", self.columns(rng))


def one_of(rng: np.random.Generator, options: Sequence[str]) -> str:
    return options[int(rng.integers(len(options)))]


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())

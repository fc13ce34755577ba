"""Rows that no file holds."""

from __future__ import annotations

from pathlib import Path

from graph_engine.data.generators import GENERATORS, Generator
from graph_engine.data.sources.base import Reader
from graph_engine.data.table import Table
from graph_engine.params import configured


class Generated(Reader):
    """Rows that a generator invents: no file is needed."""

    title = "Generated rows"
    generator: Generator = configured("Questions", GENERATORS, help="What invents the rows.")

    def open(self, path: str, folder: Path | None) -> Table:
        return self.generator.table()

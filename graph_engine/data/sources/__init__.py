"""Readers of files, one class per kind: a file in, a Table out. ``SOURCES`` finds them by name."""

from __future__ import annotations

from pathlib import Path

from graph_engine.data.errors import DataError
from graph_engine.data.sources.base import SAMPLE, Reader, locate
from graph_engine.data.table import Table
from graph_engine.data.watching import ReadingStopped
from graph_engine.document import Source
from graph_engine.params import Catalogue

SOURCES: Catalogue[Reader] = Catalogue(Reader, "graph_engine.data.sources", "kind of file")


def read_source(source: Source, folder: Path | None = None) -> Table:
    """The table of a document's source. Relative paths start at ``folder``, the project's."""
    reader = SOURCES.decode({"type": source.kind, **source.options})
    try:
        return reader.open(source.path, folder)
    except ReadingStopped:
        raise
    except DataError as error:
        raise DataError(f"source {source.id!r}: {error}") from None


def kind_of(path: Path) -> str:
    """The reader for a file or folder that a person chose. Raises DataError naming what can be read."""
    if path.is_dir():
        return _kind_of_folder(path)
    name = path.name.lower()
    for kind, reader in SOURCES.items():
        if not reader.of_folders and name.endswith(reader.endings):
            return kind
    known = sorted(ending for reader in SOURCES.values() for ending in reader.endings)
    raise DataError(f"{path.name} is of no kind that is read here; there are {', '.join(known)}")


def _kind_of_folder(path: Path) -> str:
    """By what its files are called, most of them."""
    endings = [file.suffix.lower() for part in path.iterdir() if part.is_dir() for file in part.iterdir()]
    counts = {
        kind: sum(ending in reader.endings for ending in endings)
        for kind, reader in SOURCES.items()
        if reader.of_folders
    }
    kind = max(counts, key=lambda each: counts[each])
    if not counts[kind]:
        raise DataError(f"{path.name} has no folders of pictures or texts: make one folder for each class")
    return kind


__all__ = ["SAMPLE", "SOURCES", "Reader", "kind_of", "locate", "read_source"]

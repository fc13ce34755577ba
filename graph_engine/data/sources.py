"""Readers of files, one class per kind: a file in, a Table out. ``SOURCES`` finds them by name."""

from __future__ import annotations

import zipfile
from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from graph_engine.data.csv_files import read_csv
from graph_engine.data.errors import DataError
from graph_engine.data.generators import GENERATORS, Generator
from graph_engine.data.table import Array, Table
from graph_engine.document import Source
from graph_engine.params import Catalogue, Config, boolean, choice, configured, text
from graph_engine.resources import resource

SAMPLE: Final = "sample:"


class Reader(Config):
    """Opens one kind of source."""

    @abstractmethod
    def open(self, path: str, folder: Path | None) -> Table:
        """``path`` as the document has it; a relative one starts at ``folder``."""


class FileReader(Reader):
    """Reads one kind of file."""

    def open(self, path: str, folder: Path | None) -> Table:
        file = locate(path, folder)
        if not file.is_file():
            raise DataError(f"there is no file {file}")
        return self.read(file)

    @abstractmethod
    def read(self, path: Path) -> Table: ...


class Generated(Reader):
    """Rows that a generator invents: no file is needed."""

    title = "Generated rows"
    generator: Generator = configured("Questions", GENERATORS, help="What invents the rows.")

    def open(self, path: str, folder: Path | None) -> Table:
        return self.generator.table()


class Npz(FileReader):
    """A numpy archive: every array is a column."""

    title = "NumPy archive (.npz)"

    def read(self, path: Path) -> Table:
        with _loaded(path) as archive:
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise DataError(f"{path.name} is no NumPy archive; is it a single array (.npy)?")
            names = list(archive.files)
        return Table(path.name, {name: _member(path, name) for name in names})


class Npy(FileReader):
    """A numpy array: its only column is called ``array``. It stays on disk until rows are taken."""

    title = "NumPy array (.npy)"

    def read(self, path: Path) -> Table:
        array = _load(path, mmap_mode="r")
        if not isinstance(array, np.ndarray):
            raise DataError(f"{path.name} is no single NumPy array; is it an archive (.npz)?")
        return Table.of(path.name, {"array": array})


class Csv(FileReader):
    """A text file of values with separators, plain or compressed with gzip."""

    title = "Text table (.csv, .tsv)"
    separator: str = text("", help="Character between values; empty: found from the first lines.")
    decimal: str = choice(".", (".", ","), help="Character before decimals.")
    encoding: str = text("utf-8-sig", help="How characters are stored, such as utf-8 or latin-1.")
    header: bool = boolean(True, help="Whether the first line names the columns.")

    def read(self, path: Path) -> Table:
        return read_csv(path, self.separator, self.decimal, self.encoding, self.header)


SOURCES: Catalogue[Reader] = Catalogue(Reader, "graph_engine.data.sources", "kind of file")


def read_source(source: Source, folder: Path | None = None) -> Table:
    """The table of a document's source. Relative paths start at ``folder``, the project's."""
    reader = SOURCES.decode({"type": source.kind, **source.options})
    try:
        return reader.open(source.path, folder)
    except DataError as error:
        raise DataError(f"source {source.id!r}: {error}") from None


def locate(path: str, folder: Path | None = None) -> Path:
    """``sample:NAME`` lies among the program's resources, other paths relative to ``folder``."""
    if path.startswith(SAMPLE):
        name = path.removeprefix(SAMPLE)
        if "/" in name or "\\" in name or name in ("", ".", ".."):
            raise DataError(f"{path!r} is no name of sample data")
        return resource("data", name)
    return (folder or Path.cwd()) / path


def _member(path: Path, name: str) -> Callable[[], Array]:
    def read() -> Array:
        with _loaded(path) as archive:
            try:
                return np.asarray(archive[name])
            except (ValueError, OSError, zipfile.BadZipFile) as error:
                raise _unreadable(path, error) from None

    return read


def _loaded(path: Path) -> Any:
    loaded = _load(path)
    if not hasattr(loaded, "__enter__"):
        raise DataError(f"{path.name} is no NumPy archive; is it a single array (.npy)?")
    return loaded


def _load(path: Path, **options: Any) -> Any:
    try:
        return np.load(path, allow_pickle=False, **options)
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> DataError:
    if "allow_pickle" in str(error) or "pickle" in str(error).lower():
        return DataError(
            f"{path.name} is no NumPy file or holds Python objects, which could run code: not read"
        )
    return DataError(f"{path.name} cannot be read: {error}")

"""NumPy's own files."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np

from graph_engine.data.errors import DataError
from graph_engine.data.sources.base import FileReader
from graph_engine.data.table import Array, Table

_FAULTS: Final = (ValueError, OSError, EOFError, zipfile.BadZipFile)
_ZIP: Final = b"PK"


class Npz(FileReader):
    """A numpy archive: every array is a column."""

    title = "NumPy archive (.npz)"
    endings = (".npz",)

    def read(self, path: Path) -> Table:
        with _archive(path) as archive:
            names = list(archive.files)
        return Table(path.name, {name: _member(path, name) for name in names})


class Npy(FileReader):
    """A numpy array: its only column is called ``array``. It stays on disk until rows are taken."""

    title = "NumPy array (.npy)"
    endings = (".npy",)

    def read(self, path: Path) -> Table:
        with path.open("rb") as file:
            is_archive = file.read(len(_ZIP)) == _ZIP
        if is_archive:
            raise DataError(f"{path.name} is no single NumPy array; is it an archive (.npz)?")
        try:
            array = np.load(path, allow_pickle=False, mmap_mode="r")
        except _FAULTS as error:
            raise _unreadable(path, error) from None
        return Table.of(path.name, {"array": array})


def _member(path: Path, name: str) -> Callable[[], Array]:
    def read() -> Array:
        with _archive(path) as archive:
            return np.asarray(archive[name])

    return read


@contextmanager
def _archive(path: Path) -> Iterator[Any]:
    """The file is closed whatever happens: numpy leaves one open that is no archive."""
    try:
        with path.open("rb") as file:
            found = np.load(file, allow_pickle=False)
            if not isinstance(found, np.lib.npyio.NpzFile):
                raise DataError(f"{path.name} is no NumPy archive; is it a single array (.npy)?")
            yield found
    except _FAULTS as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> DataError:
    if any(word in str(error).lower() for word in ("pickle", "python objects")):
        return DataError(
            f"{path.name} is no NumPy file or holds Python objects, which could run code: not read"
        )
    return DataError(f"{path.name} cannot be read: {error}")

"""NumPy's own files."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from graph_engine.data.errors import DataError
from graph_engine.data.sources.base import FileReader
from graph_engine.data.table import Array, Table


class Npz(FileReader):
    """A numpy archive: every array is a column."""

    title = "NumPy archive (.npz)"
    endings = (".npz",)

    def read(self, path: Path) -> Table:
        with _loaded(path) as archive:
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise DataError(f"{path.name} is no NumPy archive; is it a single array (.npy)?")
            names = list(archive.files)
        return Table(path.name, {name: _member(path, name) for name in names})


class Npy(FileReader):
    """A numpy array: its only column is called ``array``. It stays on disk until rows are taken."""

    title = "NumPy array (.npy)"
    endings = (".npy",)

    def read(self, path: Path) -> Table:
        array = _load(path, mmap_mode="r")
        if not isinstance(array, np.ndarray):
            raise DataError(f"{path.name} is no single NumPy array; is it an archive (.npz)?")
        return Table.of(path.name, {"array": array})


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

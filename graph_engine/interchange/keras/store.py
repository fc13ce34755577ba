"""``model.weights.h5``: arrays by path, read one by one with the shape that is expected, and written.

An HDF5 file may point at other files and declare more than it holds; both are refused. h5py is imported with the
first file: it is no part of a plain installation.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final

import numpy as np

from graph_engine.interchange.keras.errors import KerasError
from graph_engine.kernels.program import Array

_OLD: Final = ("layers/", "_layer_checkpoint_dependencies/")  # as Keras 2.12 called it
_NAME: Final = "name"
_WIDEST: Final = 100  # times its stored size that a large dataset may unpack to
_LARGE: Final = 2**26


class Store:
    """The arrays of one file."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def array(self, path: str, shape: tuple[int, ...]) -> Array | None:
        """The array at ``path``; None where there is none. Raises KerasError for another shape, or no numbers."""
        found = self._dataset(path)
        if found is None:
            return None
        if found.shape != shape:
            raise KerasError(f"{path} has the shape {found.shape}, but its layer calls for {shape}")
        return _numbers(found, path)

    def count(self, group: str) -> int:
        """How many arrays a group holds."""
        found = self._object(group)
        return len(found) if found is not None and hasattr(found, "keys") else 0

    def any_array(self, path: str, limit: int) -> Array | None:
        """An array of any shape of at most ``limit`` elements."""
        found = self._dataset(path)
        if found is None or math.prod(found.shape) > limit:
            return None
        return _numbers(found, path)

    def name(self, group: str) -> str | None:
        """What Keras called the object whose variables the group holds."""
        found = self._object(group)
        value = None if found is None else found.attrs.get(_NAME)
        return value if isinstance(value, str) else None

    def _dataset(self, path: str) -> Any:
        found = self._object(path)
        if found is not None and not hasattr(found, "dtype"):
            raise KerasError(f"{path} is a group, but should be an array")
        return found

    def _object(self, path: str) -> Any:
        """What stands at ``path`` in this very file; links are followed nowhere."""
        for candidate in (path, path.replace(*_OLD)):
            place = self._file
            for step in candidate.split("/"):
                if not hasattr(place, "keys") or step not in place:
                    place = None
                    break
                if type(place.get(step, getlink=True)).__name__ != "HardLink":
                    raise KerasError(f"{candidate} is a link to another place, which is not followed")
                place = place[step]
            if place is not None:
                return place
        return None


@contextmanager
def opened(content: bytes) -> Iterator[Store]:
    """Raises KerasError for whatever is no HDF5 file that can be read."""
    h5py = _h5py()
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            yield Store(file)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise KerasError(f"its weights cannot be read: {str(error)[:200]}") from None


def written(arrays: Mapping[str, Array], names: Mapping[str, str]) -> bytes:
    """The bytes of a file with these arrays by path, and groups by path with the names of their objects."""
    buffer = io.BytesIO()
    with _h5py().File(buffer, "w") as file:
        for path, name in names.items():
            file.require_group(path).attrs[_NAME] = name
        for path, array in arrays.items():
            file.create_dataset(path, data=array)
    return buffer.getvalue()


def _h5py() -> ModuleType:
    try:
        import h5py
    except ImportError:
        raise KerasError(
            "Keras keeps weights in HDF5 files, for which h5py is needed: pip install layerloom[interchange]"
        ) from None
    module: ModuleType = h5py
    return module


def _numbers(dataset: Any, path: str) -> Array:
    if dataset.dtype.kind not in "fiub":
        raise KerasError(f"{path} holds {dataset.dtype}, not numbers")
    if dataset.is_virtual or dataset.external:
        raise KerasError(f"{path} keeps its numbers in another file, which is not opened")
    size = math.prod(dataset.shape) * dataset.dtype.itemsize
    if size > max(_LARGE, _WIDEST * dataset.id.get_storage_size()):
        raise KerasError(f"{path} declares {size:,} bytes, more than the file holds")
    array: Array = np.asarray(dataset[()])
    return array

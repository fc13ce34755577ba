"""Rows that were costly to make, kept in a file without a name.

Read as a file, not mapped: mapped pages count as this process' memory, and are what it would be killed for. The system
keeps in memory what there is room for. The file is gone when nobody uses it, also after a crash.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import weakref
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
DISK_PART: Final = 0.5  # of what is free on the disk
_NOWHERE: Final = -1
_LARGE_FILES: Final = Path("/var/tmp")  # noqa: S108  # /tmp is in memory on many systems


class Kept:
    """Rows of equal size by their numbers. When the disk has no more room for them, the others are not kept."""

    def __init__(self, rows: int, nbytes: int) -> None:
        folder = _folder()
        self._most = int(DISK_PART * shutil.disk_usage(folder).free) // nbytes
        self._nbytes, self._used = nbytes, 0
        self._places = np.full(rows, _NOWHERE, np.int64)
        self._file = tempfile.TemporaryFile(buffering=0, dir=folder)  # noqa: SIM115  # closed with its owner
        self._lock = threading.Lock()  # of the place in the file
        weakref.finalize(self, self._file.close)

    def read(self, row: int, out: Array) -> bool:
        """Whether ``out`` was filled: the row had been written."""
        with self._lock:
            place = int(self._places[row])
            if place == _NOWHERE:
                return False
            self._file.seek(place * self._nbytes)
            return self._file.readinto(out.data.cast("B")) == self._nbytes

    def write(self, row: int, array: Array) -> None:
        with self._lock:
            if self._used >= self._most or self._places[row] != _NOWHERE:
                return
            try:
                self._file.seek(self._used * self._nbytes)
                is_whole = self._file.write(np.ascontiguousarray(array).data.cast("B")) == self._nbytes
            except OSError:
                is_whole = False
            if is_whole:
                self._places[row] = self._used
                self._used += 1
            else:
                self._most = self._used


def _folder() -> str:
    told = any(name in os.environ for name in ("TMPDIR", "TEMP", "TMP"))
    usable = not told and os.access(_LARGE_FILES, os.W_OK)
    return str(_LARGE_FILES) if usable else tempfile.gettempdir()

"""Whether a program that owns a file still runs: a lock that the system takes back when the process ends, however."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO


class FileLock:
    """Held from `take` until `release` or the end of the process, even by kill -9."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] | None = None

    def take(self) -> bool:
        """Whether the lock is ours now; False while another holds it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = self.path.open("ab")
        if _locked(file):
            self._file = file
            return True
        file.close()
        return False

    def release(self) -> None:
        """Also takes the file away."""
        if self._file is not None:
            if sys.platform != "win32":
                self.path.unlink(missing_ok=True)  # while it is held: nobody can take what is about to go
            self._file.close()
            self._file = None
            self.path.unlink(missing_ok=True)


def _locked(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

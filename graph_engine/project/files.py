"""Writing so that a kill at any moment leaves files that can be read."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def write_atomic(path: Path, content: bytes | Iterable[bytes | memoryview], *, lasting: bool = True) -> None:
    """Replace ``path`` by ``content``, whole or in pieces: a reader, now or after a crash, sees the old file or the
    new one.

    With ``lasting=False`` only while the machine runs: quicker, for what means nothing after a start.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            file.writelines([content] if isinstance(content, bytes) else content)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


class AppendLog:
    """Appends whole lines to a file, each in one write. A line torn by an earlier crash is closed first."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab", buffering=0)  # closed by close()
        if _ends_torn(path):
            self._file.write(b"\n")

    def write(self, line: str) -> None:
        self._file.write(line.encode() + b"\n")

    def close(self) -> None:
        self._file.close()


def _ends_torn(path: Path) -> bool:
    if path.stat().st_size == 0:
        return False
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"

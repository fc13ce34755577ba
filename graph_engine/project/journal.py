"""What was committed, as it is committed: a file that only grows, from which the last state can be read after a crash.

Every line is a checksum and a JSON value. The first says what was open and holds the whole document; each other holds
what one edit changed. A line is written in one call before the edit is told to anybody, so kill -9 loses nothing;
a thread then has the system bring it to the disk, so a power failure loses at most what was done in that moment.
A reader stops at the first line that is torn or damaged: what stands before it is a state that was committed.
"""

from __future__ import annotations

import json
import os
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from graph_engine.document import DecodeError, Document, check_invariants, decode, encode
from graph_engine.document.codec import parse
from graph_engine.document.patch import applied, changes
from graph_engine.project.errors import ProjectError

FORMAT: Final = "layerloom-journal"
VERSION: Final = 1
ROOM: Final = 8 * 2**20  # of changes, before the journal is written anew; also at least four whole documents


@dataclass(frozen=True, slots=True)
class Origin:
    """What was open: its name, its file where it has one, and the directory of the training its weights come from."""

    name: str
    file: Path | None = None
    run: Path | None = None


@dataclass(frozen=True, slots=True)
class Recovered:
    """The last committed state. ``changed``: seconds since 1970; ``edits`` since it was opened or saved."""

    document: Document
    origin: Origin
    changed: float
    edits: int


class Journal:
    """Open for one document at a time; `restart` when another is opened, or this one is saved."""

    def __init__(self, path: Path, document: Document, origin: Origin, edits: int = 0) -> None:
        """``edits``: how many the document has already that are in no file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._syncing = threading.Lock()
        self._behind = threading.Event()
        self._open = True
        self._file: BinaryIO | None = None
        self._document, self._origin = document, origin
        self._first = self._size = 0
        self._edits = edits
        self._begin(document, origin)
        threading.Thread(target=self._sync_always, name="journal", daemon=True).start()

    @property
    def edits(self) -> int:
        """Committed since the document was opened or saved."""
        return self._edits

    def restart(self, document: Document, origin: Origin) -> None:
        """Begin anew with a document; until its first line is whole on the disk the old journal stays."""
        self._edits = 0
        self._begin(document, origin)

    def commit(self, document: Document) -> None:
        """Add what changed since the last commit. Raises ProjectError when it cannot be written."""
        change = changes(self._document, document)
        if not change:
            return
        self._edits += 1
        self._document = document
        if self._size > max(ROOM, 4 * self._first):
            self._begin(document, self._origin)
        else:
            self._write({"change": change, "time": time.time()})

    def trained(self, run: Path) -> None:
        """The weights come from this run's directory from now on."""
        self._origin = Origin(self._origin.name, self._origin.file, run)
        self._edits += 1
        self._write({"run": str(run), "time": time.time()})

    def sync(self) -> None:
        """Returns when everything is on the disk."""
        with self._syncing:
            if self._file is not None:
                os.fsync(self._file.fileno())

    def close(self, *, keep: bool = False) -> None:
        """Nothing is left to recover; ``keep`` leaves the file for the next start."""
        self._open = False
        self._behind.set()
        with self._syncing:
            if self._file is not None:
                self._file.close()
                self._file = None
        if not keep:
            self.path.unlink(missing_ok=True)

    def _begin(self, document: Document, origin: Origin) -> None:
        self._document, self._origin = document, origin
        head = {
            "format": FORMAT,
            "version": VERSION,
            "name": origin.name,
            "file": str(origin.file) if origin.file else None,
            "run": str(origin.run) if origin.run else None,
            "edits": self._edits,
            "time": time.time(),
            "document": encode(document),
        }
        fresh = self.path.with_name(f".{self.path.name}.part")
        with self._syncing:
            try:
                file = fresh.open("wb", buffering=0)
                file.write(_line(head))
                os.fsync(file.fileno())
                if self._file is not None:
                    self._file.close()
                fresh.replace(self.path)
            except OSError as error:
                raise _unwritten(self.path, error) from None
            self._file = file
        self._first = self._size = self.path.stat().st_size

    def _write(self, value: dict[str, Any]) -> None:
        assert self._file is not None, "the journal is closed"
        line = _line(value)
        try:
            self._file.write(line)
        except OSError as error:
            raise _unwritten(self.path, error) from None
        self._size += len(line)
        self._behind.set()

    def _sync_always(self) -> None:
        while self._open:
            self._behind.wait()
            self._behind.clear()
            try:
                self.sync()
            except OSError:  # a full or lost disk: the next write will say so
                continue


def recover(path: Path) -> Recovered:
    """The last committed state in a journal. Raises ProjectError where there is none."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ProjectError(f"{path} cannot be read: {error.strerror or error}") from None
    lines = _whole_lines(content)
    head = next(lines, None)
    if not isinstance(head, dict) or head.get("format") != FORMAT or head.get("version") != VERSION:
        raise ProjectError(f"{path.name} is no journal that this version can read")
    try:
        return _replayed(head, lines)
    except DecodeError as error:
        raise ProjectError(f"{path.name}: {error}") from None


def _replayed(head: dict[str, Any], lines: Iterator[Any]) -> Recovered:
    document = decode(head.get("document"))
    run, changed, edits = head.get("run"), float(head.get("time", 0.0)), int(head.get("edits", 0))
    for line in lines:
        if "change" in line:
            document = applied(document, line["change"])
        run = line.get("run", run)
        changed, edits = float(line["time"]), edits + 1
    for violation in check_invariants(document):
        raise DecodeError(violation)
    file = head.get("file")
    origin = Origin(str(head.get("name")), Path(file) if file else None, Path(run) if run else None)
    return Recovered(document, origin, changed, edits)


def _whole_lines(content: bytes) -> Iterator[Any]:
    """Values up to the first line that is torn or damaged."""
    for line in content.split(b"\n")[:-1]:  # what follows the last line end was not finished
        checksum, _, text = line.partition(b" ")
        if checksum != _checksum(text):
            return
        yield parse(text)


def _line(value: dict[str, Any]) -> bytes:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    return _checksum(text) + b" " + text + b"\n"


def _checksum(text: bytes) -> bytes:
    return f"{zlib.crc32(text):08x}".encode()


def _unwritten(path: Path, error: OSError) -> ProjectError:
    return ProjectError(f"the journal {path} cannot be written: {error.strerror or error}")

"""Whether another program has changed the file that is open."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

SETTLE_MS = 300  # programs write in several steps


class Watch(QObject):
    """`keep` after reading or writing the file: what it is then is known; `changed` tells of every other state."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file: Path | None = None
        self._known: tuple[int, int] | None = None
        self._told: tuple[int, int] | None = None
        self._watcher = QFileSystemWatcher(self)
        self._later = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._watcher.fileChanged.connect(lambda _: self._later.start())
        self._watcher.directoryChanged.connect(lambda _: self._later.start())
        self._later.timeout.connect(self.look)

    @property
    def is_stale(self) -> bool:
        """Whether the file is there and is not what it was when it was last read or written here."""
        now = self._print()
        return now is not None and now != self._known

    def keep(self, file: Path | None) -> None:
        for path in (*self._watcher.files(), *self._watcher.directories()):
            self._watcher.removePath(path)
        self._file = file
        self._known = self._told = self._print()
        if file is not None and file.exists():
            # The folder too: a file that is replaced in one step is another file to the system.
            self._watcher.addPaths([str(file), str(file.parent)])

    def look(self) -> None:
        """Tells once of every new state of the file."""
        now = self._print()
        if now is not None and now not in (self._known, self._told):
            self._told = now
            self.changed.emit()

    def _print(self) -> tuple[int, int] | None:
        try:
            found = self._file.stat() if self._file is not None else None
        except OSError:
            return None
        return (found.st_mtime_ns, found.st_size) if found is not None else None

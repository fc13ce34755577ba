"""Keeps what a person does as it is done, and finds what windows that ended without being closed have left."""

from __future__ import annotations

import os
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from app.files import Files
from graph_engine.document import Change, Document
from graph_engine.project import ProjectError
from graph_engine.project.journal import Journal, Origin, Recovered, recover
from graph_engine.project.locks import FileLock


class Recorder(QObject):
    """A journal from the first edit on; none while everything is in the saved file, which is never touched."""

    failed = Signal(str)  # edits can no longer be kept safe, and why

    def __init__(
        self,
        session: Session,
        files: Files,
        bridge: TrainingBridge,
        folder: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._files, self._bridge = session, files, bridge
        self._path = folder / f"{os.getpid()}-{uuid.uuid4().hex[:8]}.journal"
        self._lock = FileLock(_lock_of(self._path))
        self._journal: Journal | None = None
        self._broken = False
        session.documentChanged.connect(self._follow)
        files.saved.connect(self.stop)
        files.recovered.connect(self._go_on)
        bridge.learned.connect(self._keep_run)

    @property
    def path(self) -> Path:
        return self._path

    def stop(self) -> None:
        """Everything is in the file, or was let go: there is nothing to recover."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None
            self._lock.release()
        self._broken = False

    def _follow(self, change: Change, _analysis: object) -> None:
        if not change.label:
            self.stop()
            return
        self._begin(change.before)
        if self._journal is not None:
            self._guarded(lambda journal: journal.commit(change.after))

    def _go_on(self) -> None:
        """What was recovered is safe again before the old journal goes."""
        self._begin(self._session.document, edits=1)

    def _keep_run(self) -> None:
        run = self._bridge.directory
        self._begin(self._session.document)
        if run is not None:
            self._guarded(lambda journal: journal.trained(run))

    def _begin(self, document: Document, edits: int = 0) -> None:
        if self._journal is None and not self._broken:
            try:
                self._lock.take()
                origin = Origin(self._files.name, self._files.path, self._bridge.directory)
                self._journal = Journal(self._path, document, origin, edits)
            except (ProjectError, OSError) as error:
                self._fail(error)

    def _guarded(self, write: object) -> None:
        assert callable(write)
        try:
            write(self._journal)
        except ProjectError as error:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        """Said once: the person should save, and can go on."""
        if not self._broken:
            self._broken, self._journal = True, None
            self.failed.emit(f"Your edits are not kept safe until you save: {error}.")


@dataclass(frozen=True, slots=True)
class Orphan:
    """Unsaved work of a window that is gone. Its lock is held, so that no other window offers it too."""

    path: Path
    found: Recovered
    lock: FileLock

    @property
    def words(self) -> str:
        when = time.strftime("%d %B, %H:%M", time.localtime(self.found.changed))
        return f"{self.found.edits} unsaved edit{'' if self.found.edits == 1 else 's'}, the last on {when}"

    @property
    def sentence(self) -> str:
        return f"{self.found.origin.name}: {self.words}"

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)
        self.lock.release()


def orphans(folder: Path) -> list[Orphan]:
    """The latest first. What cannot be read is left where it is."""
    found = []
    for path in sorted(folder.glob("*.journal")) if folder.is_dir() else ():
        lock = FileLock(_lock_of(path))
        if not lock.take():
            continue
        try:
            orphan = Orphan(path, recover(path), lock)
        except ProjectError:
            lock.release()
            continue
        if orphan.found.edits:
            found.append(orphan)
        else:
            orphan.discard()
    return sorted(found, key=lambda orphan: -orphan.found.changed)


def _lock_of(path: Path) -> Path:
    return path.with_suffix(".lock")

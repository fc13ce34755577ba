"""Data read beside the window, in a thread: what its sources hold, and what the model will be fed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, QTimer, Signal

from app.bridge.looks import Fed, Look, look_at, what_is_fed
from graph_engine.data.watching import Listener, ReadingStopped
from graph_engine.document import Document, Source

PERIOD = 0.1  # seconds from one word of how far a reading is to the next
FEEDING = ""  # in place of a source, where all that is bound is passed through its steps
SETTLE_MS = 400  # after the last edit; then rows are passed through their steps


class Reading(QObject):
    """Asked by whoever shows data. What was read is kept until the source or its file changes."""

    looked = Signal(str)  # the id of a source
    fed = Signal()
    progressed = Signal(str, int, int)  # the id of a source, or FEEDING: so much is read of so much
    _done = Signal(object, object)  # a key, what came of it

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._looks: dict[str, tuple[Any, Look]] = {}
        self._wanted: dict[str, Any] = {}
        self._document: tuple[Document, Path | None] | None = None
        self.now_fed: Fed | None = None
        self._unwanted: set[str] = set()  # sources whose reading is to stop; read by the thread that reads
        self._closes = False
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._feed)
        self._done.connect(self._keep)

    def look(self, source: Source, folder: Path | None) -> Look | None:
        """What the source holds; None while it is read, and ``looked`` follows."""
        key = (source, folder, _stamp(source, folder))
        known = self._looks.get(source.id)
        if known is not None and known[0] == key:
            return known[1]
        if self._wanted.get(source.id) != key:
            self._wanted[source.id] = key
            self._unwanted.discard(source.id)
            self._start(key, lambda: look_at(source, folder, self._listener(source.id)))
        return None

    def stop(self, source: str) -> None:
        """Reads no more of it; ``looked`` says so."""
        self._unwanted.add(source)

    def again(self, source: str) -> None:
        """What was stopped is read when it is next looked at."""
        self._looks.pop(source, None)
        self._wanted.pop(source, None)

    def _listener(self, source: str, document: Document | None = None) -> Listener:
        """Tells the window ten times a second at most; called in the thread that reads.

        What is done for a ``document`` stops when there is another one.
        """
        last = 0.0

        def heard(done: int, count: int) -> None:
            nonlocal last
            followed = self._document
            is_late = document is not None and followed is not None and followed[0] is not document
            if self._closes or source in self._unwanted or is_late:
                raise ReadingStopped("reading was stopped")
            if time.monotonic() - last > PERIOD:
                last = time.monotonic()
                self.progressed.emit(source, done, count)

        return heard

    def follow(self, document: Document, folder: Path | None) -> None:
        """``now_fed`` is about this document, once its last edit has settled."""
        before = self._document
        if before is None or before[1] != folder or not _feeds_alike(before[0], document):
            self._document = (document, folder)
            self.now_fed = None
            self._settle.start()

    def shut_down(self) -> None:
        self._settle.stop()
        self._closes = True
        self._pool.clear()
        self._pool.waitForDone()

    def _feed(self) -> None:
        if self._document is not None and self._document[0].data.bindings:
            document, folder = self._document
            self._start(document, lambda: what_is_fed(document, folder, self._listener(FEEDING, document)))
        else:
            self.fed.emit()

    def _start(self, key: Any, work: Callable[[], Any]) -> None:
        self._pool.start(_Task(lambda: self._done.emit(key, work())))

    def _keep(self, key: Any, found: Look | Fed) -> None:
        """What was asked for meanwhile in another way is dropped."""
        if isinstance(found, Fed):
            if self._document is not None and key is self._document[0]:
                self.now_fed = found
                self.fed.emit()
        elif self._wanted.get(key[0].id) == key:
            self._looks[key[0].id] = (key, found)
            self.looked.emit(key[0].id)


class _Task(QRunnable):
    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__()
        self._work = work

    def run(self) -> None:
        self._work()


def _feeds_alike(one: Document, other: Document) -> bool:
    same = one.data is other.data and one.graphs is other.graphs and one.layers is other.layers
    return same and one.training.seed == other.training.seed


def _stamp(source: Source, folder: Path | None) -> float:
    """When the file was last written: it may change while the window is open."""
    try:
        return ((folder or Path.cwd()) / source.path).stat().st_mtime
    except OSError:
        return 0.0

"""Runs that a window left behind, and one of them as Qt sees it: events from its directory, commands into it."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from app.bridge.worker import FRAME_MS
from graph_engine.project.files import write_atomic
from graph_engine.project.locks import FileLock
from graph_engine.training.departures import why_gone
from graph_engine.training.events import Event, decode
from graph_engine.training.remote import LAYERS, forget, is_trained, send
from graph_engine.values import LayerloomError
from graph_engine.worker import JOB, command

WATCHED: Final = "window.lock"  # held by the window that shows the run
SHARE: Final = 0.5  # of a frame, for events that are read
STARTING: Final = 10.0  # seconds that a process may take until it trains


@dataclass(frozen=True, slots=True)
class Left:
    """A run that began in a window, and whose end no window has seen. ``file``: of its project, if it has one."""

    directory: Path
    name: str
    file: Path | None


def left_behind(runs: Path) -> list[Left]:
    """Runs that no window shows, the latest first."""
    found = []
    for path in sorted(runs.glob(f"*/{JOB}"), reverse=True):
        lock = FileLock(path.parent / WATCHED)
        if lock.take():
            lock.release()
            try:
                job = json.loads(path.read_bytes())
                file = Path(job["file"]) if job["file"] else None
                found.append(Left(path.parent, str(job["name"]), file))
            except (ValueError, KeyError, TypeError, OSError):  # not written by a window: left as it is
                continue
    return found


class Claim:
    """What a window holds while it shows a run that has not ended, so that the next one finds it, and no other."""

    def __init__(self, directory: Path) -> None:
        self._job = directory / JOB
        self._lock = FileLock(directory / WATCHED)
        self.is_ours = self._lock.take()

    def write(self, **job: Any) -> None:
        """What began the run, and of which project it is. A process begins next: nothing has been asked of it."""
        forget(self._job.parent)
        write_atomic(self._job, json.dumps(job).encode())

    def end(self) -> None:
        """The run has ended, and the window has what came of it."""
        self._job.unlink(missing_ok=True)
        self._lock.release()

    def leave(self) -> None:
        """The window goes, and the run stays."""
        self._lock.release()


def train_on(directory: Path) -> bool:
    """Starts a process that goes on with a stopped run and needs no window; whether it could be started."""
    program, *arguments = command(directory)
    started, _process = QProcess.startDetached(program, arguments, str(Path.cwd()))
    return started


class RemoteRun(QObject):
    """Its events from the first on, then as they come, with what is told of layers.

    ``died``: nobody trains it any more, and it has no end; a sentence says why, as far as that can be known.
    """

    told = Signal(object)
    died = Signal(str)

    def __init__(self, directory: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._directory = directory
        self._log: IO[bytes] | None = None
        self._torn = b""
        self._end: Event | None = None
        self._layers_at: int | None = (
            None  # when what was told of layers was written; None before a training begins
        )
        self._look = QTimer(self, interval=FRAME_MS)
        self._look.timeout.connect(self._read)

    def start(self) -> None:
        self._look.start()

    def send(self, **request: Any) -> None:
        """A command of the process that trains (see `graph_engine.worker`)."""
        try:
            send(self._directory, **request)
        except LayerloomError as error:
            self.told.emit({"event": "refused", "what": request["command"], "message": str(error)})

    def leave(self) -> None:
        """Hears no more of it; it trains on."""
        self._look.stop()
        if self._log is not None:
            self._log.close()
            self._log = None

    def _read(self) -> None:
        lives = self._is_alive()  # asked first: what it wrote before it went is read below
        end, drained = time.monotonic() + SHARE * FRAME_MS / 1000, False
        while self._look.isActive() and time.monotonic() < end and not drained:
            drained = not self._read_line()
        self._read_layers()
        if drained and not lives and self._look.isActive():
            self._conclude()

    def _read_line(self) -> bool:
        """Whether there was one."""
        path = self._directory / "events.jsonl"
        if self._log is None and path.exists():
            self._log = path.open("rb")
        self._torn += self._log.readline() if self._log is not None else b""
        if not self._torn.endswith(b"\n"):
            return False
        line, self._torn = self._torn, b""
        try:
            event = decode(line)
        except ValueError:  # torn by a crash
            return True
        self._end = event if event["event"] in ("train_end", "failed") else None
        if event["event"] == "train_begin":  # what was told of layers before is void
            self._layers_at = 0
        if self._end is None:  # an end that something follows was none
            self.told.emit(event)
        return True

    def _read_layers(self) -> None:
        """Also while events of long ago are still to be told: it is of now."""
        if self._layers_at is None or not self._look.isActive():
            return
        path = self._directory / LAYERS
        with suppress(OSError, ValueError):  # there is none, or a start of the machine has emptied it
            written = path.stat().st_mtime_ns
            if written != self._layers_at:
                self._layers_at = written
                self.told.emit(decode(path.read_bytes()))

    def _is_alive(self) -> bool:
        job = self._directory / JOB
        young = job.exists() and time.time() - job.stat().st_mtime < STARTING
        return (young and not self._has_ended) or is_trained(self._directory)

    @property
    def _has_ended(self) -> bool:
        return self._end is not None and self._end.get("reason") != "stopped"

    def _conclude(self) -> None:
        self.leave()
        if self._end is not None:
            self.told.emit(self._end)
        else:
            self.died.emit(f"The training process is gone: {why_gone(self._directory)}.")

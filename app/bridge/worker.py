"""The training process as Qt sees it: lines in, events out, at most once a frame."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from graph_engine.training.departures import last_words, memory_kills, why_ended
from graph_engine.training.events import Event, decode
from graph_engine.worker import command as training

FRAME_MS = 16
MOST_AT_ONCE = 64  # events handled in one frame; the rest wait for the next
PATIENCE_MS = 2000


class WorkerProcess(QObject):
    """Started once and kept warm. `told` gives its events in order, `died` its end when nobody asked for it.

    `command`: what starts it; a process that trains unless another is given.
    """

    told = Signal(object)
    died = Signal(str)

    def __init__(self, parent: QObject | None = None, command: Sequence[str] = ()) -> None:
        super().__init__(parent)
        self._command = tuple(command) or tuple(training())
        self._torn = b""
        self._events: deque[Event] = deque()
        self._process: QProcess | None = None
        self._drain = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._drain.timeout.connect(self._hand_on)

    def start(self) -> None:
        """Makes sure that it runs."""
        if self._process is not None:
            return
        program, *arguments = self._command
        process = QProcess(self)
        process.setProcessChannelMode(QProcess.ProcessChannelMode.SeparateChannels)
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read_complaints)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._broken)
        self._complaints, self._kills_before = b"", memory_kills()
        self._process = process
        process.start(program, arguments)

    def send(self, **request: Any) -> None:
        """A command of the process (see `graph_engine.worker`)."""
        self.start()
        if self._process is not None:
            self._process.write(json.dumps(request).encode() + b"\n")

    def shut_down(self) -> None:
        """Ends it. A training stops within a batch and keeps its run."""
        process, self._process = self._process, None
        self._drain.stop()
        if process is None:
            return
        process.finished.disconnect()
        process.errorOccurred.disconnect()
        process.write(b'{"command": "quit"}\n')
        process.closeWriteChannel()
        if not process.waitForFinished(PATIENCE_MS):
            process.kill()
            process.waitForFinished(PATIENCE_MS)
        process.deleteLater()

    def _read(self) -> None:
        if self._process is None:
            return
        *lines, self._torn = (self._torn + self._process.readAllStandardOutput().data()).split(b"\n")
        for line in lines:
            if line:
                self._events.append(decode(line))
        if not self._drain.isActive():
            self._drain.start()

    def _read_complaints(self) -> None:
        if self._process is not None:
            self._complaints = (self._complaints + self._process.readAllStandardError().data())[-4000:]

    def _hand_on(self) -> None:
        for _ in range(min(MOST_AT_ONCE, len(self._events))):
            self.told.emit(self._events.popleft())
        if self._events:
            self._drain.start()

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        if status == QProcess.ExitStatus.CrashExit:  # then the code is the number of a signal
            why = why_ended(code, self._kills_before)
            self._lost(f"The training process crashed{f': {why}' if why else ''}.")
        else:
            self._lost(f"The training process ended with exit code {code}.")

    def _broken(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            self._lost(f"The training process could not be started: {self._process.errorString()}.")

    def _lost(self, sentence: str) -> None:
        """What it had said before is handed on first."""
        while self._events:
            self.told.emit(self._events.popleft())
        process, self._process = self._process, None
        self._torn = b""
        if process is not None:
            process.deleteLater()
        last = last_words(self._complaints.decode(errors="replace"))
        self.died.emit(sentence if last in sentence else f"{sentence} {last}")

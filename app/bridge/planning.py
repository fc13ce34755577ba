"""What training the drawing will take of memory: asked of the warm training process while nobody trains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.bridge.session import Session
from app.bridge.worker import WorkerProcess
from graph_engine.document import to_text
from graph_engine.training.events import Event

QUIET_MS: Final = 2000  # without an edit; a plan takes a moment of the other process


@dataclass(frozen=True, slots=True)
class Planned:
    """Bytes that a training takes, that it would take with recomputed activations, and that were free when it was
    planned."""

    wanted: int
    recomputed: int
    free: int

    @property
    def fits(self) -> bool:
        return self.wanted <= self.free

    @property
    def would_fit(self) -> bool:
        """Whether recomputing activations makes it fit."""
        return self.recomputed <= self.free < self.wanted


class Planning(QObject):
    """``planned`` is of the drawing as it was at the last quiet moment; None while none can be made."""

    changed = Signal()

    def __init__(self, session: Session, worker: WorkerProcess, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.planned: Planned | None = None
        self._session, self._worker = session, worker
        self._is_wanted, self._is_idle = True, True
        self._quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._quiet.timeout.connect(self._ask)
        session.documentChanged.connect(lambda _change, _analysis: self._want())
        worker.told.connect(self._hear)
        self._quiet.start()

    def follow(self, state: str) -> None:
        """While the process trains, it answers no questions."""
        self._is_idle = state == "idle"
        if self._is_idle and self._is_wanted:
            self._quiet.start()

    def stop(self) -> None:
        self._quiet.stop()

    def _want(self) -> None:
        self._is_wanted = True
        self._quiet.start()

    def _ask(self) -> None:
        if not self._is_idle:
            return
        self._is_wanted = False
        document = self._session.document
        if self._session.analysis.errors or not document.main.inputs or not document.main.outputs:
            self._take(None)
            return
        self._worker.send(command="plan", document=to_text(document))

    def _hear(self, event: Event) -> None:
        if event["event"] == "planned" and not self._is_wanted:
            numbers = (event["wanted"], event["recomputed"], event["free"])
            self._take(None if None in numbers else Planned(*numbers))

    def _take(self, planned: Planned | None) -> None:
        if planned != self.planned:
            self.planned = planned
            self.changed.emit()

"""The runs of a project as a person keeps them: starred, noted, opened again, deleted. All of it can be undone."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from graph_engine.document import Become, Document, Refusal
from graph_engine.project import Project, RunRecord
from graph_engine.training import Checkpoint, Run
from graph_engine.training.runs import LATEST
from graph_engine.values import LayerloomError

BIN: Final = ".deleted"
KEPT: Final = 30 * 24 * 3600  # seconds that a deleted run can still be found in the bin


class Ledger(QObject):
    """Runs live outside the document, and so does their undo: the last thing done here, then the one before it."""

    changed = Signal()
    told = Signal(str)  # what was done, or why it could not be

    def __init__(self, session: Session, bridge: TrainingBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._bridge = session, bridge
        self._done: list[tuple[str, Callable[[], None]]] = []
        bridge.finished.connect(lambda _reason: self.changed.emit())
        bridge.recordsChanged.connect(self.changed)
        session.documentChanged.connect(lambda change, _analysis: None if change.label else self._forget())

    @property
    def records(self) -> tuple[RunRecord, ...]:
        """The newest first, those with a star before all others."""
        found = sorted(self._bridge.records, key=lambda run: -run.created)
        return tuple(sorted(found, key=lambda run: not run.starred))

    @property
    def undo_label(self) -> str:
        """What `undo` would take back; empty where there is nothing."""
        return self._done[-1][0] if self._done else ""

    def place_of(self, name: str) -> Path | None:
        """The run's directory, where it still is."""
        return self._bridge.place_of(name)

    def document_of(self, record: RunRecord) -> Document | None:
        """What it was trained with: as the project kept it, else as its directory says."""
        place = self.place_of(record.name)
        if record.document is not None or place is None:
            return record.document
        try:
            return Run.read(place).document()
        except (LayerloomError, KeyError):
            return None

    def star(self, name: str) -> None:
        """Gives a star, or takes it away."""
        run = self._run(name)
        self._change(name, replace(run, starred=not run.starred), "Unstar run" if run.starred else "Star run")

    def annotate(self, name: str, note: str) -> None:
        run = self._run(name)
        if note != run.note:
            self._change(name, replace(run, note=note), "Note on run")

    def delete(self, names: tuple[str, ...]) -> None:
        """Out of the project; their directories lie in a bin for 30 days."""
        before = self._bridge.records
        moved = [self._throw(place) for name in names if (place := self.place_of(name)) is not None]
        self._bridge.keep_records(tuple(run for run in before if run.name not in names))

        def back() -> None:
            for place, binned in moved:
                if binned.exists():
                    binned.rename(place)
            self._bridge.keep_records(before)

        count = f"{len(names)} runs" if len(names) > 1 else "run"
        self._do(f"Delete {count}", back)

    def open_graph(self, name: str) -> None:
        """The drawing and settings of a run in the place of those there are: a step of the drawing's own undo."""
        document = self.document_of(self._run(name))
        if document is None:
            self.told.emit("Neither the project nor a directory kept the graph of this run.")
            return
        answer = self._session.dispatch(Become(document, "Open the graph of a run"))
        if not isinstance(answer, Refusal):
            self.told.emit("This is the graph of the run; Ctrl+Z brings back yours.")

    def restore(self, name: str) -> None:
        """The graph of a run with the weights it ended with."""
        if self._bridge.state != "idle":
            self.told.emit("A training is running: stop it before you restore other weights.")
            return
        place = self.place_of(name)
        try:
            if place is None:
                raise LayerloomError("the directory of this run is gone, and its weights with it")
            run = Run.read(place)
            weights, config = run.weights(), run.config
            slots = Checkpoint.read(place / LATEST).kept_optimizer()
        except LayerloomError as error:
            self.told.emit(f"The weights cannot be restored: {error}.")
            return
        before = self._bridge.into(Project(self._session.document))
        drawn = self._session.document
        self.open_graph(name)
        found = Project(self._session.document, weights, slots, config.get("states", {}), run.history())
        self._bridge.take_weights(found)

        def back() -> None:
            self._session.dispatch(Become(drawn, "Undo restoring a run"))
            self._bridge.take_weights(before)

        self._do("Restore run", back)

    def undo(self) -> None:
        """Takes back the last thing done here."""
        if self._done:
            label, back = self._done.pop()
            back()
            self.told.emit(f"Undone: {label.lower()}.")
            self.changed.emit()

    def empty_bin(self) -> None:
        """What was deleted long ago goes for good."""
        bin_ = self._bridge.runs / BIN
        for place in bin_.glob("*") if bin_.is_dir() else ():
            if time.time() - place.stat().st_mtime > KEPT:
                shutil.rmtree(place, ignore_errors=True)

    def _throw(self, place: Path) -> tuple[Path, Path]:
        binned = place.parent / BIN / f"{place.name}-{time.time_ns()}"
        binned.parent.mkdir(exist_ok=True)
        place.rename(binned)
        binned.touch()  # the days are counted from now
        return place, binned

    def _change(self, name: str, new: RunRecord, label: str) -> None:
        before = self._bridge.records
        self._bridge.keep_records(tuple(new if run.name == name else run for run in before))
        self._do(label, lambda: self._bridge.keep_records(before))

    def _do(self, label: str, back: Callable[[], None]) -> None:
        self._done.append((label, back))
        self.told.emit("")
        self.changed.emit()

    def _run(self, name: str) -> RunRecord:
        return next(run for run in self._bridge.records if run.name == name)

    def _forget(self) -> None:
        """Another project is open."""
        self._done.clear()
        self.changed.emit()

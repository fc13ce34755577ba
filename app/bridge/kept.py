"""What training has made of the open project, and where its runs lie."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy.typing as npt
from platformdirs import user_data_path
from PySide6.QtCore import QObject, Signal

from graph_engine.document import Document
from graph_engine.project import Project, RunRecord, load
from graph_engine.training import Run
from graph_engine.training.callbacks.progress import duration
from graph_engine.training.runs import LATEST
from graph_engine.values import LayerloomError


def usual_runs() -> Path:
    """Where this system keeps a person's data."""
    return user_data_path("layerloom", appauthor=False) / "runs"


class Kept(QObject):
    """`weights`, `slots`, `history`, `states` and `records`; `folder` is where data files of the project lie."""

    recordsChanged = Signal()  # runs, or whose weights there are

    def __init__(self, parent: QObject | None = None, runs: Path | None = None) -> None:
        super().__init__(parent)
        self._runs = runs or usual_runs()
        self._directory: Path | None = None  # of the last run
        self._started: Document | None = None  # with which that run began, as far as it took edits since
        self.folder: Path | None = None
        self.forget()

    @property
    def directory(self) -> Path | None:
        """Of the last run."""
        return self._directory

    @property
    def runs(self) -> Path:
        """Where runs of this window are kept."""
        return self._runs

    def forget(self) -> None:
        """Another project is open: nothing has been trained yet."""
        self.weights: Mapping[str, npt.NDArray[Any]] = {}
        self.history: Mapping[str, list[float]] = {}
        self.slots: Mapping[str, npt.NDArray[Any]] = {}
        self.states: Mapping[str, Any] = {}
        self.records: tuple[RunRecord, ...] = ()

    def take(self, project: Project) -> None:
        """What a project that was opened has been trained to."""
        self.weights, self.slots, self.history = project.weights, project.optimizer, project.history
        self.states, self.records = project.states, tuple(map(self._remarked, project.runs))
        self._attach(self.place_of(project.runs[-1].name) if project.runs else None)

    def take_weights(self, project: Project) -> None:
        """Weights, optimizer, states and history of a project or a run take the place of those there are."""
        self.weights, self.slots = project.weights, project.optimizer
        self.states, self.history = project.states, project.history
        self.recordsChanged.emit()

    def into(self, project: Project) -> Project:
        """The project with what training has made of it."""
        return replace(
            project,
            weights=self.weights,
            optimizer=self.slots,
            history=self.history,
            states=self.states,
            runs=self.records,
        )

    # Runs

    def place_of(self, name: str) -> Path | None:
        """Where a run of the project lies; None where it is gone. Runs of the command line lie beside the project."""
        beside = sorted(self.folder.glob("*.runs")) if self.folder else []
        return next(
            (place / name for place in (self._runs, *beside) if (place / name / "run.json").exists()), None
        )

    def keep_records(self, records: tuple[RunRecord, ...]) -> None:
        """What a person has made of the list of runs. Stars and notes are kept beside each at once."""
        before = {record.name: (record.starred, record.note) for record in self.records}
        self.records = records
        for record in records:
            place = self.place_of(record.name)
            if place is not None and before.get(record.name) != (record.starred, record.note):
                with suppress(LayerloomError, OSError):  # then the project keeps them, once it is saved
                    Run.read(place).remark(record.starred, record.note)
        self.recordsChanged.emit()

    def _remarked(self, record: RunRecord) -> RunRecord:
        place = self.place_of(record.name)
        try:
            return Run.read(place).remarked(record) if place is not None else record
        except LayerloomError:
            return record

    def _reached(self, heard: float) -> str:
        """The checkpoint that the last run can go on from, and how far before its last event (a time) it lies."""
        assert self._directory is not None, "only of a run"
        latest = self._directory / LATEST
        if not latest.exists():
            return "its beginning, since it had no checkpoint yet"
        lost = max(0.0, heard - latest.stat().st_mtime)
        return f"its last checkpoint ({f'{lost:.0f} s' if lost < 60 else duration(lost)} before)"

    def _attach(self, directory: Path | None) -> None:
        """That run is the last one: it can be continued while the drawing is the one it trained."""
        self._directory = directory
        try:
            self._started = load(directory / "project.loom").document if directory else None
        except LayerloomError:  # a run of the command line has none, and begins anew here
            self._started = None

    def _new_directory(self) -> Path:
        stamp, number = time.strftime("%Y%m%d-%H%M%S"), 1
        while (directory := self._runs / (stamp if number == 1 else f"{stamp}-{number}")).exists():
            number += 1
        directory.mkdir(parents=True)
        return directory

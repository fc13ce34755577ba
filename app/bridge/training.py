"""Training as the window sees it: Run, Stop and Pause, and the callbacks that a training calls over a pipe.

A plot or a progress bar in the window is an ordinary `Callback`: events of the worker are turned back into
calls, so the same class works in headless code and on a finished run.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from app.bridge.joining import Claim, RemoteRun, train_on
from app.bridge.kept import Kept
from app.bridge.planning import Planning
from app.bridge.progress import Compiling, Progress, ProgressMeter
from app.bridge.session import Session
from app.bridge.worker import WorkerProcess
from graph_engine.document import Change
from graph_engine.project import Project, save
from graph_engine.training import Callback, Checkpoint, History, Replay, Run
from graph_engine.training.events import Event
from graph_engine.training.runs import LATEST
from graph_engine.training.steering import changes_between, steered
from graph_engine.values import LayerloomError

State = Literal["idle", "starting", "running", "paused", "stopping"]
CUT_OFF = "cut off"
GOES_ON = ("stopped", CUT_OFF)  # endings of runs that can be continued
WARM_UP_MS = 400  # after the window has come up


class TrainingBridge(Kept):
    """Run, Stop and Pause, beside what training has made of the open project.

    Run trains from fresh weights: one seed gives one curve, here and headless; or on from `weights`, where the
    settings say so. `run(resume=True)` goes on where the last run was stopped.
    """

    stateChanged = Signal(str)
    runStarted = Signal(str)  # the run's directory
    progressed = Signal(object)  # Progress
    learned = Signal()  # what came of it is here, and the run is not let go of yet: a kill now loses neither
    finished = Signal(object)  # why it ended
    failed = Signal(str)  # a sentence
    told = Signal(str)  # what a training makes of an edit
    compiled = Signal(object)  # Compiling: how far the first training's kernels are
    revived = Signal(str)  # a sentence: the process was lost, and another goes on

    def __init__(self, session: Session, parent: QObject | None = None, runs: Path | None = None) -> None:
        super().__init__(parent, runs)
        self._session = session
        self._state: State = "idle"
        self._claim: Claim | None = None  # on the run that is trained
        self._remote: RemoteRun | None = None  # where a process trains that this window has not started
        self._revived: int | None = None  # when the checkpoint was written that a lost run last went on from
        self._heard = time.time()  # when the last event was told, which may be long before it is read
        self._history, self._meter = History(), ProgressMeter(lambda: self._heard)
        self._callbacks: list[Callback] = [self._history, self._meter]
        self._replay = Replay(self._callbacks)
        self._worker = WorkerProcess(self)
        self._worker.told.connect(self._hear)
        self._worker.died.connect(self._lose_worker)
        self.planning = Planning(session, self._worker, self)
        self.stateChanged.connect(self.planning.follow)
        session.documentChanged.connect(lambda change, _analysis: self._steer(change))
        self._watchers: dict[str, str] = {}
        self.name = "untitled"
        self.file: Path | None = None
        self._warm_up = QTimer(self, singleShot=True, interval=WARM_UP_MS)
        self._warm_up.timeout.connect(self._worker.start)
        self._warm_up.start()

    @property
    def state(self) -> State:
        return self._state

    @property
    def facts(self) -> Mapping[str, Any]:
        """What callbacks know of the training: epochs, steps, batch_size, samples, outputs ..."""
        return self._meter.training

    @property
    def can_resume(self) -> bool:
        """Whether the last training of the drawing as it is was stopped, and can go on exactly."""
        if self._directory is None or not self.records or self.records[-1].ending not in GOES_ON:
            return False
        return self._started is not None and changes_between(self._started, self._session.document) == []

    @property
    def callbacks(self) -> tuple[Callback, ...]:
        """Who hears what training does."""
        return tuple(self._callbacks)

    @property
    def progress(self) -> Progress:
        return self._meter.now

    def follow(self, callback: Callback) -> None:
        """From the next run on, the callback hears what training does."""
        self._callbacks.append(callback)
        self._replay = Replay(self._callbacks)

    def belong(self, name: str, file: Path | None) -> None:
        """What is open is called so, and lies there; data files lie beside it."""
        self.name, self.file = name, file
        self.folder = file.parent if file else self.folder
        if self._claim is not None:
            self._write_claim()

    def recall(self, directory: Path) -> None:
        """Take what a run has left, as after it had ended here; nothing where it is gone."""
        if directory.is_dir():
            self._attach(directory)
            self._keep(CUT_OFF)

    def run(self, resume: bool = False) -> None:
        """Start training; `failed` says why not."""
        if self._state != "idle":
            return
        errors = self._session.analysis.errors
        if errors:
            self.failed.emit(f"The model cannot run yet: {errors[0].message}")
            return
        try:
            directory = self._directory if resume and self._directory else self._new_directory()
            project = directory / "project.loom"
            save(project, self._beginning())
        except (LayerloomError, OSError) as error:
            self.failed.emit(f"The run could not be started: {error}")
            return
        self._directory, self._started, self._revived = directory, self._session.document, None
        self._begin(resume)

    def join(self, directory: Path) -> bool:
        """Shows a run that a window left behind, from its beginning, and steers it; one that was cut off goes on.

        False where it is another window's meanwhile.
        """
        claim = Claim(directory)
        if self._state != "idle" or not claim.is_ours:
            claim.leave()
            return False
        self._claim, self._revived = claim, None
        self._attach(directory)
        self._remote = RemoteRun(directory, self)
        self._remote.told.connect(self._hear)
        self._remote.died.connect(self._lose_worker)
        self._set("starting")
        self._remote.start()
        self._tell_watched()
        return True

    @property
    def is_remote(self) -> bool:
        """Whether the training goes on by itself when the window closes."""
        return self._remote is not None

    def train_on(self) -> bool:
        """Lets a run that was stopped go on without the window, which closes next; whether that could be done."""
        if self._directory is None or self._state != "idle":
            return False
        self._claim = Claim(self._directory)
        self._write_claim()
        return train_on(self._directory)

    def _begin(self, resume: bool) -> None:
        assert self._directory is not None, "made by whoever asks"
        self._claim = self._claim or Claim(self._directory)
        job = self._write_claim()
        self._set("starting")
        self._worker.send(command="train", **job, resume=resume)
        self._tell_watched()

    def _write_claim(self) -> dict[str, str | None]:
        """What a process needs to train the last run, kept in its directory."""
        assert self._directory is not None and self._claim is not None, "made by whoever asks"
        job = {
            "project": str(self._directory / "project.loom"),
            "run": str(self._directory),
            "folder": str(self.folder) if self.folder else None,
        }
        self._claim.write(**job, name=self.name, file=str(self.file) if self.file else None)
        return job

    def _end_claim(self) -> None:
        """The run has ended."""
        self._leave_remote()
        if self._claim is not None:
            self._claim.end()
            self._claim = None

    def _leave_remote(self) -> None:
        if self._remote is not None:
            self._remote.leave()
            self._remote.deleteLater()
            self._remote = None

    def _send(self, **request: Any) -> None:
        (self._remote or self._worker).send(**request)

    def stop(self) -> None:
        """After the batch that is running. What was learned is kept."""
        if self._state in ("starting", "running", "paused"):
            self._send(command="stop")
            self._set("stopping")

    def pause(self) -> None:
        if self._state == "running":
            self._send(command="pause")

    def go_on(self) -> None:
        if self._state == "paused":
            self._send(command="resume")

    def step(self) -> None:
        """While paused: one batch more."""
        if self._state == "paused":
            self._send(command="step")

    def _steer(self, change: Change) -> None:
        """An edit of what is trained now: taken at the next batch boundary, or, where that cannot be, told."""
        if self._state not in ("starting", "running", "paused") or not change.label or self._started is None:
            return
        changes = changes_between(change.before, change.after)
        if changes is None:
            self.told.emit("The training goes on as it began: this edit counts from the next run.")
            return
        self._started = steered(self._started, change.after)
        for what, value in changes:
            self._send(command="change", what=what, value=value)

    def watch(self, who: str, what: str) -> None:
        """What `who` wants to be told of layers, now and in trainings to come (see `LayerInsight`); empty: nothing."""
        if self._watchers.get(who, "") != what:
            self._watchers[who] = what
            if self._state != "idle":
                self._tell_watched()

    def _tell_watched(self) -> None:
        """Of two who want the same, with other details, the one that came last counts."""
        wanted = {
            part.partition("/")[0]: part
            for what in self._watchers.values()
            for part in what.split(",")
            if part
        }
        self._send(command="watch", what=",".join(wanted.values()))

    def shut_down(self) -> None:
        """The window closes."""
        self._warm_up.stop()
        self.planning.stop()
        if self._remote is not None and any(self._watchers.values()):
            self._remote.send(command="watch", what="")
        self._leave_remote()
        self._worker.shut_down()
        if self._claim is not None:
            self._claim.leave()

    def _beginning(self) -> Project:
        """What a run begins with: weights only where it is to train on from them."""
        project = Project(self._session.document)
        return self.into(project) if project.document.training.from_weights else project

    def _hear(self, event: Event) -> None:
        self._heard = event.get("time", self._heard)
        self._replay.feed(event)
        match event["event"]:
            case "train_begin":
                self._history.restore(
                    {"epoch": [], "history": self._so_far(event["params"].get("initial_epoch", 0))}
                )
                self.history = self._history.history
                self._set("stopping" if self._state == "stopping" else "running")
                self.runStarted.emit(str(self._directory))
            case "epoch_end":
                self.history = self._history.history
                self.progressed.emit(self.progress)
            case "batches":
                self.progressed.emit(self.progress)
            case "kernels":
                told = Compiling(event["done"], event["count"], event["left"], event["is_over"])
                self.compiled.emit(told)
            case "paused":
                self._set("paused")
            case "resumed":
                self._set("running")
            case "refused":
                self.told.emit(f"{event['message'][:1].upper()}{event['message'][1:]}.")
            case "failed":
                self._give_up(event["message"])
            case "train_end":
                self._keep(event["reason"])

    def _keep(self, reason: str) -> None:
        assert self._directory is not None, "what ends has begun"
        try:
            run = Run.read(self._directory)
            latest = Checkpoint.read(self._directory / LATEST)
            self.weights, self.slots = run.weights(), latest.kept_optimizer()
        except LayerloomError as error:
            self._end_claim()
            self._set("idle")
            self.failed.emit(str(error))
            return
        self.states = run.config.get("states", {})
        record = run.record(reason)
        self.history = record.history
        past = next((past for past in self.records if past.name == record.name), record)
        record = run.remarked(replace(record, note=past.note, starred=past.starred))
        self.records = (*(other for other in self.records if other.name != record.name), record)
        self.learned.emit()
        self._end_claim()
        self._set("idle")
        self.finished.emit(reason)

    def _so_far(self, epochs: int) -> dict[str, list[float]]:
        """Of a run that is continued: what came after its checkpoint is trained again."""
        return {name: list(values[:epochs]) for name, values in self.history.items()} if epochs else {}

    def _lose_worker(self, sentence: str) -> None:
        """Another process goes on from the last checkpoint; twice from the same one it would only break again."""
        was, directory = self._state, self._directory
        self._leave_remote()
        if was == "idle" or directory is None:
            return
        latest = directory / LATEST
        reached = latest.stat().st_mtime_ns if latest.exists() else 0
        if was == "stopping" or reached == self._revived or not (directory / "run.json").exists():
            self._give_up(sentence)
            return
        self._revived = reached
        self._begin(resume=True)
        if was == "paused":
            self._send(command="pause")
        self.revived.emit(f"{sentence} Training goes on from {self._reached(self._heard)}.")

    def _give_up(self, why: str) -> None:
        """Says why, with what can be done."""
        if self._directory is not None and (self._directory / LATEST).exists():
            kept = self._reached(self._heard)
            self._keep(CUT_OFF)
            why = f"{why.rstrip('.')}. What was learned up to {kept} is kept, and can be trained on."
        self._end_claim()
        self._set("idle")
        self.failed.emit(why)

    def _set(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self.stateChanged.emit(state)

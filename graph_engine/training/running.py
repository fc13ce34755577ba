"""One training of a project from data to weights, with everything about it on disk: what window, worker and
command line all do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from graph_engine.data import Prepared, prepare
from graph_engine.document import Document, encode
from graph_engine.project import Project
from graph_engine.training.callbacks import (
    CALLBACKS,
    Callback,
    EventWriter,
    History,
    LayerInsight,
    LossBalance,
    NaNAutopsy,
    Pace,
    Safekeeping,
)
from graph_engine.training.checkpoints import Checkpoint
from graph_engine.training.control import Control
from graph_engine.training.events import Logs
from graph_engine.training.runs import LATEST, WEIGHTS, Run
from graph_engine.training.trainer import Trainer
from graph_engine.values import LayerloomError


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a training ended, and the project with its weights, states and history."""

    project: Project
    reason: str
    interrupted: bool


class _FinalWeights(Callback):
    """Writes the weights a run ends with, after callbacks that bring back the best, before anyone hears of it."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.trainer is not None:
            Checkpoint(self.trainer.parameters).write(self._run.directory / WEIGHTS)


def train_project(
    project: Project,
    directory: Path,
    *,
    folder: Path | None = None,
    epochs: int | None = None,
    callbacks: Iterable[Callback] = (),
    control: Control | None = None,
    resume: bool = False,
) -> Outcome:
    """Train from fresh weights, from the project's where its settings say so, or continue the run in ``directory``.

    A run that was cut off goes on from its last checkpoint, where there is none from its beginning; its numbers are
    those of one that was not. Data files lie relative to ``folder``. The document's own callbacks come first,
    ``callbacks`` next, the run's event log last. Equal documents give equal runs, number for number, wherever they
    run.
    """
    document = _with_epochs(project.document, epochs)
    latest = directory / LATEST
    checkpoint = Checkpoint.read(latest) if resume and latest.exists() else None
    run = Run.read(directory) if resume else None
    goes_on = document.training.from_weights and bool(project.weights)
    states = run.config.get("states") if run else project.states if goes_on else None
    data = prepare(document, folder, states or None)
    trainer = Trainer(document, directory=directory, control=control)
    if goes_on:
        trainer.parameters.load(project.weights)
        trainer.optimizer.take(project.optimizer)
    run = run or _create(directory, document, data)
    log = run.log()
    try:
        history = trainer.fit(
            data.training,
            validation=data.validation if len(data.validation) else None,
            callbacks=[
                *_watched(_chosen(document), data),
                Pace(),
                LayerInsight(),  # before the next, which runs the same plan
                LossBalance(),
                Safekeeping(latest),
                _FinalWeights(run),
                *callbacks,
                EventWriter(log.write, without=("layers",)),
            ],
            resume=checkpoint,
        )
    finally:
        log.close()
    return _outcome(project, document, trainer, history, data, run)


def _with_epochs(document: Document, epochs: int | None) -> Document:
    if epochs is None:
        return document
    if epochs < 1:
        raise LayerloomError(f"epochs: must be at least 1, got {epochs}")
    return replace(document, training=replace(document.training, epochs=epochs))


def _chosen(document: Document) -> list[Callback]:
    return [
        CALLBACKS.decode({"type": choice.type, **choice.config}) for choice in document.training.callbacks
    ]


def _watched(chosen: list[Callback], data: Prepared) -> list[Callback]:
    """Every training is watched for what is not finite, however the document wants it done."""
    watching = [callback for callback in chosen if isinstance(callback, NaNAutopsy)] or [NaNAutopsy()]
    for autopsy in watching:
        autopsy.places = data.rows[0].tolist()
    return list(dict.fromkeys([*chosen, *watching]))


def _create(directory: Path, document: Document, data: Prepared) -> Run:
    return Run.create(
        directory,
        seed=document.training.seed,
        epochs=document.training.epochs,
        document=encode(document),
        states=data.states(),
    )


def _outcome(
    project: Project, document: Document, trainer: Trainer, history: History, data: Prepared, run: Run
) -> Outcome:
    record = run.record(trainer.reason)
    others = tuple(past for past in project.runs if past.name != record.name)
    trained = replace(
        project,
        weights=trainer.parameters.snapshot(),
        optimizer=trainer.optimizer.saved(),
        states=data.states(),
        history=history.history,
        runs=(*others, record),
    )
    return Outcome(trained, trainer.reason, trainer.interrupted)

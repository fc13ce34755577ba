"""A trained project and rows to judge it on: predictions of every head beside the truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from graph_engine.analysis import analyze
from graph_engine.compiler import weight_table
from graph_engine.data import (
    SOURCES,
    DataError,
    Dataset,
    Gatherer,
    Pipeline,
    Prepared,
    batches_of,
    closest,
    kind_of,
    prepare,
)
from graph_engine.document import Document, Split
from graph_engine.evaluation.judging import Judged, judged
from graph_engine.evaluation.report import HeadReport, Report, head_report
from graph_engine.project import Project
from graph_engine.runtime import Parameters
from graph_engine.training import Callback, Trainer
from graph_engine.training.events import Logs
from graph_engine.values import LayerloomError

Array = npt.NDArray[Any]
_MASK: Final = "mask/"
RowsOf = Literal["validation", "training"]
Tell = Callable[[int, int], None]  # batches done, batches in all; may raise Stopped


class Stopped(LayerloomError):
    """An evaluation was stopped by a person."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """``rows``: the table's row of each evaluated one. ``heads`` by Output name, those with a target alone."""

    about: str
    document: Document
    data: Prepared
    rows: Array
    logs: Mapping[str, float]
    heads: Mapping[str, Judged]

    def report(self, group: str = "") -> Report:
        """``group``: a column whose groups are to be told apart; none if empty."""
        column = self.column(group) if group else None
        return Report(
            self.about,
            len(self.rows),
            self.logs,
            tuple(head_report(each, column) for each in self.heads.values()),
        )

    def head(self, name: str, group: str = "") -> HeadReport:
        """The report of one head."""
        return head_report(self.heads[name], self.column(group) if group else None)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns with one value for each row: what rows can be grouped by."""
        tables = self.data.tables.values()
        return tuple(name for table in tables for name in table if table[name].ndim == 1)

    def column(self, name: str) -> Array:
        """A column's values for the evaluated rows. Raises DataError where there is none to group by."""
        for table in self.data.tables.values():
            if name in table and table[name].ndim == 1:
                return table[name][self.rows]
        known = ", ".join(self.columns)
        raise DataError(
            f"there is no column {name!r} to group by{closest(name, self.columns)} (there are {known})"
        )


def trainer_of(project: Project) -> Trainer:
    """The project's weights, ready to predict. Raises LayerloomError where they are not those of the drawing."""
    if not project.weights:
        raise LayerloomError("This project has no trained weights yet: train it first.")
    document = project.document
    parameters = Parameters(weight_table(document, analyze(document)))
    missing = parameters.load(project.weights)
    if missing:
        layer = document.layers.get(missing[0].rpartition("/")[0].rpartition("/")[2])
        name = layer.name if layer else missing[0]
        raise LayerloomError(
            f"The drawing has changed since it was trained: {name} has no fitting weights. Train it again, or undo."
        )
    return Trainer(document, parameters=parameters)


def evaluate_project(
    project: Project,
    folder: Path | None = None,
    rows: RowsOf | Path = "validation",
    tell: Tell = lambda done, total: None,
    trainer: Trainer | None = None,
) -> Evaluation:
    """Judge every head that has a target. ``rows``: a part of the project's data, or another file of its kind.

    Where nothing is held back to validate on, all rows are taken. Raises Stopped when ``tell`` does.
    """
    trainer = trainer or trainer_of(project)
    document, about = on_file(project.document, rows) if isinstance(rows, Path) else (project.document, "")
    data = prepare(document, folder, project.states or None)
    dataset, taken, which = _chosen(data, rows)
    watch = _Watch(tell)
    found = trainer.predict(dataset.inputs, callbacks=[watch])
    logs = trainer.evaluate(dataset, callbacks=[watch])
    masks = output_masks(trainer, dataset.inputs)
    heads = judged_heads(trainer, dataset, found, data.pipelines, masks)
    return Evaluation(about or f"{len(taken):,} {which}", document, data, taken, logs, heads)


def judged_heads(
    trainer: Trainer,
    dataset: Dataset,
    found: Mapping[str, Array],
    pipelines: Mapping[str, Pipeline],
    masks: Mapping[str, Array],
) -> dict[str, Judged]:
    """Every head with a target beside the truth. ``found``: the outputs for all rows; ``pipelines``: of targets."""
    outputs, heads = trainer.session.outputs, trainer.session.heads
    return {
        head.name: judged(
            head,
            outputs[head.name],
            dataset,
            found[head.name],
            pipelines.get(head.name, Pipeline()),
            masks.get(head.name),
        )
        for head in heads
        if head.active and head.name in dataset.targets
    }


def output_masks(trainer: Trainer, inputs: Mapping[str, Array]) -> dict[str, Array]:
    """Which steps of an output are no padding, booleans, by Output name; outputs without a mask are left out."""
    session, parts = trainer.session, dict[str, list[Array]]()
    ready = session.as_inputs(inputs)
    rows = len(next(iter(ready.values())))
    size = max(1, min(trainer.document.training.batch_size, rows))
    gatherer = Gatherer(ready, size)
    for _, feeds in gatherer.each(batches_of(np.arange(rows), size)):
        executor = session.executor("predict", feeds)
        if not any(name.startswith(_MASK) for name in executor.plan.results):
            return {}
        for name, array in executor.run(feeds, seed=trainer.seed).items():
            if name.startswith(_MASK):
                parts.setdefault(name.removeprefix(_MASK), []).append(array.astype(bool))
    return {name: np.concatenate(found) for name, found in parts.items()}


class _Watch(Callback):
    """Counts the batches of a prediction and of the evaluation after it."""

    def __init__(self, tell: Tell) -> None:
        self._tell, self._done = tell, 0

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._count()

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._count()

    def _count(self) -> None:
        self._done += 1
        self._tell(self._done, 2 * max(1, int(self.training.get("steps") or 1)))


def _chosen(data: Prepared, rows: RowsOf | Path) -> tuple[Dataset, Array, str]:
    training, validation = data.rows
    if rows == "validation" and len(validation):
        return data.validation, validation, "validation rows"
    return data.training, training, "training rows" if len(validation) else "rows, none held back"


def on_file(document: Document, file: Path) -> tuple[Document, str]:
    """The document with another file in the place of its only source, and all of its rows on one side."""
    sources = list(document.data.sources.values())
    if len(sources) != 1:
        raise DataError(f"the project reads {len(sources)} sources; evaluating on a file needs exactly one")
    source, found = sources[0], kind_of(file)
    reader = SOURCES.decode({"type": source.kind, **source.options})
    if not isinstance(reader, SOURCES[found]):  # read as files of its own kind are
        source = replace(source, kind=found, options={})
    source = replace(source, path=str(file.absolute()))
    split = Split("last", 0.0, 0)
    data = replace(document.data, sources={source.id: source}, split=split)
    return replace(document, data=data), f"all rows of {file.name}"


def order_of(judged_: Judged, order: str) -> Array:
    """Entries by the ``worst`` loss of their row, or the ``surprising`` ones: wrong, the surest first.

    Numbers are never quite right or wrong: they have one order.
    """
    if order == "worst" or judged_.kind == "numbers":
        return np.argsort(-judged_.row_losses, kind="stable")
    wrong = np.flatnonzero(~judged_.right)
    found: Array = wrong[np.argsort(-judged_.confidence[wrong], kind="stable")]
    return found

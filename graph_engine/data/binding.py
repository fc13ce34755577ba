"""A document's data: sources read, columns bound to Inputs and Outputs, steps fitted, rows parted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from graph_engine.analysis import analyze
from graph_engine.data.columns import Column, Held, as_column, fits, taken
from graph_engine.data.dataset import Array, Dataset
from graph_engine.data.errors import DataError
from graph_engine.data.fitting import fitted
from graph_engine.data.sources import read_source
from graph_engine.data.split import BY_COLUMN, MOST_CLASSES, Rows, split_rows
from graph_engine.data.steps import STEPS, Pipeline, Step
from graph_engine.data.table import Table
from graph_engine.document import Binding, Document, Split
from graph_engine.params import JSON
from graph_engine.values import TensorSpec

WIDEST: Final = np.dtype(np.float64).itemsize  # steps make such numbers of what they are given


@dataclass(frozen=True, slots=True)
class Prepared:
    """Data ready to train on. ``pipelines`` by the name of an Input or Output, to use again in prediction.

    ``tables`` by the id of their source, as they were read; ``rows``: which of their rows train and validate.
    """

    training: Dataset
    validation: Dataset
    pipelines: Mapping[str, Pipeline]
    tables: Mapping[str, Table] = field(default_factory=dict)
    rows: tuple[Rows, Rows] = (np.zeros(0, np.int64), np.zeros(0, np.int64))

    def states(self) -> dict[str, list[JSON]]:
        """What the steps learned, by name of Input or Output: JSON, stored with the run and the weights."""
        return {name: list(pipeline.states) for name, pipeline in self.pipelines.items() if pipeline.steps}


def prepare(
    document: Document, folder: Path | None = None, states: Mapping[str, JSON] | None = None
) -> Prepared:
    """Read, bind, split and preprocess. Steps learn from the training rows, or take ``states`` from a run."""
    tables = {key: read_source(source, folder) for key, source in document.data.sources.items()}
    inputs, outputs = terminals(document)
    raw = {name: _raw(document, tables, node, name) for name, node in (inputs | outputs).items()}
    training, validation = _split(document, tables, raw, list(outputs))
    pipelines = {
        name: _pipeline(document, node, name, raw[name], training, states)
        for name, node in (inputs | outputs).items()
    }
    ready = {name: _applied(name, pipelines[name], array) for name, array in raw.items()}
    specs = _input_specs(document, inputs)
    whole = Dataset(
        {name: fitted(ready[name], spec, f"Input {name!r}") for name, spec in specs.items()},
        {name: ready[name] for name in outputs},
    )
    return Prepared(whole.take(training), whole.take(validation), pipelines, tables, (training, validation))


def restore_pipelines(document: Document, states: Mapping[str, JSON]) -> dict[str, Pipeline]:
    """The pipelines of a trained model from the states stored with it."""
    inputs, outputs = terminals(document)
    return {
        name: Pipeline.restore(_steps(document.data.bindings[node], name), states.get(name, []))
        for name, node in (inputs | outputs).items()
        if node in document.data.bindings
    }


def terminals(document: Document) -> tuple[dict[str, str], dict[str, str]]:
    """Node ids of the main graph's Inputs, and of the Outputs that are bound to data, by name."""
    main = document.main
    inputs = {document.layer_of(main.id, node).name: node for node in main.inputs}
    bound = [node for node in main.outputs if node in document.data.bindings]
    return inputs, {document.layer_of(main.id, node).name: node for node in bound}


def _input_specs(document: Document, inputs: Mapping[str, str]) -> dict[str, TensorSpec]:
    analysis = analyze(document)
    found = {name: analysis.node(document.main.id, node).outputs[0].spec for name, node in inputs.items()}
    unknown = [name for name, spec in found.items() if spec is None]
    if unknown:
        raise DataError(f"the shape of Input {unknown[0]!r} is not known: correct its settings")
    return {name: spec for name, spec in found.items() if spec is not None}


def _raw(document: Document, tables: Mapping[str, Table], node: str, name: str) -> Array:
    """What is bound, as a column where its steps draw at random, or would make more of it than memory may hold."""
    array = _columns(document, tables, node, name)
    if isinstance(array, Column) or array.ndim < 2 or array.dtype.kind not in "biuf":
        return array
    varies = any(step.varies for step in _steps(document.data.bindings[node], name))
    return as_column(Held(array)) if varies or not fits(array.size * WIDEST) else array


def _columns(document: Document, tables: Mapping[str, Table], node: str, name: str) -> Array:
    """The bound columns, side by side along the last axis when there are several."""
    binding = document.data.bindings.get(node)
    if binding is None:
        raise DataError(f"Input {name!r} is bound to no data: choose its columns")
    if binding.source not in tables:
        raise DataError(f"{name!r} is bound to source {binding.source!r}, which is not in the project")
    if not binding.columns:
        raise DataError(f"{name!r} is bound to {tables[binding.source].name}, but to no column of it")
    columns = {column: tables[binding.source][column] for column in binding.columns}
    if len(columns) == 1:
        return next(iter(columns.values()))
    return _side_by_side(name, columns)


def _side_by_side(name: str, columns: Mapping[str, Array]) -> Array:
    shapes = {column: array.shape for column, array in columns.items()}
    if len(set(shapes.values())) > 1:
        listed = ", ".join(f"{column} {shape}" for column, shape in shapes.items())
        raise DataError(
            f"the columns of {name!r} have different shapes and cannot stand side by side: {listed}"
        )
    words = any(array.dtype.kind == "U" for array in columns.values())
    arrays = [array.astype(np.str_) if words else array for array in columns.values()]
    return np.stack(arrays, axis=-1)


def _split(
    document: Document, tables: Mapping[str, Table], raw: Mapping[str, Array], outputs: list[str]
) -> tuple[Rows, Rows]:
    rows = {name: len(array) for name, array in raw.items()}
    if len(set(rows.values())) > 1:
        listed = ", ".join(f"{name} has {count}" for name, count in rows.items())
        raise DataError(f"inputs and targets need the same number of rows, but {listed}")
    count = next(iter(rows.values()), 0)
    if not count:
        raise DataError("the data has no rows")
    labels = next((raw[name] for name in outputs if _holds_classes(raw[name])), None)
    return split_rows(document.data.split, count, labels, _parting(document.data.split, tables, count))


def _parting(split: Split, tables: Mapping[str, Table], count: int) -> Array | None:
    """The column that the split goes by."""
    if split.kind not in BY_COLUMN or not split.column:
        return None
    if split.source not in tables:
        raise DataError(
            f"rows are parted by {split.column!r} of {split.source!r}, which is not in the project"
        )
    column = tables[split.source][split.column]
    if len(column) != count:
        raise DataError(
            f"rows are parted by {split.column!r}, which has {len(column)} rows where there are {count}"
        )
    return column


def _holds_classes(array: Array) -> bool:
    return array.ndim == 1 and array.dtype.kind in "Uiub" and len(np.unique(array)) <= MOST_CLASSES


def _pipeline(
    document: Document, node: str, name: str, raw: Array, training: Rows, states: Mapping[str, JSON] | None
) -> Pipeline:
    steps = _steps(document.data.bindings[node], name)
    if states is not None:
        return Pipeline.restore(steps, states.get(name, []))
    try:
        return Pipeline.fit(steps, taken(raw, training))
    except DataError as error:
        raise DataError(f"{name!r}: {error}") from None


def _steps(binding: Binding, name: str) -> list[Step]:
    return [STEPS.decode({"type": step.type, **step.config}) for step in binding.steps]


def _applied(name: str, pipeline: Pipeline, array: Array) -> Any:
    try:
        return pipeline.apply(array)
    except DataError as error:
        raise DataError(f"{name!r}: {error}") from None

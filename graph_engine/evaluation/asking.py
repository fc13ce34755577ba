"""Predictions for rows that a person gives: drawn, typed or pasted."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np
import numpy.typing as npt

from graph_engine.data import DataError, Pipeline, Table, terminals
from graph_engine.document import Document
from graph_engine.evaluation.judging import class_names
from graph_engine.evaluation.kinds import Kind, kind_of, probabilities
from graph_engine.evaluation.report import plain
from graph_engine.evaluation.samples import encoded, reach
from graph_engine.params import JSON
from graph_engine.training import Trainer
from graph_engine.training.heads import Head
from graph_engine.training.targets import target_spec
from graph_engine.values import TensorSpec

Array = npt.NDArray[Any]


def predict_sample(
    document: Document,
    trainer: Trainer,
    tables: Mapping[str, Table],
    pipelines: Mapping[str, Pipeline],
    inputs: Mapping[str, JSON],
) -> list[JSON]:
    """What every head says of one row. ``inputs`` by name, as ``samples.shown`` writes them.

    Each answer: ``head``, ``kind``, and ``names`` with ``scores``, or ``value``, or ``image`` (see ``samples.encoded``)
    where the head answers with a picture. Raises DataError for what does not fit.
    """
    raw = {name: _raw(document, tables, node, name, inputs) for name, node in terminals(document)[0].items()}
    ready = {name: _applied(name, pipelines.get(name, Pipeline()), array) for name, array in raw.items()}
    found = trainer.predict(ready, batch_size=1)
    return [_answer(trainer, head, found[head.name], pipelines) for head in trainer.session.heads]


def _answer(trainer: Trainer, head: Head, found: Array, pipelines: Mapping[str, Pipeline]) -> JSON:
    pipeline = pipelines.get(head.name, Pipeline())
    output = trainer.session.outputs[head.name]
    kind = kind_of(head, output, _example(found, head, output)) if head.active else "numbers"
    if (
        picture := _picture(kind, found if kind == "numbers" else probabilities(head, kind, found))
    ) is not None:
        return {"head": head.name, "kind": kind, "image": encoded(picture, 0.0, float(picture.max()) or 1.0)}
    if kind == "numbers":
        with suppress(DataError, ValueError):  # what cannot be undone stays in the model's terms
            found = pipeline.invert(found[..., 0] if found.ndim == 2 and found.shape[-1] == 1 else found)
        return plain({"head": head.name, "kind": kind, "value": np.asarray(found).reshape(-1)[:64]})
    scores = probabilities(head, kind, found)
    scores = scores.reshape(-1, scores.shape[-1]).mean(axis=0)  # of all steps or pixels
    return plain(
        {"head": head.name, "kind": kind, "names": class_names(pipeline, len(scores)), "scores": scores}
    )


def _picture(kind: Kind, scores: Array) -> Array | None:
    """An answer of pixels, (height, width, channels): numbers, the chance of the second class, or the likeliest one."""
    if scores.ndim != 4:
        return None
    if kind == "binary":
        scores = scores[..., 1:]
    if kind == "classes":
        scores = scores.argmax(axis=-1)[..., None].astype(np.float64)
    picture: Array = scores[0]
    return picture if picture.shape[-1] in (1, 3, 4) else None


def _example(found: Array, head: Head, output: TensorSpec) -> Array:
    """A target such as the head takes, to tell its kind where no row is at hand."""
    spec = target_spec(head, output)
    if spec.rank < output.rank:
        return np.zeros(found.shape[:-1], np.int32)
    example: Array = np.zeros(found.shape, np.float32)
    if example.ndim > 1 and example.shape[-1] > 1:
        example[..., 0] = 1.0
    return example


def _raw(
    document: Document, tables: Mapping[str, Table], node: str, name: str, inputs: Mapping[str, JSON]
) -> Array:
    """One row of an Input's columns, as their table would have it."""
    given, binding = inputs.get(name), document.data.bindings.get(node)
    if not isinstance(given, Mapping) or binding is None:
        raise DataError(f"Input {name!r} was given nothing to predict from")
    columns = [tables[binding.source][column] for column in binding.columns]
    match given["kind"]:
        case "text":
            return np.array([str(given["text"])])
        case "image":
            return _pixels(given, columns[0])
        case _:
            return _values(name, given["values"], columns)


def _pixels(given: Mapping[str, JSON], column: Array) -> Array:
    """Bytes in base64 -> the column's own range and shape."""
    low, high = reach(column)
    grey = np.frombuffer(base64.b64decode(given["pixels"]), np.uint8).astype(np.float64) / 255
    return (low + grey * (high - low)).astype(np.float32).reshape(1, *column.shape[1:])


def _values(name: str, pairs: Any, columns: list[Array]) -> Array:
    values = [value for _, value in pairs]
    if len(columns) == 1 and columns[0].ndim > 1:
        return np.array(values, np.float64).reshape(1, *columns[0].shape[1:])
    if len(values) != len(columns):
        raise DataError(f"Input {name!r} takes {len(columns)} values, got {len(values)}")
    arrays = [_value(name, value, column) for value, column in zip(values, columns, strict=True)]
    return arrays[0] if len(arrays) == 1 else np.stack(arrays, axis=-1)


def _value(name: str, value: Any, column: Array) -> Array:
    if column.dtype.kind == "U":
        return np.array([str(value)])
    try:
        return np.array([float(value)])
    except (TypeError, ValueError):
        raise DataError(f"Input {name!r} takes numbers, got {value!r}") from None


def _applied(name: str, pipeline: Pipeline, array: Array) -> Any:
    try:
        return pipeline.apply(array)
    except DataError as error:
        raise DataError(f"{name!r}: {error}") from None

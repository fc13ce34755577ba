"""Single rows as a person reads them: the inputs as the data has them, what was true, what was said."""

from __future__ import annotations

import base64
import csv
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from graph_engine.analysis import analyze
from graph_engine.data import Column, Table, terminals
from graph_engine.document import Binding, Document
from graph_engine.evaluation.judging import Judged
from graph_engine.evaluation.report import plain
from graph_engine.evaluation.subject import Evaluation, order_of
from graph_engine.params import JSON
from graph_engine.values import Shape

Array = npt.NDArray[Any]
LONGEST_SIDE: Final = 64  # pixels of a thumbnail
MOST_VALUES: Final = 24
LONGEST_TEXT: Final = 2000


@dataclass(frozen=True, slots=True)
class Sample:
    """One row of a head. ``row`` counts from 0 in the source's table; ``inputs`` as ``shown`` gives them.

    Of a row with many entries (steps, pixels) ``true`` is empty, and ``predicted`` says how many of them are right.
    """

    row: int
    true: str
    predicted: str
    confidence: float
    loss: float
    inputs: tuple[JSON, ...]

    def as_json(self) -> JSON:
        return plain(asdict(self))


def samples_in_cell(
    evaluation: Evaluation, head: str, true: int, predicted: int, first: int = 0, count: int = 60
) -> list[Sample]:
    """Those of a confusion matrix' cell, the surest first. Of a row with several entries, its surest."""
    found = evaluation.heads[head]
    inside = np.flatnonzero((found.true == true) & (found.predicted == predicted))
    order = inside[np.argsort(-found.confidence[inside], kind="stable")]
    return _samples(evaluation, found, order, first, count)


def samples_by(
    evaluation: Evaluation, head: str, order: str, first: int = 0, count: int = 60
) -> list[Sample]:
    """The ``worst`` or the most ``surprising`` (see ``order_of``)."""
    found = evaluation.heads[head]
    return _samples(evaluation, found, order_of(found, order), first, count)


def sample_rows(evaluation: Evaluation, head: str, rows: Sequence[int]) -> list[Sample]:
    """Given places among the evaluated rows, as ``Residuals.rows`` has them."""
    found = evaluation.heads[head]
    entries = np.flatnonzero(np.isin(found.rows, rows))
    return _samples(evaluation, found, entries, 0, len(rows))


def write_table(evaluation: Evaluation, head: str, path: Path) -> int:
    """Every entry as a line of CSV: row, truth, prediction, confidence, loss, a column per class. Returns how many."""
    found = evaluation.heads[head]
    classes = [f"score of {name}" for name in found.names]
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["row", "true", "predicted", "confidence", "loss", *classes])
        for entry in range(len(found.true)):
            true, predicted = decisions(found, entry)
            sure = found.confidence[entry] if found.names else ""
            scores = found.scores[entry].tolist() if found.names else []
            row = int(evaluation.rows[found.rows[entry]]) + 1
            lines.writerow([row, true, predicted, sure, found.losses[entry], *scores])
    return len(found.true)


def decisions(found: Judged, entry: int) -> tuple[str, str]:
    """Truth and prediction of an entry in words."""
    if found.kind == "numbers":
        return figure(found.true[entry]), figure(found.scores[entry])
    if found.kind == "labels":
        return _labels(found, found.true[entry]), _labels(found, found.scores[entry] > 0.5)
    return found.names[found.true[entry]], found.names[int(found.scores[entry].argmax())]


def figure(value: float) -> str:
    """Four significant figures, and never a power of ten where whole digits say it."""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.4g}"


def inputs_of(document: Document, tables: dict[str, Table], row: int) -> tuple[JSON, ...]:
    """Every Input that is bound to data, as ``row`` of its table has it."""
    analysis = analyze(document)
    found = []
    for name, node in terminals(document)[0].items():
        binding = document.data.bindings.get(node)
        spec = analysis.node(document.main.id, node).outputs[0].spec
        if binding is not None and spec is not None:
            found.append(shown(name, binding, tables[binding.source], row, spec.sample_shape))
    return tuple(found)


def shown(name: str, binding: Binding, table: Table, row: int, shape: Shape) -> JSON:
    """``{"input", "kind": "image" | "text" | "values", ...}``: pixels in base64, a text, or pairs of name and value."""
    columns = {column: table[column] for column in binding.columns}
    first = next(iter(columns.values()))
    pixels = image_of(first[row], shape) if len(columns) == 1 else None
    if pixels is not None:
        return {"input": name, "kind": "image", **encoded(pixels, *reach(first))}
    if len(columns) == 1 and first.dtype.kind == "U":
        return {"input": name, "kind": "text", "text": str(first[row])[:LONGEST_TEXT]}
    return {"input": name, "kind": "values", "values": _values(columns, row)}


def image_of(array: Array, shape: Shape) -> Array | None:
    """One row as (height, width, channels) where its Input takes pictures; None where it does not."""
    if len(shape) == 2 and array.ndim == 2 and min(array.shape) > 3 and array.dtype.kind in "uib":
        return array[..., None]
    if len(shape) != 3 or array.dtype.kind not in "uifb" or shape[-1] not in (1, 3, 4):
        return None
    if array.ndim == 2:
        return array[..., None]
    if array.ndim == 3:
        return array
    sizes = [size for size in shape if size is not None]
    return array.reshape(sizes) if len(sizes) == 3 and array.size == math.prod(sizes) else None


def encoded(pixels: Array, low: float, high: float) -> dict[str, JSON]:
    """Bytes 0 to 255 in base64, at most ``LONGEST_SIDE`` a side."""
    step = -(-max(pixels.shape[:2]) // LONGEST_SIDE)
    small = pixels[::step, ::step].astype(np.float64)
    grey = np.rint((small - low) / ((high - low) or 1.0) * 255).clip(0, 255).astype(np.uint8)
    height, width, channels = grey.shape
    data = base64.b64encode(grey.tobytes()).decode()
    return {"height": height, "width": width, "channels": channels, "pixels": data}


def _samples(evaluation: Evaluation, found: Judged, order: Array, first: int, count: int) -> list[Sample]:
    _, places = np.unique(found.rows[order], return_index=True)  # a row once, where it comes first
    chosen = order[np.sort(places)][first : first + count]
    tables = dict(evaluation.data.tables)
    confidence, losses, single = found.confidence, found.row_losses, found.per_row == 1
    samples = []
    for entry in chosen.tolist():
        row = int(evaluation.rows[found.rows[entry]])
        said = decisions(found, entry) if single else ("", _of_many(found, entry))
        inputs = inputs_of(evaluation.document, tables, row)
        samples.append(Sample(row, *said, float(confidence[entry]), float(losses[entry]), inputs))
    return samples


def _of_many(found: Judged, entry: int) -> str:
    """How good a row with many entries is."""
    members = np.flatnonzero(found.rows == found.rows[entry])
    if found.kind == "numbers":
        return f"off by {np.abs(found.scores[members] - found.true[members]).mean():.3g} on average"
    return f"{100 * found.right[members].mean():.3g} % of {len(members):,} right"


def _labels(found: Judged, on: Array) -> str:
    return ", ".join(name for name, there in zip(found.names, on, strict=True) if there) or "none"


def _values(columns: dict[str, Array], row: int) -> list[JSON]:
    pairs: list[JSON] = []
    for name, column in columns.items():
        flat = np.asarray(column[row]).reshape(-1)
        single = flat.size == 1
        pairs += [
            [name if single else f"{name} {i + 1}", v] for i, v in enumerate(flat[:MOST_VALUES].tolist())
        ]
    return plain(pairs[:MOST_VALUES])  # type: ignore[no-any-return]


def reach(column: Array) -> tuple[float, float]:
    """What is black and what is white in a column of pictures, from some of its rows."""
    is_streamed = isinstance(column, Column)  # pictures, and costly to look at
    if column.dtype == np.uint8 and (is_streamed or int(column[:500].max()) > 64):
        return 0.0, 255.0
    some = column[:500]
    return min(0.0, float(some.min())), float(some.max())

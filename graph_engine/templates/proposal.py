"""A model proposed for a table: what its columns are like says how they enter, and what is foretold."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graph_engine.data import DataError, Profile
from graph_engine.document import Binding, Choice, Document, Objective, Source, Split, Training, unique_name
from graph_engine.layers import (
    LSTM,
    Concatenate,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    MaxPooling2D,
)
from graph_engine.layout import laid_out
from graph_engine.model import Input, Model
from graph_engine.templates.base import Recipe

_WIDTH: Final = 64  # of the part that all heads share
_VOCABULARY: Final = 5000
_LONGEST: Final = 200  # words of a text that are read
_SMALL: Final = 500  # rows
_LARGE: Final = 20_000
_STEPS: Final = 1000
_FEWEST: Final = 5  # rows of a class that a stratified split can part


@dataclass(frozen=True, slots=True)
class Entry:
    """One Input: its columns, the steps they pass, and the layers that read it."""

    name: str
    input: Any
    binding: Binding
    features: Any


@dataclass(frozen=True, slots=True)
class Head:
    """One Output: its column, the steps of its target, what it is trained for."""

    column: str
    binding: Binding
    objective: Objective
    units: int
    activation: str


def proposed(
    source: Source,
    columns: Mapping[str, Profile],
    targets: Sequence[str],
    inputs: Sequence[str] | None = None,
) -> Document:
    """A document that trains ``targets`` from ``inputs`` (None: every other column that may say something).

    Raises DataError naming the column that cannot be foretold, or that nothing is left to foretell it from.
    """
    if not targets:
        raise DataError("choose the column that is to be foretold")
    heads = [_head(source, columns[name]) for name in targets]
    chosen = inputs if inputs is not None else [name for name in columns if not columns[name].only_names_rows]
    read = [columns[name] for name in chosen if name not in targets]
    entries = list(_entries(source, read))
    if not entries:
        raise DataError("no column is left that the target could be foretold from")
    features = [entry.features for entry in entries]
    trunk = Concatenate()(features) if len(features) > 1 else features[0]
    trunk = Dropout(0.2)(Dense(_WIDTH, activation="relu", name="trunk")(trunk))
    names = _names([head.column for head in heads], [entry.name for entry in entries])
    outputs = {
        name: Dense(head.units, activation=head.activation, name=name)(trunk)
        for name, head in zip(names, heads, strict=True)
    }
    recipe = Recipe(
        model=Model([entry.input for entry in entries], list(outputs.values()), name="model"),
        source=source,
        inputs={entry.name: entry.binding for entry in entries},
        targets={name: head.binding for name, head in zip(outputs, heads, strict=True)},
        objectives={name: head.objective for name, head in zip(outputs, heads, strict=True)},
        training=_training(columns[targets[0]].rows),
        split=Split("stratified" if _can_be_stratified(columns[targets[0]]) else "random"),
    )
    return laid_out(recipe.document())


def _training(rows: int) -> Training:
    """Small batches where there are few rows, and so many epochs that about ``_STEPS`` batches are seen."""
    batch = 8 if rows < _SMALL else 32 if rows < _LARGE else 128
    epochs = max(5, min(100, math.ceil(_STEPS * batch / max(1, rows))))
    return Training(optimizer=Choice("Adam"), epochs=epochs, batch_size=batch)


def _can_be_stratified(target: Profile) -> bool:
    return target.holds_classes and min(bar.count for bar in target.bars) >= _FEWEST


def _head(source: Source, target: Profile) -> Head:
    def bound(*steps: Choice) -> Binding:
        return Binding(source.id, (target.name,), steps)

    if target.holds_classes:
        accuracy = (Choice("accuracy"),)
        ids = bound(Choice("CategoryIds"))
        if target.distinct == 2:
            goal = Objective(Choice("BinaryCrossentropy"), 1.0, accuracy)
            return Head(target.name, ids, goal, 1, "sigmoid")
        goal = Objective(Choice("SparseCategoricalCrossentropy"), 1.0, accuracy)
        return Head(target.name, ids, goal, target.distinct, "softmax")
    if target.is_numeric:
        if target.missing:
            raise DataError(
                f"{target.missing} of {target.rows} rows lack {target.name!r}, which is to be foretold: leave them out"
            )
        goal = Objective(Choice("MeanSquaredError"), 1.0, (Choice("MeanAbsoluteError"),))
        return Head(target.name, bound(Choice("Standardize")), goal, 1, "linear")
    held = f"{target.distinct} different values" if target.kind == "category" else f"a {target.kind} each"
    raise DataError(
        f"{target.name!r} cannot be foretold: its rows hold {held}; choose numbers, or a few classes"
    )


def _entries(source: Source, columns: Sequence[Profile]) -> Iterator[Entry]:
    numbers = [column for column in columns if column.is_numeric]
    categories = [column for column in columns if column.kind == "category"]
    if numbers:
        yield _of_numbers(source, numbers)
    if categories:
        yield _of_categories(source, categories)
    names = _names([column.name for column in columns], ["numbers", "categories"])
    for name, column in zip(names, columns, strict=True):
        if column.kind in _READ:
            yield _READ[column.kind](source, column, name)


def _of_numbers(source: Source, columns: Sequence[Profile]) -> Entry:
    given = Input((len(columns),), name="numbers")
    fill = (Choice("Impute"),) if any(column.missing for column in columns) else ()
    binding = Binding(source.id, tuple(column.name for column in columns), (*fill, Choice("Standardize")))
    return Entry("numbers", given, binding, Dense(_WIDTH, activation="relu")(given))


def _of_categories(source: Source, columns: Sequence[Profile]) -> Entry:
    """Each category is a row of one table; a category that training rows lack is one more."""
    given = Input((len(columns),), name="categories", dtype="int32")
    ids = Choice("CategoryIds", {"unknown": "extra id"})
    binding = Binding(source.id, tuple(column.name for column in columns), (ids,))
    rows = sum(column.distinct + bool(column.missing) for column in columns) + 1
    return Entry("categories", given, binding, Flatten()(Embedding(rows, 8)(given)))


def _of_date(source: Source, column: Profile, name: str) -> Entry:
    given = Input((5,), name=name)
    fill = (Choice("Impute"),) if column.missing else ()
    steps = (Choice("DateParts"), *fill, Choice("Standardize"))
    return Entry(name, given, Binding(source.id, (column.name,), steps), Dense(16, activation="relu")(given))


def _of_text(source: Source, column: Profile, name: str) -> Entry:
    length = max(8, min(_LONGEST, round(2 * column.words)))
    given = Input((length,), name=name, dtype="int32")
    ids = Choice("WordIds", {"vocabulary": _VOCABULARY, "length": length, "fill": "end"})
    read = GlobalAveragePooling1D()(Embedding(_VOCABULARY, 32, mask_zero=True)(given))
    return Entry(name, given, Binding(source.id, (column.name,), (ids,)), read)


def _of_picture(source: Source, column: Profile, name: str) -> Entry:
    given = x = Input(column.shape, name=name)
    for filters in (16, 32, 64)[: max(1, min(column.shape[:2]).bit_length() - 3)]:
        x = MaxPooling2D(2)(Conv2D(filters, 3, padding="same", activation="relu")(x))
    scale = Choice("Rescale", {"scale": 1 / 255 if column.high > 1 else 1.0})
    return Entry(name, given, Binding(source.id, (column.name,), (scale,)), GlobalAveragePooling2D()(x))


def _of_array(source: Source, column: Profile, name: str) -> Entry:
    """Rows of two axes are read as steps in time."""
    given = Input(column.shape, name=name)
    fill = (Choice("Impute"),) if column.missing else ()
    read = (
        LSTM(_WIDTH)(given)
        if len(column.shape) == 2
        else Dense(_WIDTH, activation="relu")(_flat(given, column))
    )
    return Entry(name, given, Binding(source.id, (column.name,), (*fill, Choice("Standardize"))), read)


def _flat(given: Any, column: Profile) -> Any:
    return given if len(column.shape) == 1 else Flatten()(given)


_READ: Final = {"date": _of_date, "text": _of_text, "picture": _of_picture, "array": _of_array}


def _names(columns: Sequence[str], taken: Sequence[str]) -> list[str]:
    """Names of layers, as near to those of the columns as may be."""
    found: list[str] = []
    for column in columns:
        stem = re.sub(r"\W+", "_", column).strip("_").lower() or "column"
        found.append(unique_name(stem, [*taken, *found]))
    return found

"""What data bindings and training settings may say."""

from __future__ import annotations

import math
from collections.abc import Iterator

from graph_engine.document.records import Document, Objective, Split, Training


def data_faults(document: Document) -> Iterator[str]:
    data, main = document.data, document.main
    for node, binding in data.bindings.items():
        if node not in main.inputs and node not in main.outputs:
            yield f"data.bindings[{node}]: there is no such input or output"
        if binding.source not in data.sources:
            yield f"data.bindings[{node}].source: there is no source {binding.source!r}"
    yield from split_faults(data.split)


def split_faults(split: Split) -> Iterator[str]:
    if not 0 <= split.validation < 1:
        yield f"data.split.validation: must be at least 0 and less than 1, got {split.validation:g}"
    if split.seed < 0:
        yield f"data.split.seed: must be at least 0, got {split.seed}"


def training_faults(training: Training) -> Iterator[str]:
    for name, minimum in (("epochs", 1), ("batch_size", 1), ("seed", 0)):
        value = getattr(training, name)
        if value < minimum:
            yield f"training.{name}: must be at least {minimum}, got {value}"
    for node, objective in training.objectives.items():
        yield from objective_faults(objective, f"training.objectives[{node}]")


def objective_faults(objective: Objective, place: str) -> Iterator[str]:
    if not math.isfinite(objective.weight):
        yield f"{place}.weight: must be finite, got {objective.weight:g}"

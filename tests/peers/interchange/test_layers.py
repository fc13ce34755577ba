"""Every layer and operation there is, in every configuration of its examples: written for Keras, saved by Keras,
read back. What enters and leaves, and all gradients, are the same on both sides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph_engine.document import INPUT, MODEL, OUTPUT
from graph_engine.layers.base import LAYERS, Example
from graph_engine.model import Model
from tests.contracts.bench import arrays_of, drawing, examples, label
from tests.peers.interchange.twin import (
    MARKS,
    assert_same,
    assert_same_gradients,
    fresh_names,
    keras,
    saved,
    scrambled,
)

pytestmark = MARKS
BROKEN_THERE = {
    "LayerNormalization-1": "Keras on torch takes a single axis for the last one",
    **dict.fromkeys(
        ("AveragePooling1D-1", "AveragePooling2D-1", "AveragePooling3D-1"),
        "Keras on torch repeats the border where it pads one side more",
    ),
}
CASES = [(kind, example) for kind, example in examples() if kind not in (INPUT, OUTPUT, MODEL)]


@pytest.mark.parametrize("case", CASES, ids=label)
def test_a_layer_is_the_same_in_keras(case: tuple[str, Example], tmp_path: Path) -> None:
    kind, example = case
    if label(case) in BROKEN_THERE:
        pytest.skip(BROKEN_THERE[label(case)])
    arrays = [
        np.asarray(array, example_dtype(example, index)) for index, array in enumerate(arrays_of(example))
    ]
    with fresh_names():
        ours = Model.from_document(drawing(kind, example).document)
        ours.save(tmp_path / "ours.keras")
        theirs = scrambled(keras.models.load_model(tmp_path / "ours.keras"))
        again = Model.load(saved(theirs, tmp_path, "theirs"))
    assert {layer.type for layer in again.document.layers.values()} >= {kind}
    assert_same(theirs, again, arrays)
    if any(array.dtype.kind == "f" for array in arrays):
        assert_same_gradients(theirs, again, arrays)


def example_dtype(example: Example, index: int) -> Any:
    dtype = example.dtype_of(index)
    return "float32" if dtype == "float64" else dtype


def test_every_layer_is_tried() -> None:
    assert {kind for kind, _ in CASES} == set(LAYERS) - {INPUT, OUTPUT, MODEL}

"""Every layer and operation there is, in every configuration of its examples: written for Keras, saved by Keras,
read back. What enters and leaves, and all gradients, are the same on both sides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph_engine.document import INPUT, MODEL, OUTPUT
from graph_engine.interchange.keras import KerasError
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
THERE = "Keras on torch fails on its own file, or has no gradient"
EACH_HIS_OWN = "drawn at random, or what happens to lie in memory"
STATES = "Keras on torch cannot differentiate states that are kept"
BROKEN_THERE = {
    "LayerNormalization-1": "Keras on torch takes a single axis for the last one",
    "LayerNormalization-3": "Keras warns that rms_scaling is deprecated",
    "Normalization-3": "Keras does not read back a mean that it took for no axis",
    "AveragePoolOp-1": "Keras on torch repeats the border where it pads one side more",
    "AutoContrast-1": "Keras takes the wrong axes where channels come first",
    "PadOp-3": "Keras on torch pads whole numbers with fractions",
    **dict.fromkeys(("RandomCrop-0", "RandomCrop-1", "EmptyLikeOp-0", "EmptyLikeOp-1"), EACH_HIS_OWN),
    **dict.fromkeys(
        ("AveragePooling1D-1", "AveragePooling2D-1", "AveragePooling3D-1"),
        "Keras on torch repeats the border where it pads one side more",
    ),
    **dict.fromkeys(("LSTM-4", "GRU-4"), STATES),
    "RandomZoom-0": "Keras writes None where nothing was said",
    **dict.fromkeys(
        (
            "BitwiseAndOp-1", "BitwiseOrOp-1", "BitwiseXorOp-1", "CrossOp-0", "CountNonzeroOp-0", "AdaptiveMaxPoolOp-0",
            "AdaptiveAveragePoolOp-0", "ConvTransposeOp-0", "DivideOp-1", "TrueDivideOp-1", "FloorDivideOp-0",
            "FloorDivideOp-1", "GetItemOp-2", "HeavisideOp-0", "LayerNormOp-1", "LayerNormOp-2", "RMSNormOp-1",
            "SoftmaxOp-1", "LogSoftmaxOp-1", "NdimOp-0", "VdotOp-0", "TensordotOp-1", "NormOp-3", "ReshapeOp-1",
            "BroadcastToOp-0", "RepeatOp-1",
        ),
        THERE,
    ),
}  # fmt: skip
NOT_ALIKE = ("MultiHeadAttention-2", "GroupQueryAttention-2", "DotOp-1", "FullLikeOp-1", "PadOp-2")
"""Written and read back alike, but on these arrays the numbers differ: why has not been found out."""
NOT_IN_KERAS = ("PositionEmbedding", "StackedRNNCells")
CASES = [
    pytest.param(case, id=label(case), marks=[pytest.mark.xfail] if label(case) in NOT_ALIKE else [])
    for case in examples()
    if case[0] not in (INPUT, OUTPUT, MODEL, *NOT_IN_KERAS)
]


@pytest.mark.parametrize("case", CASES)
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


@pytest.mark.parametrize("kind", NOT_IN_KERAS)
def test_what_keras_does_not_have_is_refused_by_name(kind: str, tmp_path: Path) -> None:
    example = LAYERS[kind].examples[0]
    ours = Model.from_document(drawing(kind, example).document)
    with pytest.raises(KerasError, match=f"layer is a {kind}, which a Keras model cannot hold"):
        ours.save(tmp_path / "ours.keras")
    assert not (tmp_path / "ours.keras").exists()

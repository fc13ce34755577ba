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
from tests.engine.layers.test_references import REFERENCES
from tests.peers.interchange.twin import (
    MARKS,
    assert_same,
    assert_same_gradients,
    fresh_names,
    keras,
    saved,
    scrambled,
)

pytestmark = [
    *MARKS,
    pytest.mark.filterwarnings("ignore:You passed `rms_scaling=True`, which is deprecated:UserWarning"),
    pytest.mark.filterwarnings("ignore:.*Using torch.cross without specifying the dim arg:UserWarning"),
]
PADS = "Keras on torch repeats the border where it pads one side more: it is not to count"
LISTS = "Keras does not take the lists of its own JSON for tuples"
BROKEN_THERE = {
    **dict.fromkeys(("AveragePooling1D-1", "AveragePooling2D-1", "AveragePooling3D-1", "AveragePoolOp-1"), PADS),
    **dict.fromkeys(("AdaptiveMaxPoolOp-0", "AdaptiveAveragePoolOp-0", "SoftmaxOp-1", "LogSoftmaxOp-1"), LISTS),
    **dict.fromkeys(("BitwiseAndOp-1", "BitwiseOrOp-1", "BitwiseXorOp-1"), "Keras takes no plain number when it reads"),
    **dict.fromkeys(("LayerNormOp-1", "LayerNormOp-2"), "Keras reads gamma and beta only together"),
    **dict.fromkeys(("LayerNormalization-1", "RMSNormOp-1"), "Keras on torch takes a single axis for the last one"),
    **dict.fromkeys(("ReshapeOp-1", "BroadcastToOp-0"), "torch gets the open size that Keras promised to fill in"),
    "AutoContrast-1": "Keras takes the axes of the other data format",
    "ConvTransposeOp-0": "Keras' operation fails on torch where Keras' function does not",
    "DotOp-1": "Keras on torch multiplies stacks of matrices; numpy's dot pairs the last axis with the last but one",
    "FloorDivideOp-1": "torch refuses to divide whole numbers by zero",
    "FullLikeOp-1": "Keras on torch gives the shape of the number, not that of the tensor it is to be like",
    "GetItemOp-2": "torch has no slices that run backwards",
    "PadOp-2": "Keras on torch repeats the border where it should mirror",
    "PadOp-3": "Keras on torch pads the last axis alone where one pair is for all",
    "RepeatOp-1": "Keras reads numbers of repeats as objects",
    "VdotOp-0": "torch's vdot does not flatten matrices, numpy's does",
}  # fmt: skip
"""What Keras makes of these is refuted by numpy: see the references."""
CHANCE = "drawn at random, or what happens to lie in memory"
CUT = "Keras hands the whole picture on in inference, whatever its documentation says: see test_augmentation"
NOTHING_TO_COMPARE = {
    **dict.fromkeys(("EmptyLikeOp-0", "EmptyLikeOp-1"), CHANCE),
    **dict.fromkeys(("RandomCrop-0", "RandomCrop-1"), CUT),
}
NO_GRADIENT_THERE = {
    **dict.fromkeys(("LSTM-4", "GRU-4"), "torch refuses states that were overwritten since"),
    **dict.fromkeys(("FloorDivideOp-0", "HeavisideOp-0"), "torch has not written it: it is zero"),
    "NdimOp-0": "a plain number",
    **dict.fromkeys(
        ("MultiHeadAttention-2", "GroupQueryAttention-2"),
        "of a query that sees nothing, torch's is the slope of nothing: finite differences refute it",
    ),
}
"""Only the numbers are compared; gradients are held to finite differences by the contracts."""
NEVER_HIDDEN = {"MultiHeadAttention-2": 3}
"""An input that Keras puts aside: a query_mask that is given, for one that travels with the query."""
NOT_IN_KERAS = ("PositionEmbedding", "StackedRNNCells")
CASES = [
    pytest.param(case, id=label(case))
    for case in examples()
    if case[0] not in (INPUT, OUTPUT, MODEL, *NOT_IN_KERAS)
]


@pytest.mark.parametrize("case", CASES)
def test_a_layer_is_the_same_in_keras(case: tuple[str, Example], tmp_path: Path) -> None:
    kind, example = case
    reason = {**BROKEN_THERE, **NOTHING_TO_COMPARE}.get(label(case))
    if reason:
        pytest.skip(reason)
    arrays = [
        np.asarray(array, example_dtype(example, index)) for index, array in enumerate(arrays_of(example))
    ]
    if label(case) in NEVER_HIDDEN:
        arrays[NEVER_HIDDEN[label(case)]][...] = True
    with fresh_names():
        ours = Model.from_document(drawing(kind, example).document)
        ours.save(tmp_path / "ours.keras")
        theirs = scrambled(keras.models.load_model(tmp_path / "ours.keras"))
        again = Model.load(saved(theirs, tmp_path, "theirs"))
    assert {layer.type for layer in again.document.layers.values()} >= {kind}
    assert_same(theirs, again, arrays)
    if label(case) not in NO_GRADIENT_THERE and any(array.dtype.kind == "f" for array in arrays):
        assert_same_gradients(theirs, again, arrays)


def test_what_keras_gets_wrong_has_another_oracle() -> None:
    assert set(BROKEN_THERE) == set(REFERENCES)


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

"""Every layer against Keras' layer of that name, on the layer's own examples: numbers and gradients.

Driven by the catalogue: a new layer is compared by being there.
"""

from __future__ import annotations

import pytest

from graph_engine.layers.base import LAYERS, Example
from tests.contracts.bench import examples, label
from tests.peers.keras_bench import compare

pytestmark = [pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

TORCH_PADS = "Keras on torch repeats the border where it pads one side more: other backends leave padding out"
KEPT_STATES = "Keras on torch cannot differentiate states that are kept: see test_recurrent"
BROKEN_THERE = {
    "SimpleRNN-1": "Keras forgets SimpleRNN's activity_regularizer",
    "RNN-4": "Keras cannot reset the states of stacked cells",
    "StackedRNNCells-0": "states are nested there: see test_recurrent",
    **dict.fromkeys(("LSTM-4", "GRU-4"), KEPT_STATES),
    "LayerNormalization-1": "Keras on torch takes a single axis for the last one",
    "AutoContrast-1": "Keras takes the axes of the other data format",
    **dict.fromkeys(("RandomCrop-0", "RandomCrop-1"), "Keras does not do what its documentation says"),
    **dict.fromkeys(("AveragePooling1D-1", "AveragePooling2D-1", "AveragePooling3D-1"), TORCH_PADS),
}
OWN = {"Output", "Model", "Input"}
CASES = [
    case
    for case in examples()
    if case[0] not in OWN
    and LAYERS[case[0]].keras.module == "layers"
    and LAYERS[case[0]].family != "attention"
]  # attention has options of single calls: see test_attention


@pytest.mark.parametrize("training", [False, True], ids=["inference", "training"])
@pytest.mark.parametrize("case", CASES, ids=label)
def test_a_layer_gives_what_keras_gives(case: tuple[str, Example], training: bool) -> None:
    if label(case) in BROKEN_THERE:
        pytest.skip(BROKEN_THERE[label(case)])
    compare(*case, training=training)

"""Every layer against Keras' layer of that name, on the layer's own examples: numbers and gradients.

Driven by the catalogue: a new layer is compared by being there. Weights are set in order, cotangents are
random; training mode is compared where nothing is drawn at random.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
torch = pytest.importorskip("torch")
keras = pytest.importorskip("keras")

from graph_engine.layers.base import LAYERS, Example, Layer  # noqa: E402
from graph_engine.params import Config, Configured, Sides  # noqa: E402
from tests.contracts.bench import FLOATS, Array, Bench, arrays_of, examples, label, layer_of  # noqa: E402

pytestmark = [pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

RANDOM = {"Dropout", "GaussianNoise", "GaussianDropout", "AlphaDropout"} | {
    f"SpatialDropout{n}D" for n in (1, 2, 3)
}
TORCH_PADS = "Keras on torch repeats the border where it pads one side more: other backends leave padding out"
BROKEN_THERE = {
    "LayerNormalization-1": "Keras on torch takes a single axis for the last one",
    **dict.fromkeys(("AveragePooling1D-1", "AveragePooling2D-1", "AveragePooling3D-1"), TORCH_PADS),
}
OWN = {"Output", "Model", "Input"}
KINDS = {"initializer": "initializers", "regularizer": "regularizers", "constraint": "constraints"}
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
    kind, example = case
    layer = layer_of(kind, example)
    if label(case) in BROKEN_THERE:
        pytest.skip(BROKEN_THERE[label(case)])
    if training and (
        kind in RANDOM or any("dropout" in name and value for name, value in layer.config().items())
    ):
        pytest.skip("draws at random")
    bench = Bench(kind, example, training=training)
    rng = np.random.default_rng(zlib.crc32(label(case).encode()))
    for array in bench.weights.values():
        array[...] = rng.uniform(0.2, 1.0, array.shape)
    arrays = arrays_of(example)
    found = bench.run(arrays)
    theirs = Theirs(layer, example, arrays, list(bench.weights.values()), training)
    ours = [found[f"y{index}"] for index in range(len(bench.outputs))]
    assert len(theirs.outputs) == len(ours)
    for mine, wanted in zip(ours, theirs.outputs, strict=True):
        assert mine.shape == tuple(wanted.shape)
        np.testing.assert_allclose(mine, wanted.detach().numpy(), rtol=2e-5, atol=2e-6)
    if "loss" in found:
        _compare_gradients(bench, found, theirs)


def _compare_gradients(bench: Bench, found: Mapping[str, Array], theirs: Theirs) -> None:
    """Of the bench's loss: every output element with a weight of its own, and the penalties."""
    total = theirs.loss()
    assert float(total) == pytest.approx(float(found["loss"]), rel=2e-5, abs=1e-5)
    if total.requires_grad:
        total.backward()
    for index, tensor in theirs.inputs.items():
        if tensor.grad is not None:
            np.testing.assert_allclose(found[f"dx{index}"], tensor.grad.numpy(), rtol=5e-4, atol=5e-5)
    gradients = bench.weight_gradients
    for name, variable in zip(bench.weights, theirs.variables, strict=True):
        if variable.trainable and variable.value.grad is not None:
            np.testing.assert_allclose(gradients[name], variable.value.grad.numpy(), rtol=5e-4, atol=5e-5)


class Theirs:
    """The same call in Keras."""

    def __init__(
        self,
        layer: Layer,
        example: Example,
        arrays: Sequence[Array],
        weights: Sequence[Array],
        training: bool,
    ) -> None:
        kind = type(layer)
        self.layer = getattr(keras.layers, kind.keras.name or kind.__name__)(**arguments(layer))
        floats = [example.dtype_of(index) in FLOATS for index in range(len(arrays))]
        tensors = [
            torch.tensor(array, dtype=torch.float32 if is_float else None, requires_grad=is_float)
            for array, is_float in zip(arrays, floats, strict=True)
        ]
        self.inputs = {index: tensor for index, tensor in enumerate(tensors) if floats[index]}
        named = dict(zip(example.ports or layer.input_ports().all, tensors, strict=False))
        positional = (
            tensors
            if layer.input_ports().is_list
            else [named.pop(name) for name in layer.input_ports().names if name in named]
        )
        if layer.input_ports().is_list:
            named = {}
        first = positional if len(positional) > 1 else positional[0]
        options: dict[str, Any] = dict(named)
        if "training" in self.layer._call_signature.parameters:
            options["training"] = training
        with torch.no_grad():
            self.layer(first, **options)  # builds it
        for variable, array in zip(self.variables, weights, strict=True):
            variable.assign(array.astype(np.float32))
        self.layer._losses.clear()
        result = self.layer(first, **options)
        self.outputs = list(result) if isinstance(result, (list, tuple)) else [result]

    @property
    def variables(self) -> list[Any]:
        found = [each for each in self.layer.variables if "seed" not in each.path]
        return [each for each in found if each.trainable] + [each for each in found if not each.trainable]

    def loss(self) -> Any:
        total = torch.zeros(()) + sum(self.layer.losses)
        for output in self.outputs:
            if output.is_floating_point():
                weights = np.cos(np.arange(output.numel())).reshape(tuple(output.shape)) + 0.1
                total = total + (output * torch.tensor(weights, dtype=torch.float32)).sum()
        return total


def arguments(layer: Layer) -> dict[str, Any]:
    """The parameters as Keras' constructor takes them."""
    renamed = layer.keras.renamed
    return {
        renamed.get(name, name): _argument(param, getattr(layer, name))
        for name, param in layer.params().items()
    }


def _argument(param: Any, value: Any) -> Any:
    if isinstance(param, Sides):
        pairs = tuple(zip(value[::2], value[1::2], strict=True))
        return pairs[0] if len(pairs) == 1 else pairs
    if isinstance(param, Configured) and isinstance(value, Config):
        module = getattr(keras, KINDS.get(param.kind.kind if param.kind else "", "layers"))
        return getattr(module, type(value).__name__)(**value.config())
    if isinstance(value, tuple):
        return value[0] if len(value) == 1 else list(value)
    return value

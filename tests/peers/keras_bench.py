"""A layer beside Keras' layer of that name: outputs, losses, updated state, gradients of weights and inputs.

Any test of layers against Keras is a table of ``Example``s for ``compare``. Weights are set in order, every
output element has a weight of its own in the loss, so that a gradient in the wrong place shows; training mode
is compared where nothing is drawn at random.
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

from graph_engine.layers.base import Example, Layer  # noqa: E402
from graph_engine.params import Config, Configured, ConfiguredList, Sides  # noqa: E402
from tests.contracts.bench import FLOATS, Array, Bench, arrays_of, layer_of  # noqa: E402

KINDS = {"initializer": "initializers", "regularizer": "regularizers", "constraint": "constraints"}


def compare(kind: str, example: Example, *, training: bool, certain: bool = False) -> None:
    """Fails where the layer called ``kind`` and Keras' layer of that name differ on the example.

    Skips what draws at random, unless it is ``certain`` that every draw comes to the same.
    """
    bench = Bench(kind, example, training=training)
    if not certain and any(step.primitive.is_random for step in bench.executor.plan.steps):
        pytest.skip("draws at random")
    rng = np.random.default_rng(zlib.crc32(f"{kind} {example}".encode()))
    for array in bench.kept_weights.values():
        array[...] = rng.uniform(0.2, 1.0, array.shape)
    arrays, weights = arrays_of(example), [array.copy() for array in bench.kept_weights.values()]
    found = bench.run(arrays)
    theirs = Theirs(layer_of(kind, example), example, arrays, weights, training)
    ours = [found[f"y{index}"] for index in range(len(bench.outputs))]
    assert len(theirs.outputs) == len(ours)
    for mine, wanted in zip(ours, theirs.outputs, strict=True):
        assert mine.shape == tuple(wanted.shape)
        np.testing.assert_allclose(mine, wanted.detach().numpy(), rtol=2e-5, atol=1e-5)
    for (name, state), variable in zip(bench.kept_weights.items(), theirs.variables, strict=True):
        if not variable.trainable and variable.dtype == "float32":
            np.testing.assert_allclose(state, variable.numpy(), rtol=2e-5, atol=1e-5, err_msg=name)
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
    for name, variable in zip(bench.kept_weights, theirs.variables, strict=True):
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
        options = {"training": training} if "training" in self.layer._call_signature.parameters else {}
        with torch.no_grad():
            self._call(layer, example, tensors, options)  # builds it
        for variable, array in zip(self.variables, weights, strict=True):
            variable.assign(array.astype(np.float32))
        self.layer._losses.clear()
        if getattr(self.layer, "stateful", False):
            self.layer.reset_state()
        self.outputs = keras.tree.flatten(self._call(layer, example, tensors, options))

    def _call(
        self, layer: Layer, example: Example, tensors: Sequence[Any], options: Mapping[str, Any]
    ) -> Any:
        """On copies: some layers of Keras write into what they are given."""
        given = [tensor.clone() for tensor in tensors]
        ports = layer.input_ports()
        if ports.is_list:
            return self.layer(given if len(given) > 1 else given[0], **options)
        named = _listed(dict(zip(example.ports or ports.all, given, strict=False)))
        first = [named.pop(name) for name in ports.names if name in named]
        return self.layer(first if len(first) > 1 else first[0], **named, **options)

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


def _listed(named: Mapping[str, Any]) -> dict[str, Any]:
    """``states`` for what enters at ``state_0``, ``state_1`` ..., as Keras names it."""
    found: dict[str, Any] = {}
    for name, tensor in named.items():
        owner, _, index = name.rpartition("_")
        if index.isdecimal():
            found.setdefault("states" if owner == "state" else owner, []).append(tensor)
        else:
            found[name] = tensor
    return found


def _argument(param: Any, value: Any) -> Any:
    if isinstance(param, Sides):
        pairs = tuple(zip(value[::2], value[1::2], strict=True))
        return pairs[0] if len(pairs) == 1 else pairs
    if isinstance(value, Layer):
        return getattr(keras.layers, type(value).keras.name or type(value).__name__)(**arguments(value))
    if isinstance(param, ConfiguredList):
        return [_argument(param.each, each) for each in value]
    if isinstance(param, Configured) and isinstance(value, Config):
        module = getattr(keras, KINDS.get(param.kind.kind if param.kind else "", "layers"))
        return getattr(module, type(value).__name__)(**value.config())
    if isinstance(value, tuple):
        return value[0] if len(value) == 1 else list(value)
    return value

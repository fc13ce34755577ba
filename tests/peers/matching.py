"""A layer of ours and Keras' layer of that name with the same weights: the same numbers, the same gradients."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from graph_engine.compiler import compile_plan, gradients, lower
from graph_engine.layers.base import LAYERS
from graph_engine.model import Input, Model
from graph_engine.runtime import Executor
from graph_engine.values import TensorSpec

os.environ.setdefault("KERAS_BACKEND", "torch")
torch = pytest.importorskip("torch")
keras = pytest.importorskip("keras")

Array = npt.NDArray[Any]


def noise(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng([seed, *shape]).standard_normal(shape).astype("float32")


def agree(
    kind: str,
    config: Mapping[str, Any],
    arrays: Sequence[Array],
    *,
    ports: Sequence[str] = (),
    call: Mapping[str, Any] | None = None,
    masks: Mapping[int, Array] | None = None,
    listed: bool = False,
    sloped: bool = True,
) -> None:
    """``call``: options that Keras takes at the call and we with the configuration.

    ``ports``: names of the last arrays, which do not enter in order. ``masks``: what Keras has travel with an input,
    by its place; ours enters at the port of that name. ``listed``: Keras takes the inputs as one list. ``sloped``:
    gradients are compared, too.
    """
    options, masks = dict(call or {}), dict(masks or {})
    theirs = getattr(keras.layers, kind)(**config)
    tensors = [torch.tensor(array, requires_grad=array.dtype.kind == "f") for array in arrays]
    for place, mask in masks.items():
        keras.src.backend.set_keras_mask(tensors[place], torch.tensor(mask))
    count = len(arrays) - len(ports)
    given: list[Any] = [tensors[:count]] if listed else list(tensors[:count])
    named = dict(zip(ports, tensors[count:], strict=True))
    theirs(*given, **named, **options)  # builds the weights
    for place, weight in enumerate(theirs.weights):
        weight.assign(noise(*weight.shape, seed=7 + place) * 0.5)
    for place, mask in masks.items():  # which the call may have taken off
        keras.src.backend.set_keras_mask(tensors[place], torch.tensor(mask))
    expected = _listed(theirs(*given, **named, **options))

    ours = LAYERS[kind](**config, **options)
    fed = [*arrays, *masks.values()]
    symbols = [Input(array.shape[1:], dtype=array.dtype.name) for array in fed]  # type: ignore[arg-type]  # ours
    entering = dict(zip(ports, symbols[count : len(arrays)], strict=True))
    names = ours.input_ports().all
    entering |= {
        f"{names[place]}_mask": symbol for place, symbol in zip(masks, symbols[len(arrays) :], strict=True)
    }
    model = Model(symbols, list(_listed(ours(*symbols[:count], **entering))))
    values, slopes, weight_slopes = run(model, fed, [weight.numpy() for weight in theirs.weights])
    for value, wanted in zip(values, expected, strict=True):
        np.testing.assert_allclose(value, wanted.detach().numpy(), rtol=2e-5, atol=3e-6)
    if not sloped:
        return
    torch.autograd.backward(
        [tensor for tensor in expected if tensor.requires_grad],
        [torch.tensor(cotangent(tensor.shape)) for tensor in expected if tensor.requires_grad],
    )
    for slope, tensor in zip(slopes, (each for each in tensors if each.is_floating_point()), strict=True):
        _close(slope, tensor.grad, tuple(tensor.shape))
    trainable = [weight.value.grad for weight in theirs.trainable_weights]
    for slope, wanted, weight in zip(weight_slopes, trainable, theirs.trainable_weights, strict=True):
        _close(slope, wanted, tuple(weight.shape))


def run(
    model: Model, arrays: Sequence[Array], weights: Sequence[Array]
) -> tuple[list[Array], list[Array | None], list[Array | None]]:
    """Outputs, and the gradients of floating inputs and of weights, in order."""
    for (path, mine), theirs in zip(model.parameters.items(), weights, strict=True):
        assert mine.shape == theirs.shape, path
        mine[...] = theirs
    specs = {
        name: TensorSpec(array.shape, array.dtype.name)  # type: ignore[arg-type]  # one of ours
        for name, array in zip(model.input_names, arrays, strict=True)
    }
    lowered = lower(model.document, specs, training=False)
    program, outputs = lowered.program, list(lowered.outputs.values())
    wrt = [value for value in lowered.inputs.values() if value.dtype == "float32"]
    entries = model.parameters.table if hasattr(model.parameters, "table") else {}
    trainable = [path for path in model.parameters if not entries or entries[path].trainable]
    held = [program.parameter(path, TensorSpec(model.parameters[path].shape)) for path in trainable]
    used = [value for value in outputs if value.dtype == "float32"]
    cotangents = [program.constant(cotangent(value.shape), value.dtype) for value in used]
    found = gradients(program, used, cotangents, [*wrt, *held])
    program.results.update({f"y{place}": value for place, value in enumerate(outputs)})
    program.results.update({f"d{place}": value for place, value in enumerate(found) if value is not None})
    results = Executor(compile_plan(program), model.parameters).run(
        dict(zip(model.input_names, arrays, strict=True))
    )
    slopes = [results[f"d{p}"].copy() if f"d{p}" in results else None for p in range(len(found))]
    return (
        [results[f"y{place}"].copy() for place in range(len(outputs))],
        slopes[: len(wrt)],
        slopes[len(wrt) :],
    )


def cotangent(shape: Sequence[int]) -> Array:
    """Another number for every element."""
    return np.cos(np.arange(int(np.prod(tuple(shape))), dtype="float32")).reshape(tuple(shape)) + np.float32(
        0.1
    )


def _close(slope: Array | None, wanted: Any, shape: tuple[int, ...]) -> None:
    mine = np.zeros(shape) if slope is None else slope
    theirs = np.zeros(shape) if wanted is None else wanted.detach().numpy()
    np.testing.assert_allclose(mine, theirs, rtol=2e-4, atol=2e-5)


def _listed(found: Any) -> tuple[Any, ...]:
    return tuple(found) if isinstance(found, (list, tuple)) else (found,)

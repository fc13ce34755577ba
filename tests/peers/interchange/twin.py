"""A model that Keras saved, beside the same model read by us: outputs, gradients, weights."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph_engine.compiler import compile_plan, lower
from graph_engine.compiler.differentiate import gradients
from graph_engine.kernels.program import Array
from graph_engine.model import Model
from graph_engine.runtime import Executor
from graph_engine.values import TensorSpec

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")
torch = pytest.importorskip("torch")

MARKS = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # torch under numpy 2
    pytest.mark.filterwarnings("ignore:.*x.T.*:UserWarning"),  # torch says so once, of Keras' transpose
]
OPEN = 5  # the size that open axes get


@contextmanager
def fresh_names(seed: int = 0) -> Iterator[None]:
    """Keras counts names from the start, and weights are the same in every run."""
    keras.utils.set_random_seed(seed)
    keras.backend.clear_session()
    yield


def fed(model: Any, rows: int = 3, seed: int = 0, high: int = 4) -> list[Array]:
    """Arrays for the inputs of a Keras model, in Keras' order."""
    rng = np.random.default_rng(seed)
    return [_array(rng, tensor, rows, high) for tensor in model.inputs]


def _array(rng: np.random.Generator, tensor: Any, rows: int, high: int) -> Array:
    shape = (tensor.shape[0] or rows, *(size or OPEN for size in tensor.shape[1:]))
    if "float" in tensor.dtype:
        return rng.normal(size=shape).astype(np.float32)
    return rng.integers(0, 2 if tensor.dtype == "bool" else high, shape).astype(tensor.dtype)


def leaves(structure: Any) -> list[Array]:
    flat = keras.tree.flatten(structure)
    return [keras.ops.convert_to_numpy(leaf) if torch.is_tensor(leaf) else np.asarray(leaf) for leaf in flat]


def packed(model: Any, arrays: Sequence[Any]) -> Any:
    """Arrays in the structure in which the model takes them."""
    return keras.tree.pack_sequence_as(getattr(model, "input", model.inputs[0]), list(arrays))


def outputs(model: Any, arrays: Sequence[Array], training: bool = False) -> list[Array]:
    return leaves(model(packed(model, arrays), training=training))


def scrambled(model: Any, seed: int = 5) -> Any:
    """Every weight away from where it starts, so that none can be mistaken for another."""
    rng = np.random.default_rng(seed)
    for variable in model.weights:
        if "float" in variable.dtype:
            noise = rng.uniform(0.1, 0.6, variable.shape) * rng.choice([-1, 1], variable.shape)
            variable.assign(np.abs(noise) if "variance" in variable.name else noise)
    return model


def saved(model: Any, folder: Path, name: str = "model") -> Path:
    path = folder / f"{name}.keras"
    model.save(path)
    return path


def assert_same(
    theirs: Any, ours: Model, arrays: Sequence[Array], *, training: bool = False, tolerance: float = 1e-4
) -> None:
    """Equal outputs in equal structures."""
    given = dict(zip(ours.input_names, arrays, strict=True))
    expected = outputs(theirs, arrays, training)
    found = leaves(ours(given, training=training))
    assert len(found) == len(expected)
    for mine, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine, wanted, rtol=tolerance, atol=_scale(wanted) * tolerance)


def assert_same_gradients(
    theirs: Any, ours: Model, arrays: Sequence[Array], *, training: bool = False, tolerance: float = 1e-3
) -> None:
    """Equal gradients of all weights and floating inputs, for the same gradients of the outputs."""
    tensors = [torch.tensor(array, requires_grad=array.dtype.kind == "f") for array in arrays]
    results = keras.tree.flatten(theirs(packed(theirs, tensors), training=training))
    rng = np.random.default_rng(2)
    cotangents = [rng.normal(size=tuple(result.shape)).astype(np.float32) for result in results]
    floats = [index for index, result in enumerate(results) if result.requires_grad]
    for variable in theirs.weights:
        variable.value.grad = None
    torch.autograd.backward([results[i] for i in floats], [torch.tensor(cotangents[i]) for i in floats])
    found = _gradients(
        ours,
        arrays,
        [cotangents[index] if index in floats else None for index in range(len(results))],
        training,
    )
    for name, tensor in zip(ours.input_names, tensors, strict=True):
        if tensor.requires_grad:
            _close(found.get(name), tensor.grad, tolerance, name)
    for variable in theirs.trainable_weights:
        _close(found.get(variable.path), variable.value.grad, tolerance, variable.path)


def _gradients(
    ours: Model, arrays: Sequence[Array], cotangents: Sequence[Array | None], training: bool
) -> dict[str, Array]:
    specs = {
        name: TensorSpec(array.shape, array.dtype.name)  # type: ignore[arg-type]  # one of ours
        for name, array in zip(ours.input_names, arrays, strict=True)
    }
    lowered = lower(ours.document, specs, training=training)
    program = lowered.program
    pairs = [
        (value, given)
        for value, given in zip(lowered.outputs.values(), cotangents, strict=True)
        if given is not None
    ]
    names = {path: name for name, path in _paths(ours).items()}
    wanted = {**lowered.inputs, **{names[path]: value for path, value in program.parameters.items()}}
    wanted = {name: value for name, value in wanted.items() if value.dtype == "float32"}
    found = gradients(
        program,
        [value for value, _ in pairs],
        [program.constant(given, "float32") for _, given in pairs],
        list(wanted.values()),
    )
    program.results = {name: value for name, value in zip(wanted, found, strict=True) if value is not None}
    feeds = dict(zip(ours.input_names, arrays, strict=True))
    results = Executor(compile_plan(program), ours.parameters).run(feeds)
    return {name: array.copy() for name, array in results.items()}


def _paths(ours: Model) -> dict[str, str]:
    """Our path by the name a weight goes by."""
    return dict(zip(ours.weights, ours.parameters, strict=True))


def _close(mine: Array | None, wanted: Any, tolerance: float, name: str) -> None:
    expected = None if wanted is None else np.asarray(wanted.detach())
    if expected is None or mine is None:
        assert mine is None or not np.any(mine), name
        assert expected is None or not np.any(expected), name
        return
    np.testing.assert_allclose(
        mine, expected, rtol=tolerance, atol=_scale(expected) * tolerance, err_msg=name
    )


def _scale(array: Array) -> float:
    return max(1e-3, float(np.abs(array).max(initial=0.0, where=np.isfinite(array))))

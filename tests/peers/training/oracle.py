"""Keras on torch as the oracle of losses and metrics, and small arrays that fit each of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest

from graph_engine.compiler import compile_plan
from graph_engine.compiler.differentiate import loss_gradients
from graph_engine.kernels.program import Program, Value
from graph_engine.runtime import Executor, Parameters
from graph_engine.values import DType, TensorSpec

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")
torch = pytest.importorskip("torch")

Array = npt.NDArray[Any]

MARKS = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # torch under numpy 2
]
RNG = np.random.default_rng(11)


@dataclass(frozen=True)
class Case:
    """One configuration and data for it; ``theirs`` is Keras' class where it has another name."""

    name: str
    y_true: Array
    y_pred: Array
    config: Mapping[str, Any] = field(default_factory=dict)
    theirs: str = ""

    @property
    def keras_name(self) -> str:
        return self.theirs or self.name

    def __str__(self) -> str:
        return f"{self.name}-{'-'.join(f'{key}={value}' for key, value in self.config.items())}"


def begin(seed: int) -> None:
    """Called by each module before it draws: its data then do not depend on who else was imported."""
    RNG.bit_generator.state = np.random.default_rng(seed).bit_generator.state


def normal(*shape: int) -> Array:
    return RNG.normal(size=shape).astype(np.float32)


def positive(*shape: int) -> Array:
    return RNG.uniform(0.05, 2.0, shape).astype(np.float32)


def chances(*shape: int) -> Array:
    return RNG.uniform(0.02, 0.98, shape).astype(np.float32)


def simplex(*shape: int) -> Array:
    raw = np.exp(RNG.normal(size=shape))
    found: Array = (raw / raw.sum(-1, keepdims=True)).astype(np.float32)
    return found


def ids(high: int, *shape: int) -> Array:
    return RNG.integers(0, high, shape).astype(np.int32)


def one_hot(high: int, *shape: int) -> Array:
    found: Array = np.eye(high, dtype=np.float32)[ids(high, *shape)]
    return found


def labels(*shape: int) -> Array:
    return RNG.integers(0, 2, shape).astype(np.float32)


def computed(
    arrays: Mapping[str, Array],
    build: Callable[[Program, Mapping[str, Value]], Mapping[str, Value]],
    *,
    gradient_of: str = "",
    with_respect_to: str = "",
) -> dict[str, Array]:
    """What ``build`` emits for feeds of these contents, and ``gradient`` of one of the results."""
    program = Program()
    feeds = {
        name: program.feed(name, TensorSpec(array.shape, cast("DType", array.dtype.name)))
        for name, array in arrays.items()
    }
    results = dict(build(program, feeds))
    if gradient_of:
        (found,) = loss_gradients(program, results[gradient_of], [feeds[with_respect_to]])
        assert found is not None
        results["gradient"] = found
    program.results.update(results)
    ran = Executor(compile_plan(program), Parameters({})).run(arrays)
    return {name: array.copy() for name, array in ran.items()}

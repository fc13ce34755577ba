"""Activations computed again for the gradients: the same numbers to the bit, in less memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from graph_engine.compiler import Plan, WeightEntry, compile_plan
from graph_engine.compiler.passes.segments import cuts_of
from graph_engine.kernels import ops
from graph_engine.kernels.program import Array, Program
from graph_engine.layers import (
    LSTM,
    Activation,
    Add,
    BatchNormalization,
    Concatenate,
    Dense,
    Dropout,
    LayerNormalization,
    Reshape,
    SimpleRNN,
)
from graph_engine.layers.base import Weight
from graph_engine.layers.initializers import RandomNormal
from graph_engine.model import Input, Model
from graph_engine.runtime import Executor, Parameters
from graph_engine.runtime.native import NativeExecutor
from graph_engine.training.session import Session
from graph_engine.values import TensorSpec

ROWS, WIDTH = 12, 8
KINDS: dict[str, Callable[[], Any]] = {
    "dense": lambda: Dense(WIDTH, activation="gelu"),
    "dropout": lambda: Dropout(0.4),
    "batch": lambda: BatchNormalization(momentum=0.7),
    "layer": LayerNormalization,
    "relu": lambda: Activation("relu"),
    "still": lambda: Dense(WIDTH, trainable=False),
    "lstm": lambda: LSTM(WIDTH),
    "scan": lambda: SimpleRNN(WIDTH),
    "again": lambda: None,  # the shared layer, called once more
    "add": Add,
    "side by side": Concatenate,
}
CHOICES = st.lists(st.tuples(st.sampled_from(list(KINDS)), st.integers(0, 9)), min_size=3, max_size=14)


def drawn(steps: list[tuple[str, int]]) -> Model:
    """A network of these layers, each on a tensor made before; two outputs."""
    shared = Dense(WIDTH, activation="tanh")
    x = Input((WIDTH,), name="x")
    made = [shared(x)]
    for kind, back in steps:
        before = made[-1 - back % len(made)] if kind in ("add", "side by side") else made[-1]
        made.append(_applied(kind, made[-1], before, shared))
    a, b = Dense(1, name="a")(made[-1]), Dense(3, activation="softmax", name="b")(made[len(made) // 2])
    model = Model(x, [a, b])
    model.compile("adam", {"a": "mse", "b": "sparse_categorical_crossentropy"}, metrics={"a": ["mae"]})
    return model


def _applied(kind: str, last: Any, before: Any, shared: Any) -> Any:
    if kind == "again":
        return shared(last)
    if kind in ("lstm", "scan"):
        return KINDS[kind]()(Reshape((2, WIDTH // 2))(last))
    if kind == "side by side":
        return Dense(WIDTH)(KINDS[kind]()([last, before]))
    return KINDS[kind]()([last, before] if kind == "add" else last)


def trained(model: Model, recompute: bool, executor: Callable[..., Executor]) -> list[dict[str, Array]]:
    """Results, gradients and weights (with moving averages) of two steps on the same batch."""
    session = Session(model.document, None, None, 3, "float32")
    rng = np.random.default_rng(5)
    feeds: dict[str, Array] = {
        "x": rng.normal(size=(ROWS, WIDTH)).astype(np.float32),
        "target/a": rng.normal(size=(ROWS, 1)).astype(np.float32),
        "target/b": rng.integers(0, 3, (ROWS,)).astype(np.int32),
        "loss_weight/a": np.ones((), np.float32),
        "loss_weight/b": np.full((), 0.5, np.float32),
    }
    plan = replace(session.plan("train", feeds), recomputes=recompute)
    running = executor(plan, session.parameters)
    found = []
    for step in range(2):
        results = {name: array.copy() for name, array in running.run(feeds, step=step, seed=9).items()}
        found.append({**results, "gradients": running.gradients.copy(), **session.parameters.snapshot()})
    return found


@pytest.mark.parametrize("executor", [Executor, NativeExecutor])
@settings(max_examples=25, deadline=None)
@given(steps=CHOICES)
def test_results_are_those_of_activations_that_are_kept(
    executor: Callable[..., Executor], steps: list[tuple[str, int]]
) -> None:
    model = drawn(steps)
    for plain, again in zip(trained(model, False, executor), trained(model, True, executor), strict=True):
        assert plain.keys() == again.keys()
        for name, array in plain.items():
            np.testing.assert_array_equal(again[name], array, err_msg=name)


def deep(count: int) -> Plan:
    program = Program()
    value = program.feed("x", TensorSpec((64, 64), "float32"))
    w = program.parameter("w", TensorSpec((64, 64), "float32"))
    for _ in range(count):
        value = ops.tanh(ops.matmul(value, w))
    loss = program.results["loss"] = ops.sum(value)
    return compile_plan(program, loss=loss, trainable=["w"], recompute=True)


@pytest.mark.parametrize("executor", [Executor, NativeExecutor])
def test_memory_grows_with_the_root_of_the_depth(executor: Callable[..., Executor]) -> None:
    table = {"w": WeightEntry(Weight("w", (64, 64), RandomNormal()), True)}
    sizes = [executor(deep(count), Parameters(table)).plan.arena_bytes for count in (16, 64, 256)]
    assert sizes[1] < 2.4 * sizes[0]
    assert sizes[2] < 2.4 * sizes[1]


def test_cuts_are_made_where_few_bytes_are_alive() -> None:
    made = [100] * 9
    alive = [0, 900, 900, 10, 900, 900, 900, 10, 900]
    ways = list(cuts_of(made, alive))
    assert (3, 7) in ways
    assert all(list(way) == sorted(way) for way in ways)

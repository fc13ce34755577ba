"""Loops of rows: scans of any cell, forward and backward, against their numpy definition."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from graph_engine.compiler import Plan, WeightEntry, compile_plan
from graph_engine.kernels import ops, scan
from graph_engine.kernels.program import Array, Program, Value
from graph_engine.layers.base import Weight
from graph_engine.layers.initializers import RandomNormal
from graph_engine.runtime import Executor, Parameters
from graph_engine.runtime.native import NativeExecutor
from graph_engine.values import TensorSpec

Sizes = tuple[int, int, int]  # steps, batch, units


def plan_of(sizes: Sizes, masked: bool) -> Plan:
    """A gated cell with a second state that a step only hands on, and weights of its own; states are exchanged."""
    steps, batch, units = sizes
    program = Program()
    x = program.feed("x", TensorSpec((steps, batch, units), "float32"))
    seen = program.feed("seen", TensorSpec((steps, batch), "bool"))
    states = [program.feed(name, TensorSpec((batch, units), "float32")) for name in ("h", "other")]
    kernel = program.parameter("kernel", TensorSpec((units, 2 * units), "float32"))
    bias = program.parameter("bias", TensorSpec((units,), "float32"))

    def step(take: scan.Taking, here: Sequence[Value], before: Sequence[Value]) -> Sequence[Value]:
        h, other = before
        gate, new = ops.split(ops.matmul(h, take(kernel)), (units, units), 1)
        gate = ops.sigmoid(gate + take(bias))
        after = gate * h + (1.0 - gate) * ops.tanh(new + here[0])
        if masked:
            after = ops.where(ops.reshape(here[1], (batch, 1)), after, h)
        return other, after

    found = ops.scan(step, (x, seen), states)
    program.results = {"first": found[0], "second": found[1]}
    loss = ops.sum(ops.square(found[0]) + found[1], (0, 1, 2))
    return compile_plan(program, loss=loss, trainable=("kernel", "bias"))


def weights(sizes: Sizes) -> Parameters:
    *_, units = sizes
    shapes = {"kernel": (units, 2 * units), "bias": (units,)}
    table = {
        name: WeightEntry(Weight(name, shape, RandomNormal(stddev=units**-0.5)), True)
        for name, shape in shapes.items()
    }
    return Parameters(table).initialize(3)


def fed(sizes: Sizes) -> dict[str, Array]:
    steps, batch, units = sizes
    rng = np.random.default_rng(steps)
    states = {name: rng.standard_normal((batch, units), dtype=np.float32) for name in ("h", "other")}
    x = rng.standard_normal((steps, batch, units), dtype=np.float32)
    return {**states, "x": x, "seen": rng.random((steps, batch)) > 0.3}


@given(
    sizes=st.tuples(st.integers(1, 6), st.integers(1, 40), st.integers(1, 70)),
    masked=st.booleans(),
    threads=st.integers(1, 2),
)
@settings(max_examples=40)
def test_loops_agree_with_the_numpy_definition(sizes: Sizes, masked: bool, threads: int) -> None:
    plan, feeds = plan_of(sizes, masked), fed(sizes)
    reference, native = Executor(plan, weights(sizes)), NativeExecutor(plan, weights(sizes), threads)
    assert all(native.is_native)
    expected = reference.run(feeds)
    for _ in range(2):  # nothing is left over from a run
        for name, value in native.run(feeds).items():
            np.testing.assert_allclose(value, expected[name], rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(native.gradients, reference.gradients, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_loops_repeat_to_the_bit_and_write_nowhere_else(threads: int) -> None:
    sizes = (7, 33, 64)  # enough that products are shared by threads
    executor, feeds = NativeExecutor(plan_of(sizes, True), weights(sizes), threads), fed(sizes)
    executor.run(feeds)
    first = executor.gradients.copy()
    for _ in range(30):
        executor.run(feeds)
        np.testing.assert_array_equal(executor.gradients, first)
    executor.audit(feeds)


def test_a_loop_with_a_step_that_has_no_kernel_runs_its_numpy_definition() -> None:
    program = Program()
    x = program.feed("x", TensorSpec((3, 4, 5), "float32"))
    h = program.feed("h", TensorSpec((4, 5), "float32"))
    (found,) = ops.scan(lambda take, here, before: [ops.softmax(before[0] + here[0], axis=0)], (x,), (h,))
    program.results["states"] = found
    plan = compile_plan(program)
    feeds = {"x": np.ones((3, 4, 5), np.float32), "h": np.eye(4, 5, dtype=np.float32)}
    native = NativeExecutor(plan, Parameters({}), 2)
    assert native.is_native == (False,)
    expected = Executor(plan, Parameters({})).run(feeds)["states"]
    np.testing.assert_allclose(native.run(feeds)["states"], expected, rtol=1e-5)

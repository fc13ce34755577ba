"""Program -> Plan: random programs give what numpy gives, whatever the memory plan does with their buffers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from graph_engine.compiler import PlanError, Slot, compile_plan, verify
from graph_engine.kernels import ops
from graph_engine.kernels.program import Program, Value
from graph_engine.runtime import Executor, Parameters
from graph_engine.values import TensorSpec

SHAPE = (3, 4)
SPEC = TensorSpec(SHAPE, "float64")
X = np.random.default_rng(0).uniform(0.5, 1.5, SHAPE)

UNARY: dict[str, tuple[Callable[[Value], Value], Callable[..., Any]]] = {
    "tanh": (ops.tanh, np.tanh),
    "square": (ops.square, np.square),
    "transposed twice": (lambda v: ops.transpose(ops.transpose(v, (1, 0)), (1, 0)), lambda a: a),
    "reshaped twice": (lambda v: ops.reshape(ops.reshape(v, (4, 3)), SHAPE) * 0.5, lambda a: a * 0.5),
    "relu": (lambda v: ops.relu(v - 1.0), lambda a: np.maximum(a - 1.0, 0)),
    "row mean": (
        lambda v: ops.broadcast_to(ops.mean(v, (1,), keepdims=True), SHAPE),
        lambda a: np.broadcast_to(a.mean(1, keepdims=True), SHAPE),
    ),
}
BINARY: dict[str, tuple[Callable[[Value, Value], Value], Callable[..., Any]]] = {
    "add": (ops.add, np.add),
    "multiply": (ops.multiply, np.multiply),
    "subtract": (ops.subtract, np.subtract),
}
steps = st.lists(
    st.tuples(st.sampled_from([*UNARY, *BINARY]), st.integers(0, 99), st.integers(0, 99)),
    min_size=1,
    max_size=25,
)


def run(program: Program) -> dict[str, np.ndarray]:
    return Executor(compile_plan(program), Parameters({}, "float64")).run({"x": X})


@given(steps)
def test_any_program_gives_what_numpy_gives(drawn: list[tuple[str, int, int]]) -> None:
    program = Program()
    values: list[Value] = [program.feed("x", SPEC)]
    arrays = [X]
    for name, first, second in drawn:
        i, j = first % len(values), second % len(values)
        if name in UNARY:
            emit, compute = UNARY[name]
            values.append(emit(values[i]))
            arrays.append(compute(arrays[i]))
        else:
            join, combine = BINARY[name]
            values.append(join(values[i], values[j]))
            arrays.append(combine(arrays[i], arrays[j]))
    for index in (len(values) - 1, len(values) // 2, 0):
        program.results[str(index)] = values[index]
    for name, found in run(program).items():
        np.testing.assert_allclose(found, arrays[int(name)], rtol=1e-12, err_msg=name)


def test_what_nobody_needs_is_not_run() -> None:
    program = Program()
    x = program.feed("x", SPEC)
    program.results["y"] = ops.tanh(x)
    ops.exp(ops.square(x))
    assert [step.primitive.name for step in compile_plan(program).steps] == ["tanh"]


def test_a_long_chain_needs_memory_for_two_of_its_values() -> None:
    program = Program()
    value = program.feed("x", SPEC)
    for _ in range(50):
        value = ops.tanh(value)
    program.results["y"] = value
    assert compile_plan(program).arena_bytes <= 4 * 128


def test_nothing_is_differentiated_for_inputs_and_frozen_parts() -> None:
    program = Program()
    x = program.feed("x", SPEC)
    frozen = program.parameter("frozen", SPEC)
    free = program.parameter("free", SPEC)
    program.results["loss"] = loss = ops.sum(ops.tanh(x * frozen) * free)
    plan = compile_plan(program, loss=loss, trainable=("free",))
    assert list(plan.gradients) == ["free"]
    backward = [step.primitive.name for step in plan.steps]
    assert backward.count("tanh") == 1 and "negative" not in backward


def test_a_value_used_twice_gets_both_gradients() -> None:
    from graph_engine.compiler import gradients

    program = Program()
    x = program.feed("x", SPEC)
    y = ops.sum(x * x + x)
    (found,) = gradients(program, [y], [program.constant(1.0, "float64")], [x])
    assert found is not None
    program.results["g"] = found
    np.testing.assert_allclose(run(program)["g"], 2 * X + 1)


def test_the_verifier_finds_memory_given_away_too_early() -> None:
    program = Program()
    x = program.feed("x", SPEC)
    y = ops.tanh(x)
    program.results["z"] = ops.exp(y) + y
    plan = compile_plan(program)
    broken = list(plan.slots)
    victim = plan.steps[0].outputs[0]
    thief = plan.steps[1].outputs[0]
    broken[thief] = Slot(broken[thief].spec, "arena", offset=broken[victim].offset)
    with pytest.raises(PlanError, match="after its memory was given"):
        verify(type(plan)(
            plan.steps, tuple(broken), plan.constants, plan.feeds, plan.results, plan.gradients, plan.updates,
            plan.arena_bytes,
        ))  # fmt: skip


def test_steps_know_the_node_they_came_from() -> None:
    program = Program()
    x = program.feed("x", SPEC)
    with program.at("n1"):
        y = ops.tanh(x)
    with program.at("n2"):
        program.results["y"] = ops.exp(y)
    assert [step.node for step in compile_plan(program).steps] == ["n1", "n2"]

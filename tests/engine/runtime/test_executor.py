"""The reference executor: randomness, updates, and the node that broke."""

from __future__ import annotations

import numpy as np
import pytest

from graph_engine.compiler import WeightEntry, compile_plan
from graph_engine.kernels import ops
from graph_engine.kernels.program import Program
from graph_engine.layers.base import Weight
from graph_engine.layers.initializers import Zeros
from graph_engine.runtime import Executor, NonFinite, Parameters
from graph_engine.values import LayerloomError, TensorSpec

SPEC = TensorSpec((1000,), "float32")


def noisy() -> Executor:
    program = Program()
    x = program.feed("x", SPEC)
    program.results["y"] = x * ops.dropout_mask(x, rate=0.25)
    program.results["z"] = x * ops.dropout_mask(x, rate=0.25)
    return Executor(compile_plan(program), Parameters({}))


def draw(executor: Executor, step: int, seed: int) -> np.ndarray:
    return executor.run({"x": np.ones(1000)}, step=step, seed=seed)["y"].copy()


def test_random_numbers_depend_on_seed_step_and_op_alone() -> None:
    first, second = noisy(), noisy()
    np.testing.assert_array_equal(draw(first, 3, 7), draw(second, 3, 7))
    assert (draw(first, 3, 7) != draw(first, 4, 7)).any()
    assert (draw(first, 3, 7) != draw(first, 3, 8)).any()
    found = first.run({"x": np.ones(1000)}, step=3, seed=7)
    assert (found["y"] != found["z"]).any()


def test_updates_replace_weights_after_the_step() -> None:
    table = {"mean": WeightEntry(Weight("mean", (2,), Zeros(), trainable=False), False)}
    parameters = Parameters(table)
    program = Program()
    spec = TensorSpec((2,), "float32")
    x, mean = program.feed("x", spec), program.parameter("mean", spec)
    program.results["before"] = mean * 1.0
    program.updates["mean"] = mean * 0.5 + x
    executor = Executor(compile_plan(program), parameters)
    for expected in ([0.0, 0.0], [1.0, 2.0], [1.5, 3.0]):
        np.testing.assert_array_equal(executor.run({"x": np.array([1.0, 2.0])})["before"], expected)


def test_a_value_that_is_not_finite_names_its_node() -> None:
    program = Program()
    x = program.feed("x", TensorSpec((2,), "float32"))
    with program.at("n5"):
        broken = ops.log(x)
    with program.at("n6"):
        program.results["y"] = broken + 1.0
    executor = Executor(compile_plan(program), Parameters({}))
    with pytest.raises(NonFinite, match="node n5") as caught:
        executor.diagnose({"x": np.array([1.0, -1.0])})
    assert caught.value.node == "n5"


def test_a_feed_of_another_shape_is_refused() -> None:
    with pytest.raises(LayerloomError, match=r"feed 'x' has shape \(3,\), planned was \(1000,\)"):
        noisy().run({"x": np.ones(3)})

"""Guard zones: the native executor's results, and an error for a kernel that writes too far."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from graph_engine.compiler import Plan, PlanError, WeightEntry, compile_plan
from graph_engine.kernels import ops
from graph_engine.kernels.native.rows import BINDERS, Bound
from graph_engine.kernels.program import Program
from graph_engine.layers.base import Weight
from graph_engine.layers.initializers import RandomNormal
from graph_engine.runtime import Parameters, aligned_zeros, make_executor
from graph_engine.runtime.guarded import GuardedExecutor
from graph_engine.runtime.native import NativeExecutor
from graph_engine.training.optimizers import Adam, OptimizerState
from graph_engine.values import TensorSpec
from tests.engine.compiler.test_passes import feeds, parameters, plan_of
from tests.engine.runtime.faults import astray, one_row_too_many


@pytest.mark.parametrize("threads", [1, 2])
def test_results_are_those_of_the_native_executor(threads: int) -> None:
    native = NativeExecutor(plan_of("float32"), parameters("float32"), threads)
    guarded = GuardedExecutor(plan_of("float32"), parameters("float32"), threads)
    for _ in range(2):
        expected = {name: value.copy() for name, value in native.run(feeds()).items()}
        for name, value in guarded.run(feeds()).items():
            np.testing.assert_array_equal(value, expected[name])
        np.testing.assert_array_equal(guarded.gradients, native.gradients)


def test_a_kernel_that_writes_a_row_too_far_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program()
    x = program.feed("x", TensorSpec((4, 16), "float32"))
    with program.at("likely"):
        program.results = {"y": ops.softmax(x)}
    plan = compile_plan(program)
    monkeypatch.setenv("LAYERLOOM_EXECUTOR", "guarded")
    given = {"x": np.ones((4, 16), np.float32)}
    assert make_executor(plan, Parameters({})).run(given)["y"][0, 0] == pytest.approx(1 / 16)
    monkeypatch.setitem(BINDERS, "softmax", one_row_too_many(BINDERS["softmax"]))
    with pytest.raises(
        PlanError, match=r"softmax of node 'likely' writes outside .*: 64 bytes from .* arena"
    ):
        make_executor(plan, Parameters({})).run(given)


def softmax_of_weights() -> tuple[Plan, Parameters]:
    """A softmax of the weights ``w``, and the gradients of ``v`` and ``w``."""
    program = Program()
    v, w = (program.parameter(path, TensorSpec((2, 16), "float32")) for path in ("v", "w"))
    with program.at("likely"):
        y = ops.softmax(w)
    loss = program.results["loss"] = ops.sum(ops.multiply(y, v))
    table = {path: WeightEntry(Weight(path, (2, 16), RandomNormal()), True) for path in ("v", "w")}
    plan = compile_plan(program, loss=loss, trainable=["v", "w"])
    return plan, Parameters(table).initialize(1)


def _end_of_weight(step: Bound) -> int:
    return step.inputs[0].address + step.inputs[0].nbytes


def _end_of_gradient(step: Bound) -> int:
    return step.outputs[0].address + step.outputs[0].nbytes


def _end_of_work(step: Bound) -> int:
    address, _ = step.workspace.private(128)
    return address + 128


@pytest.mark.parametrize(
    ("name", "end", "told"),
    [
        ("softmax", _end_of_weight, "softmax of node 'likely' .* 4 bytes from .* weights"),
        (
            "softmax_gradient",
            _end_of_gradient,
            "softmax_gradient of node 'likely' .* 4 bytes from .* gradients",
        ),
        ("softmax", _end_of_work, "softmax of node 'likely' .* 4 bytes from .* working memory of threads"),
    ],
)
def test_one_element_beyond_is_named(
    name: str, end: Callable[[Bound], int], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, weights = softmax_of_weights()
    GuardedExecutor(plan, weights, 1).run({})
    wrong = "z" if name == "softmax_gradient" else "y"
    monkeypatch.setitem(BINDERS, name, astray(BINDERS[name], wrong, end))
    with pytest.raises(PlanError, match=told):
        GuardedExecutor(plan, weights, 1).run({})


@pytest.mark.parametrize("buffer", ["weights", "momentum", "velocity"])
def test_an_update_one_element_too_long_is_named(buffer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights that are trained are followed by frozen ones, the optimizer's state by a zone."""
    monkeypatch.setenv("LAYERLOOM_EXECUTOR", "guarded")
    table = {path: WeightEntry(Weight(path, (64,), RandomNormal()), path == "w") for path in ("w", "frozen")}
    parameters = Parameters(table).initialize(1)
    gradients = aligned_zeros(64, "float32")
    gradients += 1
    OptimizerState(Adam(), parameters).step(gradients)
    state = OptimizerState(Adam(), parameters)
    state.step(gradients)
    ((_, update),) = state._native.values()
    place = ["weights", "gradients", "momentum", "velocity"].index(buffer)
    update._blocks[:, place] += 4
    with pytest.raises(
        PlanError, match=f"the update adam writes . bytes of its {buffer} that it was not given"
    ):
        state.step(gradients)

"""Guard zones: the native executor's results, and an error for a kernel that writes too far."""

from __future__ import annotations

import numpy as np
import pytest

from graph_engine.compiler import PlanError, compile_plan
from graph_engine.kernels import ops
from graph_engine.kernels.native.rows import BINDERS
from graph_engine.kernels.program import Program
from graph_engine.runtime import Parameters, make_executor
from graph_engine.runtime.guarded import GuardedExecutor
from graph_engine.runtime.native import NativeExecutor
from graph_engine.values import TensorSpec
from tests.engine.compiler.test_passes import feeds, parameters, plan_of
from tests.engine.runtime.faults import one_row_too_many


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
    with pytest.raises(PlanError, match=r"softmax of node 'likely' writes outside of all tensors: 64 bytes"):
        make_executor(plan, Parameters({})).run(given)

"""The native executor: what it promises besides the reference executor's results."""

from __future__ import annotations

import numpy as np
import pytest

from graph_engine.compiler import PlanError, compile_plan
from graph_engine.kernels import ops
from graph_engine.kernels.native.rows import BINDERS
from graph_engine.kernels.program import Program
from graph_engine.runtime import Executor, Parameters
from graph_engine.runtime.native import NativeExecutor
from graph_engine.values import LayerloomError, TensorSpec
from tests.engine.compiler.test_passes import feeds, parameters, plan_of
from tests.engine.runtime.faults import one_row_too_many


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_runs_repeat_to_the_bit_for_a_number_of_threads(threads: int) -> None:
    executor = NativeExecutor(plan_of("float32"), parameters("float32"), threads)
    executor.run(feeds())
    first = executor.gradients.copy()
    for _ in range(30):
        executor.run(feeds())
        np.testing.assert_array_equal(executor.gradients, first)
    alone = NativeExecutor(plan_of("float32"), parameters("float32"), 1)
    alone.run(feeds())
    np.testing.assert_allclose(first, alone.gradients, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("threads", [1, 2])
def test_no_step_writes_outside_its_results(threads: int) -> None:
    NativeExecutor(plan_of("float32"), parameters("float32"), threads).audit(feeds())


def test_an_audit_finds_a_kernel_that_writes_too_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BINDERS, "softmax", one_row_too_many(BINDERS["softmax"]))
    program = Program()
    x = program.feed("x", TensorSpec((4, 16), "float32"))
    y, z = ops.softmax(x), ops.softmax(x)
    program.results = {"y": y, "z": z}
    executor = NativeExecutor(compile_plan(program), Parameters({}), 1)
    with pytest.raises(PlanError, match=r"step 0 \(softmax"):
        executor.audit({"x": np.ones((4, 16), np.float32)})


def test_steps_without_a_kernel_run_between_stretches_of_native_ones() -> None:
    program = Program()
    x = program.feed("x", TensorSpec((4, 6), "float32"))
    y = ops.softmax(ops.tanh(x), axis=0)  # no kernel along this axis
    program.results["y"] = ops.exp(y)
    plan = compile_plan(program)
    executor = NativeExecutor(plan, Parameters({}), 2)
    assert executor.is_native == (True, False, True)
    x_values = np.random.default_rng(0).standard_normal((4, 6)).astype(np.float32)
    expected = Executor(plan, Parameters({})).run({"x": x_values})["y"]
    np.testing.assert_allclose(executor.run({"x": x_values})["y"], expected, rtol=1e-5)


def test_an_index_outside_a_table_is_refused_with_the_same_sentence() -> None:
    program = Program()
    table = program.feed("table", TensorSpec((5, 3), "float32"))
    indices = program.feed("indices", TensorSpec((2,), "int32"))
    program.results["rows"] = ops.gather(table, indices)
    executor = NativeExecutor(compile_plan(program), Parameters({}), 1)
    rows = np.arange(15, dtype=np.float32).reshape(5, 3)
    with pytest.raises(LayerloomError, match=r"index 5 is outside a table of 5 rows"):
        executor.run({"table": rows, "indices": np.array([0, 5], np.int32)})
    found = executor.run({"table": rows, "indices": np.array([4, 0], np.int32)})["rows"]
    np.testing.assert_array_equal(found, rows[[4, 0]])


def test_values_that_are_not_finite_stay_so() -> None:
    """Kernels must not hide that a training has diverged."""
    program = Program()
    x = program.feed("x", TensorSpec((1, 40), "float32"))
    for name in ("relu", "tanh", "exp", "log", "sigmoid", "softplus"):
        program.results[name] = getattr(ops, name)(x)
    program.results |= {"max": ops.max(x, (1,)), "sum": ops.sum(x, (1,)), "softmax": ops.softmax(x)}
    plan = compile_plan(program)
    values = np.linspace(-3, 3, 40, dtype=np.float32).reshape(1, 40)
    values[0, 7] = np.nan
    expected = Executor(plan, Parameters({})).run({"x": values})
    found = NativeExecutor(plan, Parameters({}), 1).run({"x": values})
    for name, value in expected.items():
        np.testing.assert_array_equal(np.isnan(found[name]), np.isnan(value), err_msg=name)

"""Passes: fewer steps, the same values, less memory."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from graph_engine.compiler import Plan, WeightEntry, compile_plan
from graph_engine.compiler.passes import optimized
from graph_engine.kernels import ops
from graph_engine.kernels.program import Program, Value
from graph_engine.layers.base import Weight
from graph_engine.layers.initializers import RandomNormal
from graph_engine.runtime import Executor, Parameters
from graph_engine.runtime.native import NativeExecutor
from graph_engine.values import TensorSpec

WEIGHTS = {
    "k1": (3, 3, 2, 4),
    "b1": (4,),
    "k2": (3, 3, 4, 4),
    "gamma": (4,),
    "beta": (4,),
    "w": (144, 5),
    "b": (5,),
}


def parameters(dtype: str = "float64") -> Parameters:
    table = {
        name: WeightEntry(Weight(name, shape, RandomNormal(stddev=0.3)), True)
        for name, shape in WEIGHTS.items()
    }
    return Parameters(table, dtype).initialize(3)  # type: ignore[arg-type]  # one of ours


def residual_network(dtype: str = "float64") -> tuple[Program, Value]:
    """Convolutions with bias and relu, batch normalization with a residual sum and relu, and a dense layer."""
    program = Program()
    x = program.feed("x", TensorSpec((2, 6, 6, 2), dtype))  # type: ignore[arg-type]  # one of ours
    w = {name: program.parameter(name, TensorSpec(shape, dtype)) for name, shape in WEIGHTS.items()}  # type: ignore[arg-type]  # one of ours
    around = {"strides": (1, 1), "pads": ((1, 1), (1, 1)), "dilation": (1, 1), "groups": 1}
    first = ops.relu(ops.conv(x, w["k1"], **around) + w["b1"])
    second = ops.conv(first, w["k2"], **around)
    scale, shift = (ops.reshape(w[name], (1, 1, 1, 4)) for name in ("gamma", "beta"))
    y, mean, _ = ops.normalize(second, scale, shift, (0, 1, 2), 1e-3)
    program.results["mean"] = mean
    y = ops.relu(ops.add(first, y))
    y = ops.matmul(ops.reshape(y, (2, 144)), w["w"]) + w["b"]
    loss = ops.sum(ops.square(ops.relu(y)))
    program.results["loss"] = loss
    return program, loss


def plan_of(dtype: str = "float64") -> Plan:
    program, loss = residual_network(dtype)
    return compile_plan(program, loss=loss, trainable=list(WEIGHTS))


def feeds() -> dict[str, np.ndarray]:
    return {"x": np.random.default_rng(5).standard_normal((2, 6, 6, 2))}


def test_an_optimized_plan_computes_the_same_in_fewer_steps_and_less_memory() -> None:
    plan, better = plan_of(), optimized(plan_of())
    before, after = Executor(plan, parameters()), Executor(better, parameters())
    expected, found = before.run(feeds()), after.run(feeds())
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-12)
    np.testing.assert_allclose(after.gradients, before.gradients, rtol=1e-9, atol=1e-12)
    assert len(better.steps) < len(plan.steps)
    assert better.arena_bytes < plan.arena_bytes


def test_what_follows_a_product_becomes_part_of_it() -> None:
    names = Counter(step.primitive.name for step in optimized(plan_of()).steps)
    assert (names["fused_conv"], names["fused_normalize"], names["relu"]) == (1, 1, 0)
    taken = [
        (step.primitive.name, step.attrs["also"])
        for step in optimized(plan_of()).steps
        if "also" in step.attrs
    ]
    assert taken == [
        ("fused_conv", ("bias",)),
        ("fused_normalize", ("start",)),
        ("fused_matmul", ("bias",)),
        ("fused_matmul", ("gate",)),
        ("fused_conv_grad_input", ("start", "gate")),
    ]


def test_a_tensor_that_is_a_result_stays() -> None:
    program = Program()
    a, b = (program.feed(name, TensorSpec((4, 4), "float64")) for name in "ab")
    program.results["product"] = product = ops.matmul(a, b)
    program.results["cut"] = ops.relu(product)
    names = [step.primitive.name for step in optimized(compile_plan(program)).steps]
    assert names == ["matmul", "relu"]


@pytest.mark.parametrize("threads", [1, 2])
def test_native_gradients_agree_with_central_differences(threads: int) -> None:
    """A gradient check through the native plan: float32 gradients against float64 differences."""
    native = NativeExecutor(plan_of("float32"), parameters("float32"), threads)
    native.run(feeds())
    weights = parameters()
    exact = Executor(plan_of(), weights)

    def loss() -> float:
        return float(exact.run(feeds())["loss"])

    rng = np.random.default_rng(0)
    for path, view in native.parameters.views_of(native.gradients).items():
        for index in rng.integers(0, view.size, 4):
            place = np.unravel_index(index, view.shape)
            middle, sides = weights[path][place], []
            for step in (1e-5, -1e-5):
                weights[path][place] = middle + step
                sides.append(loss())
            weights[path][place] = middle
            numeric = (sides[0] - sides[1]) / 2e-5
            assert view[place] == pytest.approx(numeric, rel=2e-3, abs=2e-3 * float(np.abs(view).max()))

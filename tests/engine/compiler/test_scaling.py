"""Scales of channels go into the weights of the product before them, where those are fewer than its results."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from graph_engine.compiler import Plan, WeightEntry, compile_plan
from graph_engine.compiler.passes import optimized
from graph_engine.kernels import ops
from graph_engine.kernels.program import Program, Value
from graph_engine.layers.base import Weight
from graph_engine.layers.initializers import RandomNormal
from graph_engine.runtime import Executor, Parameters
from graph_engine.runtime.native import NativeExecutor
from graph_engine.values import DType, TensorSpec

SHAPES = {
    "kernel": (3, 3, 2, 4),
    "bias": (1, 1, 1, 4),
    "scale": (1, 1, 1, 4),
    "shift": (4,),
    "w": (6, 5),
    "s": (5,),
}
AROUND = {"strides": (1, 1), "pads": ((1, 1), (1, 1)), "dilation": (1, 1), "groups": 1}


def weights(dtype: DType) -> Parameters:
    table = {n: WeightEntry(Weight(n, shape, RandomNormal(stddev=0.5)), True) for n, shape in SHAPES.items()}
    return Parameters(table, dtype).initialize(3)


def normalized(program: Program, images: int, has_bias: bool, dtype: DType) -> Value:
    """A convolution, batch normalization as inference has it, and relu."""
    w = {name: program.parameter(name, TensorSpec(shape, dtype)) for name, shape in SHAPES.items()}
    x = program.feed("x", TensorSpec((images, 6, 6, 2), dtype))
    y = ops.conv(x, w["kernel"], **AROUND)
    y = y + w["bias"] if has_bias else y
    return ops.relu(ops.multiply(y, w["scale"]) + w["shift"])


def plan_of(images: int, has_bias: bool, dtype: DType = "float64") -> Plan:
    program = Program()
    program.results["y"] = normalized(program, images, has_bias, dtype)
    return compile_plan(program)


def names(plan: Plan) -> list[str]:
    return [step.primitive.name for step in plan.steps]


def image(images: int) -> dict[str, np.ndarray]:
    return {"x": np.random.default_rng(5).standard_normal((images, 6, 6, 2))}


@given(images=st.integers(1, 3), has_bias=st.booleans())
@settings(max_examples=12, deadline=None)
def test_normalization_in_inference_is_done_by_the_convolution(images: int, has_bias: bool) -> None:
    plan = plan_of(images, has_bias)
    better = optimized(plan)
    shift = ["multiply", "add"] if has_bias else []
    assert names(better) == ["multiply", *shift, "fused_conv"]
    expected = Executor(plan, weights("float64")).run(image(images))["y"]
    np.testing.assert_allclose(
        Executor(better, weights("float64")).run(image(images))["y"], expected, rtol=1e-10
    )
    native = NativeExecutor(plan_of(images, has_bias, "float32"), weights("float32"))
    np.testing.assert_allclose(native.run(image(images))["y"], expected, rtol=1e-4, atol=1e-5)


def test_a_dense_layer_is_scaled_as_well() -> None:
    program = Program()
    w, s = (program.parameter(name, TensorSpec(SHAPES[name], "float64")) for name in ("w", "s"))
    x = program.feed("x", TensorSpec((9, 6), "float64"))
    program.results["y"] = ops.multiply(ops.matmul(x, w), s)
    plan = compile_plan(program)
    given_ = {"x": np.random.default_rng(1).standard_normal((9, 6))}
    better = optimized(plan)
    assert names(better) == ["multiply", "matmul"]
    expected = Executor(plan, weights("float64")).run(given_)["y"]
    np.testing.assert_allclose(Executor(better, weights("float64")).run(given_)["y"], expected, rtol=1e-10)


@pytest.mark.parametrize("kept", ["few results", "read twice", "a result"])
def test_what_would_not_pay_or_is_wanted_stays(kept: str) -> None:
    program = Program()
    w, s = (program.parameter(name, TensorSpec(SHAPES[name], "float64")) for name in ("w", "s"))
    x = program.feed("x", TensorSpec((2 if kept == "few results" else 9, 6), "float64"))
    product = ops.matmul(x, w)
    program.results["y"] = ops.multiply(product, s)
    if kept == "read twice":
        program.results["z"] = ops.exp(product)
    elif kept == "a result":
        program.results["z"] = product
    assert names(optimized(compile_plan(program)))[0] == "matmul"

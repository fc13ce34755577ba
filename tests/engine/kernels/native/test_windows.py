"""Convolution, pooling, normalization and LSTM kernels over drawn shapes, against their numpy definitions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any
from unittest.mock import patch

import numpy as np
from hypothesis import given, strategies as st

from graph_engine.compiler import compile_plan
from graph_engine.compiler.differentiate import gradients
from graph_engine.kernels import ops
from graph_engine.kernels.program import Program, Value
from graph_engine.runtime import Executor, Parameters
from graph_engine.runtime.native import NativeExecutor
from tests.engine.kernels.running import spec_of

threads = st.integers(1, 2)
axis = st.tuples(
    st.integers(1, 9), st.integers(1, 3), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2)
)
channels = st.sampled_from([1, 3, 8, 16, 17, 35])


def agree(
    build: Callable[..., Sequence[Value]], arrays: Sequence[Any], threads: int, native: bool = True
) -> None:
    """Results of ``build`` and their gradients for all float inputs, natively and by numpy definitions."""
    contents = [np.asarray(array, np.float32) for array in arrays]
    program = Program()
    feeds = [program.feed(str(place), spec_of(array)) for place, array in enumerate(contents)]
    outputs = list(build(*feeds))
    rng = np.random.default_rng(1)
    weights = [program.constant(rng.standard_normal(value.shape), "float32") for value in outputs]
    found = gradients(program, outputs, weights, feeds)
    results = [*outputs, *(value for value in found if value is not None)]
    program.results = {str(place): value for place, value in enumerate(results)}
    plan = compile_plan(program)
    named = {str(place): array for place, array in enumerate(contents)}
    expected = Executor(plan, Parameters({})).run(named)
    executor = NativeExecutor(plan, Parameters({}), threads)
    assert all(executor.is_native) or not native
    given_back = executor.run(named)
    for name, value in expected.items():
        scale = float(np.abs(value).max()) if value.size else 0.0
        np.testing.assert_allclose(given_back[name], value, rtol=1e-3, atol=2e-4 * max(scale, 1.0))


@given(
    axes=st.lists(axis, min_size=1, max_size=2),
    images=st.integers(1, 3),
    inner=channels,
    filters=channels,
    groups=st.sampled_from([1, 1, 2, 0]),
    threads=threads,
)
def test_convolutions_and_their_gradients(
    axes: list[tuple[int, int, int, int, int]],
    images: int,
    inner: int,
    filters: int,
    groups: int,
    threads: int,
) -> None:
    """``groups``: 0 stands for depthwise."""
    inner, filters = (inner * groups, filters * groups) if groups > 1 else (inner, filters)
    groups, filters = (inner, inner) if groups == 0 else (groups, filters)
    sizes = [max(size, (window - 1) * gap + 1 - 2 * pad) for size, window, _, pad, gap in axes]
    attrs = {
        "strides": tuple(stride for _, _, stride, _, _ in axes),
        "pads": tuple((pad, pad) for _, _, _, pad, _ in axes),
        "dilation": tuple(gap for *_, gap in axes),
        "groups": groups,
    }
    rng = np.random.default_rng(0)
    x = rng.standard_normal((images, *sizes, inner))
    kernel = rng.standard_normal((*(window for _, window, *_ in axes), inner // groups, filters))
    agree(lambda x, kernel: [ops.conv(x, kernel, **attrs)], [x, kernel], threads)


@given(
    sizes=st.tuples(st.integers(1, 13), st.integers(1, 13)),
    pads=st.tuples(*[st.tuples(st.integers(0, 2), st.integers(0, 2))] * 2),
    window=st.sampled_from([3, 5]),
    images=st.integers(1, 5),
    inner=channels,
    filters=channels,
    threads=threads,
)
def test_windows_of_3_by_3_and_5_by_5_in_squares(
    sizes: tuple[int, int],
    pads: tuple[tuple[int, int], ...],
    window: int,
    images: int,
    inner: int,
    filters: int,
    threads: int,
) -> None:
    """With all that a convolution may end with, whether it is worth it for these sizes or not.

    Whole numbers and a half: no result is so near 0 that rounding decides about relu.
    """
    shape = [max(size, window - sum(pad)) for size, pad in zip(sizes, pads, strict=True)]
    places = [size + sum(pad) - window + 1 for size, pad in zip(shape, pads, strict=True)]

    def build(x: Value, kernel: Value, bias: Value, start: Value) -> list[Value]:
        y, z = (ops.conv(x, kernel, strides=(1, 1), pads=pads, dilation=(1, 1), groups=1) for _ in range(2))
        return [ops.relu(y + bias), ops.relu(z + start)]

    rng = np.random.default_rng(0)
    shapes = [
        (images, *shape, inner),
        (window, window, inner, filters),
        (filters,),
        (images, *places, filters),
    ]
    x, kernel, bias, start = (rng.integers(-2, 3, shape) for shape in shapes)
    with patch("graph_engine.kernels.native.squares.GAIN", math.inf):
        agree(build, [x, kernel, bias + 0.5, start + 0.5], threads)


@given(axes=st.lists(axis, min_size=1, max_size=2), images=st.integers(1, 3), depth=channels, threads=threads)
def test_pooling_and_its_gradients(
    axes: list[tuple[int, int, int, int, int]], images: int, depth: int, threads: int
) -> None:
    attrs = {
        "size": tuple(window for _, window, *_ in axes),
        "strides": tuple(stride for _, _, stride, *_ in axes),
        "pads": tuple((min(pad, window - 1),) * 2 for _, window, _, pad, _ in axes),
    }
    sizes = [max(size, window) for size, window, *_ in axes]
    x = np.random.default_rng(0).standard_normal((images, *sizes, depth))
    agree(lambda x: [ops.max_pool(x, **attrs)], [x], threads)
    agree(lambda x: [ops.average_pool(x, **attrs)], [x], threads)


@given(
    leading=st.lists(st.integers(1, 70), min_size=1, max_size=2),
    depth=channels,
    layer=st.booleans(),
    threads=threads,
)
def test_normalization_and_its_gradients(leading: list[int], depth: int, layer: bool, threads: int) -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((*leading, depth)) + 3.0
    shape = (1,) * len(leading) + (depth,)
    axes = (len(leading),) if layer else tuple(range(len(leading)))

    def build(x: Value, gamma: Value, beta: Value) -> list[Value]:
        return [ops.normalize(x, gamma, beta, axes, 0.1)[0]]

    agree(build, [x, rng.standard_normal(shape), rng.standard_normal(shape)], threads)


@given(
    batch=st.integers(1, 20), steps=st.integers(1, 5), features=st.integers(1, 40), units=st.integers(1, 40),
    threads=threads,
)  # fmt: skip
def test_lstm_and_its_gradients(batch: int, steps: int, features: int, units: int, threads: int) -> None:
    rng = np.random.default_rng(0)
    shapes = [
        (batch, steps, features), (features, 4 * units), (units, 4 * units), (4 * units,), (batch, units),
        (batch, units),
    ]  # fmt: skip
    agree(
        lambda *inputs: list(ops.lstm(*inputs)),
        [rng.standard_normal(shape) * 0.5 for shape in shapes],
        threads,
    )


@given(rows=st.integers(1, 40), columns=st.integers(1, 70), threads=threads)
def test_chains_of_elementwise_steps_reductions_and_softmax(rows: int, columns: int, threads: int) -> None:
    rng = np.random.default_rng(0)

    def build(x: Value, row: Value, column: Value) -> list[Value]:
        y = ops.tanh(x * row) + ops.exp(column) * ops.sigmoid(x)
        return [
            ops.softmax(y),
            ops.sum(ops.log_softmax(y), (0,)),
            ops.mean(ops.softplus(y), (1,)),
            ops.max(y, (1,)),
        ]

    agree(build, [rng.standard_normal(shape) for shape in ((rows, columns), (columns,), (rows, 1))], threads)

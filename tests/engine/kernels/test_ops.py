"""The functions that complete what a reader would write: axes from the end, one unknown size, sums of broadcasts."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from graph_engine.compiler.differentiate import gradients
from graph_engine.kernels import ops
from graph_engine.kernels.program import Array, Program, Value
from graph_engine.values import LayerloomError, ShapeError, TensorSpec
from tests.engine.kernels.running import evaluate, forward

X = np.random.default_rng(0).standard_normal((2, 3, 4))
REDUCTIONS: list[tuple[Callable[..., Value], Callable[..., Any]]] = [
    (ops.sum, np.sum),
    (ops.mean, np.mean),
    (ops.max, np.max),
    (ops.min, np.min),
]
shapes = st.lists(st.integers(1, 3), max_size=4).map(tuple)


@pytest.mark.parametrize("axes", [None, (), (-1,), (0, -1), (2, 0, 1)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_reductions_take_axes_in_any_order_and_from_the_end(
    axes: tuple[int, ...] | None, keepdims: bool
) -> None:
    found = evaluate(lambda x: [mine(x, axes, keepdims) for mine, _ in REDUCTIONS], X)
    for array, (_, theirs) in zip(found, REDUCTIONS, strict=True):
        np.testing.assert_allclose(array, theirs(X, axis=axes, keepdims=keepdims), rtol=1e-12)


def test_any_all_and_argmax() -> None:
    found = evaluate(lambda x: [ops.any(x, (-1,)), ops.all(x, (0,)), ops.argmax(x, -2)], X > 0.5)
    expected = [(X > 0.5).any(-1), (X > 0.5).all(0), (X > 0.5).argmax(-2)]
    for array, reference in zip(found, expected, strict=True):
        np.testing.assert_array_equal(array, reference)


def test_an_axis_that_is_not_there_is_refused() -> None:
    for axis in (3, -4):
        with pytest.raises(ShapeError, match=rf"there is no axis {axis} in shape \(2, 3, 4\)"):
            evaluate(lambda x: ops.sum(x, (axis,)), X)  # noqa: B023


@pytest.mark.parametrize("shape", [(-1,), (6, -1), (None, 2, 2), (2, 3, 4), (4, 3, 2)])
def test_reshape_completes_one_size(shape: tuple[int | None, ...]) -> None:
    expected = X.reshape([-1 if size is None else size for size in shape])
    np.testing.assert_array_equal(evaluate(lambda x: ops.reshape(x, shape), X), expected)


@pytest.mark.parametrize("shape", [(5, -1), (2, 3), (-1, 0)])
def test_reshape_to_another_number_of_elements_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="cannot be reshaped"):
        evaluate(lambda x: ops.reshape(x, shape), X)


@given(shapes, st.data())
def test_sum_to_undoes_broadcasting(shape: tuple[int, ...], data: st.DataObject) -> None:
    """``<broadcast(a), b> = <a, sum_to(b)>`` for any a and b."""
    front = data.draw(shapes)
    wide = (*front, *(size if size > 1 else data.draw(st.integers(1, 3)) for size in shape))
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal(shape), rng.standard_normal(wide)
    spread, summed = evaluate(lambda x, y: [ops.broadcast_to(x, wide), ops.sum_to(y, shape)], a, b)
    np.testing.assert_array_equal(spread, np.broadcast_to(a, wide))
    assert summed.shape == shape
    np.testing.assert_allclose(np.vdot(spread, b), np.vdot(a, summed), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_moving_axes(axis: int) -> None:
    def build(x: Value) -> list[Value]:
        return [
            ops.flip(x, axis),
            ops.expand_dims(x, axis),
            ops.squeeze(ops.expand_dims(x, axis), axis),
            ops.stack(x, x, axis=axis),
            ops.concatenate(x, x, x, axis=axis),
            ops.transpose(x, (2, 0, 1)),
        ]

    expected: list[Array] = [
        np.flip(X, axis), np.expand_dims(X, axis), X, np.stack([X, X], axis),
        np.concatenate([X, X, X], axis), X.transpose(2, 0, 1),
    ]  # fmt: skip
    for array, reference in zip(evaluate(build, X), expected, strict=True):
        np.testing.assert_array_equal(array, reference)


def test_split_gives_consecutive_parts() -> None:
    parts = evaluate(lambda x: ops.split(x, (1, 2, 1), -1), X)
    for part, expected in zip(parts, np.split(X, (1, 3), axis=-1), strict=True):
        np.testing.assert_array_equal(part, expected)


def test_split_into_parts_that_do_not_add_up_is_refused() -> None:
    with pytest.raises(
        ShapeError, match=r"parts of sizes \(1, 2\) do not make up axis 2 of shape \(2, 3, 4\)"
    ):
        evaluate(lambda x: ops.split(x, (1, 2), 2), X)


@given(st.data())
def test_slices_are_numpys(data: st.DataObject) -> None:
    cuts = [data.draw(st.slices(size).filter(lambda cut: cut.step is None or cut.step)) for size in X.shape]
    whole = [cut.indices(size) for cut, size in zip(cuts, X.shape, strict=True)]
    starts, stops, steps = zip(*whole, strict=True)
    ends = tuple(None if stop < 0 else stop for stop in stops)
    expected = X[tuple(cuts)]
    if expected.size:
        np.testing.assert_array_equal(evaluate(lambda x: ops.slice(x, starts, ends, steps), X), expected)


@pytest.mark.parametrize("axis", [0, -1])
@pytest.mark.parametrize("keepdims", [False, True])
def test_logsumexp_does_not_overflow(axis: int, keepdims: bool) -> None:
    found = evaluate(lambda x: ops.logsumexp(x, axis, keepdims), X * 10.0 + 1000.0)
    expected = np.log(np.exp(X * 10.0).sum(axis, keepdims=keepdims)) + 1000.0
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_pad_and_one_hot() -> None:
    pads = ((0, 1), (2, 0), (0, 0))
    np.testing.assert_array_equal(
        evaluate(lambda x: ops.pad(x, pads, 3.0), X), np.pad(X, pads, constant_values=3.0)
    )
    found = evaluate(lambda i: ops.one_hot(i, 3), np.array([2, 0, -1, 3]))
    np.testing.assert_array_equal(found, np.array([[0, 0, 1], [1, 0, 0], [0, 0, 0], [0, 0, 0]], np.float32))


def test_an_index_outside_the_table_is_named() -> None:
    for worst in (-1, 5):
        with pytest.raises(LayerloomError, match=rf"index {worst} is outside a table of 5 rows \(0 to 4\)"):
            evaluate(ops.gather, np.zeros((5, 2)), np.array([0, worst, 2]))


def test_nothing_added_to_a_table_leaves_zeros() -> None:
    found = evaluate(
        lambda v, i: ops.scatter_add(v, i, shape=(3, 2)), np.zeros((0, 2)), np.zeros(0, np.int64)
    )
    np.testing.assert_array_equal(found, np.zeros((3, 2)))


def test_numbers_and_values_mix_in_arithmetic() -> None:
    found = evaluate(lambda x: [2.0 - x, 1 + x * 3, 1.0 / x, -x / 2, 2 * x - 1], X)
    for array, expected in zip(found, [2 - X, 1 + X * 3, 1 / X, -X / 2, 2 * X - 1], strict=True):
        np.testing.assert_allclose(array, expected, rtol=1e-14)


@pytest.mark.parametrize("build", [ops.add, lambda a, b: ops.where(ops.is_finite(a), a, b)])
def test_shapes_that_do_not_broadcast_are_named(build: Callable[..., Value]) -> None:
    with pytest.raises(ShapeError, match=r"\(2, 3, 4\) and \(5,\) do not broadcast"):
        evaluate(build, X, np.zeros(5))


@pytest.mark.parametrize("rate", [0.0, 0.3, 0.9])
def test_a_dropout_mask_keeps_the_expected_value(rate: float) -> None:
    mask = evaluate(lambda x: ops.dropout_mask(x, rate), np.zeros((200, 200)))
    values, counts = np.unique(mask, return_counts=True)
    expected = [0.0, 1.0 / (1.0 - rate)] if rate else [1.0]
    np.testing.assert_allclose(values, expected)
    spread = math.sqrt(rate / (1.0 - rate) / mask.size)
    assert abs(mask.mean() - 1.0) <= 5.0 * spread
    assert counts.sum() == mask.size


def test_a_dropout_mask_of_rate_one_drops_everything() -> None:
    assert not evaluate(lambda x: ops.dropout_mask(x, 1.0), np.zeros((20, 20))).any()


def test_random_numbers_have_the_moments_of_their_distribution() -> None:
    uniform, normal = evaluate(
        lambda x: [ops.random_uniform(x, (300, 300)), ops.random_normal(x, (300, 300))], np.zeros(1)
    )
    assert uniform.min() >= 0.0 and uniform.max() < 1.0
    np.testing.assert_allclose([uniform.mean(), uniform.var()], [0.5, 1 / 12], atol=0.01)
    np.testing.assert_allclose([normal.mean(), normal.var()], [0.0, 1.0], atol=0.03)


def test_statistics_of_normalization_are_mean_and_biased_variance() -> None:
    gamma, beta = np.full((1, 1, 4), 2.0), np.full((1, 1, 4), -1.0)
    found = evaluate(lambda x, g, b: ops.normalize(x, g, b, axes=(-3, 1), epsilon=1e-3), X, gamma, beta)
    mean, variance = X.mean((0, 1), keepdims=True), X.var((0, 1), keepdims=True)
    np.testing.assert_allclose(found[0], (X - mean) / np.sqrt(variance + 1e-3) * 2.0 - 1.0, rtol=1e-12)
    np.testing.assert_allclose(found[1], mean, rtol=1e-12)
    np.testing.assert_allclose(found[2], variance, rtol=1e-11)


@pytest.mark.parametrize(
    "shapes", [((1, 1, 4), (1, 3, 4)), ((1, 1, 3), (1, 1, 3)), ((2, 1, 1, 4), (2, 1, 1, 4))]
)
def test_scales_that_do_not_fit_what_is_normalized_are_refused(shapes: tuple[tuple[int, ...], ...]) -> None:
    with pytest.raises(ShapeError, match="do not"):
        evaluate(lambda x, g, b: ops.normalize(x, g, b, axes=(0,), epsilon=1e-3), X, *map(np.ones, shapes))


@pytest.mark.parametrize("epsilon", [1e-5, 1e-3, 1e-2, 0.3])
def test_the_variance_of_equal_numbers_is_zero_and_never_negative(epsilon: float) -> None:
    x, ones = np.full((8, 3), 0.7, np.float32), np.ones((1, 3), np.float32)
    _, _, variance = evaluate(
        lambda x, g, b: ops.normalize(x, g, b, axes=(0,), epsilon=epsilon), x, ones, ones
    )
    assert (variance >= 0.0).all() and variance.max() < 1e-6 * epsilon


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_error_function_is_right_to_the_last_digits_also_near_zero(dtype: str) -> None:
    near = np.logspace(-30, 1, 200)
    x = np.concatenate([-near[::-1], [0.0], near, np.linspace(-5, 5, 501)]).astype(dtype)
    expected = np.array([math.erf(each) for each in x])
    (found,) = forward(ops.erf, (x,), {})
    np.testing.assert_allclose(found, expected, rtol=4.0 * float(np.finfo(dtype).eps), atol=0.0)


def test_saturated_functions_stay_finite() -> None:
    x = np.array([-1e4, -100.0, 0.0, 100.0, 1e4], np.float32)
    sigmoid, softplus, softmax = evaluate(lambda v: [ops.sigmoid(v), ops.softplus(v), ops.softmax(v)], x)
    np.testing.assert_allclose(sigmoid, [0, 0, 0.5, 1, 1], atol=1e-7)
    np.testing.assert_allclose(softplus, [0, 0, math.log(2), 100, 1e4], rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(softmax, [0, 0, 0, 0, 1], atol=1e-7)


def test_the_gradient_of_a_power_is_finite_at_zero() -> None:
    def build(x: Value, y: Value) -> list[Value]:
        program: Program = x.program
        z = ops.power(x, y)
        found = gradients(program, [z], [program.constant(np.ones(z.shape), "float64")], [x, y])
        return [gradient for gradient in found if gradient is not None]

    dx, dy = evaluate(build, np.array([0.0, 0.0, 0.0, -2.0]), np.array([0.0, 1.0, 2.0, 3.0]))
    np.testing.assert_allclose(dx, [0.0, 1.0, 0.0, 12.0])
    np.testing.assert_allclose(dy, [0.0, 0.0, 0.0, 0.0])


def test_scalars_have_no_axes_to_reduce() -> None:
    program = Program()
    x = program.feed("x", TensorSpec((), "float64"))
    assert ops.sum(x) is x and ops.max(x, keepdims=True) is x

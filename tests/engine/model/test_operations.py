"""Operators and functions on symbols: what they record, and what comes out, against numpy."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, strategies as st

from graph_engine.model import Input, Model, Symbol, ops
from graph_engine.values import LayerloomError, ShapeError

Array = npt.NDArray[Any]
X = np.arange(24, dtype="float32").reshape(2, 3, 4) / 7 - 1.05


def computed(function: Callable[[Symbol], Any], x: Array = X) -> Array:
    symbol = Input(x.shape[1:])
    found = Model(symbol, function(symbol))(x)
    assert isinstance(found, np.ndarray)
    return found


@pytest.mark.parametrize(
    "each",
    [
        operator.add, operator.sub, operator.mul, operator.truediv, operator.lt, operator.le, operator.gt,
        operator.ge, operator.floordiv, operator.mod,
    ],
    ids=lambda each: each.__name__,
)  # fmt: skip
def test_operators_take_constants_on_either_side(each: Callable[[Any, Any], Any]) -> None:
    row = np.array([1, 2, -1, 0.5], "float32")
    np.testing.assert_allclose(computed(lambda x: each(x, 0.3)), each(X, np.float32(0.3)), rtol=1e-6)
    np.testing.assert_allclose(computed(lambda x: each(2, x)), each(np.float32(2), X), rtol=1e-5)
    np.testing.assert_allclose(computed(lambda x: each(x, row)), each(X, row), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(computed(lambda x: each(x, x + 1)), each(X, X + 1), rtol=1e-5, atol=1e-6)


def test_powers_products_and_logic() -> None:
    np.testing.assert_allclose(computed(lambda x: x**2), X**2, rtol=1e-6)
    np.testing.assert_allclose(computed(lambda x: 2**x), np.float32(2) ** X, rtol=1e-6)
    np.testing.assert_allclose(computed(lambda x: x @ np.eye(4, 2)), X @ np.eye(4, 2), rtol=1e-6)
    np.testing.assert_allclose(computed(lambda x: abs(-x)), abs(X))
    both = computed(lambda x: (x > 0) & ~(x > 1) | (x < -0.5) ^ (x < -0.9))
    np.testing.assert_array_equal(both, (X > 0) & ~(X > 1) | (X < -0.5) ^ (X < -0.9))


def test_names_are_keras_own() -> None:
    x = Input(4)
    model = Model(x, [x + 1, ops.mean(x, axis=1), x[:, 0]])
    assert model.output_names == ("add", "mean", "get_item")
    assert [layer.keras.module for layer in (ops.relu(x).call.target, ops.top_k(x, 2)[0].call.target)] == [
        "ops.nn",
        "ops.math",
    ]


def test_a_list_and_several_outputs() -> None:
    joined = computed(lambda x: ops.concatenate([part * 2 for part in ops.split(x, [1, 2], axis=1)], axis=1))
    np.testing.assert_array_equal(joined, X * 2)
    assert len(ops.unstack(Input(4), axis=1)) == 4


def test_open_sizes_stay_open() -> None:
    x, y = Input((None, 4)), Input((1, 4))
    assert (x + y).shape == (None, None, 4)
    assert ops.reshape(x, (-1, 2)).shape == (None, 2)
    assert ops.reshape(y, (-1, 11)).shape == (None, 11)
    assert x[:, ::2].shape == (None, None, 4)
    assert (x @ np.ones((4, 3))).shape == (None, None, 3)
    assert ops.concatenate([x, y], axis=1).shape == (None, None, 4)
    assert ops.transpose(x).shape == (4, None, None)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda x: x + np.ones(5), r"do not broadcast"),
        (lambda x: x[:, 7], r"no element 7 along an axis of 3"),
        (lambda x: x["a"], "cannot read 'a' as a part of an index"),
        (lambda x: ops.sum(x, axis=3), "no axis 3 in a tensor of 3 axes"),
        (lambda x: ops.reshape(x, (2, 7)), "cannot be reshaped"),
        (lambda x: ops.split(x, 3, axis=-1), "does not split into 3 equal parts"),
        (lambda x: ops.einsum("ij->i", x), "gives 'ij' to a tensor of shape"),
        (lambda x: ops.sum(x, axes=1), "takes x, axis, keepdims; got axes"),
        (lambda x: ops.stack([x, 1]), "takes symbols"),
        (lambda x: x + "a", "cannot read 'a' as a number"),
    ],
)
def test_what_does_not_fit_is_said(call: Callable[[Symbol], Any], sentence: str) -> None:
    with pytest.raises(LayerloomError, match=sentence):
        call(Input((3, 4)))


def test_an_operation_that_is_not_there_is_named() -> None:
    with pytest.raises(AttributeError, match="no operation 'fft'"):
        _ = ops.fft
    with pytest.raises(ShapeError, match="takes x1, x2; got 3 arguments"):
        ops.add(Input(3), 1, 2)


sizes = st.sampled_from([1, 2, 3])


@given(st.lists(st.tuples(sizes, st.integers(0, 3)), min_size=1, max_size=3))
def test_shapes_broadcast_as_numpys(axes: list[tuple[int, int]]) -> None:
    """The second bit of each number drops an axis to 1 on the left, the first on the right."""
    left = tuple(1 if bits & 2 else size for size, bits in axes)
    right = tuple(1 if bits & 1 else size for size, bits in axes)
    a, b = (np.random.default_rng(0).normal(size=(2, *shape)).astype("float32") for shape in (left, right))
    x, y = Input(left), Input(right)
    total = x - y
    assert total.shape[1:] == (a - b).shape[1:]
    np.testing.assert_array_equal(Model([x, y], total)([a, b]), a - b)


ends = st.one_of(st.none(), st.integers(-5, 5))
cuts = st.builds(slice, ends, ends, st.sampled_from([None, 1, 2, -1, -2]))
items = st.one_of(st.integers(-2, 1), cuts, st.none())


@given(st.lists(items, max_size=3), st.integers(0, 4))
def test_indices_are_numpys(key: list[Any], dots: int) -> None:
    if dots <= len(key):
        key.insert(dots, ...)
    expected = X[tuple(key)]
    if 0 in expected.shape or sum(item is not None and item is not ... for item in key) > 3:
        return
    np.testing.assert_array_equal(computed(lambda x: x[tuple(key)]), expected)

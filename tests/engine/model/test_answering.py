"""A batch like the one before takes a shorter way to the same answer."""

from __future__ import annotations

import numpy as np
import pytest

from graph_engine import layers
from graph_engine.data import DataError
from graph_engine.model import Input, Model
from tests.contracts.bench import Array


def two_inputs() -> Model:
    left, right = Input((3,), name="left"), Input((2,), name="right", dtype="int32")
    table = layers.Flatten()(layers.Embedding(5, 4)(right))
    both = layers.Concatenate()([layers.Dense(4)(left), table])
    return Model([left, right], {"sum": layers.Dense(2)(both), "mean": layers.Dense(1)(both)})


def rows(count: int, seed: int) -> list[Array]:
    draw = np.random.default_rng(seed)
    return [draw.normal(size=(count, 3)).astype(np.float32), draw.integers(0, 5, (count, 2), dtype=np.int32)]


def same(model: Model, given: list[Array]) -> None:
    """The short way, where there is one, and the long one."""
    quick = model.predict_on_batch(given)
    slow = model.predict(given, batch_size=len(given[0]))
    assert quick.keys() == slow.keys() == {"sum", "mean"}
    for name, array in slow.items():
        np.testing.assert_array_equal(quick[name], array)


def test_answers_are_the_same_whatever_came_before() -> None:
    model = two_inputs()
    for count in (1, 1, 4, 4, 1):
        same(model, rows(count, count))
    wide = [rows(1, 7)[0].astype(np.float64), rows(1, 7)[1].astype(np.int64)]
    same(model, wide)
    same(model, rows(1, 8))


def test_it_follows_weights_and_what_the_model_is_compiled_for() -> None:
    model = two_inputs()
    same(model, rows(1, 1))
    before = model.predict_on_batch(rows(1, 1))["sum"]
    model.set_weights([2 * array for array in model.get_weights()])
    same(model, rows(1, 1))
    assert not np.array_equal(model.predict_on_batch(rows(1, 1))["sum"], before)
    model.compile("sgd", {"sum": "mse", "mean": "mse"})
    model.train_on_batch(rows(1, 2), {"sum": np.ones((1, 2)), "mean": np.ones((1, 1))})
    same(model, rows(1, 1))


def test_what_is_given_back_is_the_callers() -> None:
    model, given = two_inputs(), rows(1, 1)
    model.predict_on_batch(given)
    kept = model.predict_on_batch(given)
    copy = {name: array.copy() for name, array in kept.items()}
    model.predict_on_batch(rows(1, 2))
    for name, array in kept.items():
        np.testing.assert_array_equal(array, copy[name])


def test_a_wrong_batch_is_refused_as_ever() -> None:
    model = two_inputs()
    model.predict_on_batch(rows(1, 1))
    with pytest.raises(DataError, match=r"2 inputs .* but 1 arrays were given"):
        model.predict_on_batch(rows(1, 1)[:1])

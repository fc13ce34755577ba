"""What is better than in Keras, and what it has no oracle for: missing targets, class weights by output, streams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from graph_engine.data import Dataset, RowStream, Stream
from graph_engine.layers import Dense
from graph_engine.model import Input, Model
from graph_engine.training import LambdaCallback

RNG = np.random.default_rng(4)
X = RNG.normal(size=(12, 3)).astype(np.float32)
PRICE = RNG.normal(size=(12, 1)).astype(np.float32)
KIND = RNG.integers(0, 4, 12).astype(np.int32)


def two_heads(**arguments: Any) -> Model:
    x = Input((3,), name="x")
    outputs = [Dense(1, name="price")(x), Dense(4, activation="softmax", name="kind")(x)]
    model = Model(x, outputs)
    defaults = {"loss": ["mse", "sparse_categorical_crossentropy"], "metrics": [["mae"], ["accuracy"]]}
    model.compile(**{"optimizer": "sgd", **defaults, **arguments})
    return model


def test_rows_without_a_target_count_for_the_other_heads_only() -> None:
    model = two_heads()
    price, kind = PRICE.copy(), KIND.copy()
    price[[1, 5]], kind[7] = np.nan, -1
    found = model.evaluate(X, [price, kind], batch_size=12)
    said = model.predict(X)
    there = np.delete(np.arange(12), [1, 5])
    assert found["price_loss"] == pytest.approx(np.mean((said[0] - PRICE)[there] ** 2), rel=1e-5)
    assert found["price_mae"] == pytest.approx(np.mean(np.abs(said[0] - PRICE)[there]), rel=1e-5)
    classes = np.delete(np.arange(12), 7)
    right = said[1][classes, KIND[classes]]
    assert found["kind_loss"] == pytest.approx(-np.log(right).mean(), rel=1e-5)
    assert found["loss"] == pytest.approx(found["price_loss"] + found["kind_loss"], rel=1e-6)


def test_a_head_none_of_whose_rows_has_a_target_stays_as_it_is() -> None:
    model = two_heads()
    before = model.get_weights()
    model.train_on_batch(X, [np.full((12, 1), np.nan), KIND])
    after = model.get_weights()
    same = [np.array_equal(old, new) for old, new in zip(before, after, strict=True)]
    assert same == [True, True, False, False]


def test_steps_of_a_sequence_without_a_label_do_not_count() -> None:
    x = Input((5, 3), name="x")
    model = Model(x, Dense(4, activation="softmax", name="tags")(x))
    model.compile("sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    data, tags = RNG.normal(size=(6, 5, 3)).astype(np.float32), RNG.integers(0, 4, (6, 5))
    holes = tags.copy()
    holes[0, 1:4] = holes[3, 2] = -1
    said = model.predict(data)
    there = holes >= 0
    right = np.take_along_axis(said, tags[..., None], -1)[..., 0][there]
    assert model.evaluate(data, holes)["loss"] == pytest.approx(-np.log(right).mean(), rel=1e-5)


def test_class_weights_of_several_outputs_multiply_sample_weights() -> None:
    model, weights = two_heads(), np.arange(1.0, 13.0)
    table = {0: 2.0, 3: 0.5}
    found = model.train_on_batch(X, [PRICE, KIND], [weights, weights], class_weight={"kind": table})
    each = np.array([table.get(int(kind), 1.0) for kind in KIND])
    other = two_heads()
    other.set_weights(two_heads().get_weights())
    wanted = other.train_on_batch(X, [PRICE, KIND], [weights, weights * each])
    assert found == wanted


def test_loss_weights_and_rates_may_change_between_batches() -> None:
    model = two_heads(loss_weights=[1.0, 1.0])

    def turn_off(batch: int, logs: Any) -> None:
        model.loss_weights["price"] = 0.0
        model.optimizer.learning_rate = 0.25

    x: dict[str, Any] = {
        "shuffle": False,
        "batch_size": 6,
        "callbacks": [LambdaCallback(on_train_batch_end=turn_off)],
    }
    history = model.fit(X, [PRICE, KIND], **x).history
    assert model.optimizer.rate == 0.25
    assert history["loss"][0] < history["price_loss"][0] + history["kind_loss"][0]


def one() -> Model:
    x = Input((3,), name="x")
    model = Model(x, Dense(1, name="y")(x))
    model.compile("sgd", loss="mse")
    return model


def pairs(count: int) -> Iterator[Any]:
    for start in range(count):
        yield X[start : start + 2], PRICE[start : start + 2]


def test_a_generator_that_runs_dry_ends_training() -> None:
    model = one()
    history = model.fit(pairs(5), epochs=4, steps_per_epoch=2)
    assert history.epoch == [0, 1, 2]  # the third epoch has the one batch that is left
    assert model.trainer.reason == "the data ran out: epoch 3 has 1 of 2 batches"


def test_a_generator_without_steps_is_one_epoch() -> None:
    model = one()
    assert model.fit(pairs(5), epochs=3, validation_data=pairs(2)).epoch == [0]
    assert "ran out" in model.trainer.reason


def test_an_iterable_begins_anew_each_epoch_and_prediction_joins_batches() -> None:
    class Source:
        def __iter__(self) -> Iterator[Any]:
            return pairs(3)

    model = one()
    assert model.fit(Source(), epochs=3).epoch == [0, 1, 2]
    np.testing.assert_allclose(
        model.predict(Source()), np.concatenate([model(x) for x, _ in pairs(3)]), rtol=1e-6
    )
    assert model.evaluate(Source(), steps=2) == model.evaluate(pairs(2))


def test_steps_go_on_where_the_last_epoch_ended() -> None:
    class Numbers:
        def __iter__(self) -> Iterator[int]:
            return iter(range(5))

    seen: list[int] = []
    stream = Stream(Numbers(), seen.append, 3)  # type: ignore[arg-type]  # what a batch holds does not matter
    for number in range(3):
        list(stream.epoch(number, 0, shuffle=False))
    assert seen == [0, 1, 2, 3, 4, 0, 1, 2, 3] and not stream.exhausted


def test_arrays_may_be_trained_on_for_some_steps_only() -> None:
    batches: list[int] = []
    callback = LambdaCallback(on_train_batch_end=lambda batch, logs: batches.append(batch))
    one().fit(X, PRICE, epochs=2, batch_size=4, steps_per_epoch=2, callbacks=callback)
    assert batches == [0, 1, 0, 1]


@pytest.mark.parametrize("shuffle", [False, True])
def test_every_row_comes_before_one_comes_again(shuffle: bool) -> None:
    data = Dataset({"x": np.arange(10)}, {}, {})
    stream = RowStream(data, size=4, steps=2)
    epochs = [[batch.inputs["x"].tolist() for batch in stream.epoch(n, 0, shuffle)] for n in range(3)]
    assert [[len(batch) for batch in epoch] for epoch in epochs] == [[4, 4], [2, 4], [4, 2]]
    rows = [row for epoch in epochs for batch in epoch for row in batch]
    assert sorted(rows[:10]) == sorted(rows[10:]) == list(range(10))
    assert (rows[:10] == rows[10:]) is not shuffle


def test_names_of_logs_never_collapse() -> None:
    model = two_heads(metrics=[["mae", "mae"], ["accuracy"]], weighted_metrics=[["mae"], ["accuracy", "acc"]])
    names = set(model.evaluate(X, [PRICE, KIND]))
    assert names == {
        "loss",
        "price_loss",
        "kind_loss",
        "price_mae",
        "price_mae_1",
        "price_weighted_mae",
        "kind_accuracy",
        "kind_weighted_accuracy",
        "kind_acc",
    }

"""The functional API: what code builds is what the canvas shows, and it runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from graph_engine.document import MAIN, MODEL, check_invariants, from_text, to_text
from graph_engine.layers import Add, BatchNormalization, Concatenate, Dense, Dropout, Embedding, Flatten
from graph_engine.model import Input, Model
from graph_engine.values import LayerloomError, ShapeError

RNG = np.random.default_rng(7)


def residual() -> Model:
    x = Input((4,), name="x")
    h = Dense(8, activation="relu", name="first")(x)
    h = Add(name="sum")([h, Dense(8, name="second")(h)])
    return Model(x, Dense(1, name="y")(h), name="residual")


def two_in_two_out() -> Model:
    text = Input((3,), dtype="int32", name="text")
    numbers = Input((2,), name="numbers")
    joined = Concatenate()([Flatten()(Embedding(10, 4)(text)), numbers])
    price, kind = Dense(1, name="price")(joined), Dense(3, activation="softmax", name="kind")(joined)
    return Model([text, numbers], {"price": price, "kind": kind})


def test_a_model_is_a_sound_document_that_survives_its_text() -> None:
    model = residual()
    check_invariants(model.document)
    assert from_text(to_text(model.document)) == model.document
    names = {layer.name for layer in model.document.layers.values()}
    assert {"x", "first", "second", "sum", "y"} <= names


def test_calling_on_arrays_is_the_arithmetic_of_the_layers() -> None:
    model = residual()
    x = RNG.normal(size=(5, 4)).astype(np.float32)
    by_name = {
        (model.document.layers[path.split("/")[0]].name, path.split("/")[1]): array
        for path, array in model.weights.items()
    }
    h = np.maximum(x @ by_name["first", "kernel"] + by_name["first", "bias"], 0)
    h = h + h @ by_name["second", "kernel"] + by_name["second", "bias"]
    expected = h @ by_name["y", "kernel"] + by_name["y", "bias"]
    np.testing.assert_allclose(model(x), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(model.predict(x, batch_size=2), expected, rtol=1e-5, atol=1e-6)


def test_a_layer_called_twice_shares_its_weights() -> None:
    left, right = Input((3,), name="left"), Input((3,), name="right")
    shared = Dense(2, name="shared")
    model = Model([left, right], Concatenate()([shared(left), shared(right)]))
    assert sorted(path.split("/")[1] for path in model.weights) == ["bias", "kernel"]
    x = RNG.normal(size=(2, 3)).astype(np.float32)
    both = model({"left": x, "right": x})
    np.testing.assert_array_equal(both[:, :2], both[:, 2:])


def test_outputs_come_back_in_the_structure_they_were_given_in() -> None:
    model = two_in_two_out()
    text, numbers = np.ones((4, 3), np.int32), np.ones((4, 2), np.float32)
    found = model.predict([text, numbers])
    assert {name: array.shape for name, array in found.items()} == {"price": (4, 1), "kind": (4, 3)}


def test_feeds_by_list_and_by_name_are_the_same() -> None:
    model = two_in_two_out()
    text = RNG.integers(0, 10, (4, 3)).astype(np.int32)
    numbers = RNG.normal(size=(4, 2)).astype(np.float32)
    by_list, by_name = model([text, numbers]), model({"numbers": numbers, "text": text})
    np.testing.assert_array_equal(by_list["price"], by_name["price"])


def test_fit_lowers_the_loss_and_names_logs_as_keras_does() -> None:
    model = two_in_two_out()
    model.compile(
        "adam",
        loss={"price": "mse", "kind": "sparse_categorical_crossentropy"},
        loss_weights={"price": 1.0, "kind": 0.5},
        metrics={"kind": ["accuracy"]},
    )
    text = RNG.integers(0, 10, (60, 3)).astype(np.int32)
    numbers = RNG.normal(size=(60, 2)).astype(np.float32)
    targets = {"price": numbers.sum(1, keepdims=True), "kind": (text[:, 0] % 3).astype(np.int32)}
    history = model.fit([text, numbers], targets, epochs=8, validation_split=0.25, batch_size=10).history
    names = {"loss", "price_loss", "kind_loss", "kind_accuracy"}
    assert set(history) == names | {f"val_{name}" for name in names}
    assert history["loss"][-1] < history["loss"][0]
    total = history["price_loss"][-1] + 0.5 * history["kind_loss"][-1]
    assert history["loss"][-1] == pytest.approx(total, rel=1e-5)
    assert set(model.evaluate([text, numbers], targets)) == names


def test_a_model_is_a_layer_that_shares_its_weights_with_the_whole() -> None:
    inner_x = Input((4,), name="camera")
    inner = Model(inner_x, Dense(3, name="features")(inner_x), name="branch")
    left, right = Input((4,), name="left"), Input((4,), name="right")
    whole = Model([left, right], Dense(1, name="depth")(Concatenate()([inner(left), inner(right)])))
    assert [layer.type for layer in whole.document.layers.values()].count(MODEL) == 1
    x = RNG.normal(size=(6, 4)).astype(np.float32)
    whole.compile("sgd", loss="mse")
    before = inner(x).copy()
    whole.fit([x, x], np.ones((6, 1), np.float32), epochs=3)
    assert np.abs(inner(x) - before).max() > 1e-4
    (path,) = [path for path in whole.weights if path.endswith("kernel") and path.count("/") == 2]
    (own,) = [path for path in inner.weights if path.endswith("kernel")]
    np.testing.assert_array_equal(whole.weights[path], inner.weights[own])


def test_save_and_load_give_the_same_numbers(tmp_path: Path) -> None:
    model = residual()
    x = RNG.normal(size=(5, 4)).astype(np.float32)
    model.compile("adam", loss="mse")
    model.fit(x, np.ones((5, 1), np.float32), epochs=2)
    model.save(tmp_path / "model.loom")
    loaded = Model.load(tmp_path / "model.loom")
    np.testing.assert_array_equal(loaded(x), model(x))
    assert loaded.document.training == model.document.training
    assert loaded.document.main.positions.keys() == loaded.document.main.nodes.keys()


def test_a_loaded_model_can_be_cut_and_called(tmp_path: Path) -> None:
    model = residual()
    model.save(tmp_path / "model.loom")
    loaded = Model.load(tmp_path / "model.loom")
    x = RNG.normal(size=(2, 4)).astype(np.float32)
    again = Model(loaded.inputs, loaded.outputs[0])
    np.testing.assert_array_equal(again(x), model(x))


def test_training_mode_is_only_on_when_asked_for() -> None:
    x = Input((50,), name="x")
    model = Model(x, Dropout(0.5)(x))
    ones = np.ones((4, 50), np.float32)
    np.testing.assert_array_equal(model(ones), ones)
    assert set(np.unique(model(ones, training=True))) == {0.0, 2.0}


def test_moving_averages_follow_training() -> None:
    x = Input((3,), name="x")
    model = Model(x, Dense(1)(BatchNormalization()(x)))
    model.compile("sgd", loss="mse")
    data = RNG.normal(5.0, 2.0, (64, 3)).astype(np.float32)
    model.fit(data, np.zeros((64, 1), np.float32), epochs=1, batch_size=64)
    (mean,) = [array for path, array in model.weights.items() if path.endswith("moving_mean")]
    np.testing.assert_allclose(mean, 0.01 * data.mean(0), rtol=1e-4)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: Dense(3)(np.ones((2, 2))), "called on the result of Input"),
        (lambda: Add()([Input((3,), name="a"), Input((4,), name="b")]), "3"),
        (lambda: Model(Input((3,), name="a"), Dense(1)(Input((3,), name="b"))), "'b', which is not among"),
        (lambda: residual()(np.ones((2, 5), np.float32)), "Input 'x'"),
        (lambda: residual().compile("adam", loss={"z": "mse"}), "there is no output 'z'"),
        (lambda: residual().compile("adam", loss="no_such_loss"), "no_such_loss"),
        (lambda: residual().fit(np.ones((4, 4)), np.ones((4, 1))), "call compile(...) before fit"),
    ],
)
def test_mistakes_are_named(build: object, words: str) -> None:
    with pytest.raises((LayerloomError, ShapeError)) as caught:
        build()  # type: ignore[operator]  # wrong on purpose
    assert words in str(caught.value)


def test_summary_lists_layers_and_totals(capsys: pytest.CaptureFixture[str]) -> None:
    text = residual().summary()
    assert "Dense" in text and "parameters" in text and capsys.readouterr().out.strip() == text.strip()
    assert MAIN not in text.split()


def test_summary_counts_once_what_two_nested_models_share() -> None:
    def around(core: Model, name: str) -> Model:
        given = Input((4,))
        return Model(given, core(given), name=name)

    inside, x = Input((4,)), Input((4,))
    core = Model(inside, Dense(4)(inside), name="core")
    model = Model(x, Add()([around(core, "left")(x), around(core, "right")(x)]))
    assert "\n20 parameters, 20 trainable, 0 not" in model.summary()

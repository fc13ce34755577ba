"""Nested inputs and outputs, cuts through models, layers by name: what a functional model may look like."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from graph_engine.layers import Add, Concatenate, Dense, Flatten
from graph_engine.model import Input, Model
from graph_engine.values import LayerloomError

RNG = np.random.default_rng(3)


def array(*shape: int) -> Any:
    return RNG.normal(size=shape).astype(np.float32)


def nested() -> Model:
    """Inputs and outputs nested in each other, with keys that are not the layers' names."""
    a, b, c = Input((2,), name="a"), Input((2,), name="b"), Input((2,), name="c")
    joined = Concatenate(name="joined")([a, b, c])
    outputs = {"first": Dense(1, name="one")(joined), "rest": [Dense(2, name="two")(joined), joined]}
    return Model({"x": a, "more": [b, {"deep": c}]}, outputs, name="nested")


def branch() -> Model:
    x = Input((3,), name="camera")
    hidden = Dense(4, activation="relu", name="hidden")(x)
    return Model(x, Dense(2, name="features")(hidden), name="branch")


def siamese() -> Model:
    inner = branch()
    left, right = Input((3,), name="left"), Input((3,), name="right")
    return Model([left, right], Dense(1, name="depth")(Add(name="sum")([inner(left), inner(right)])))


def test_arrays_are_fed_and_come_back_as_the_symbols_were_nested() -> None:
    model = nested()
    a, b, c = array(4, 2), array(4, 2), array(4, 2)
    found = model({"x": a, "more": [b, {"deep": c}]})
    assert found["first"].shape == (4, 1) and isinstance(found["rest"], list)
    np.testing.assert_array_equal(found["rest"][1], np.concatenate([a, b, c], axis=1))
    assert model.output_names == ("first", "rest_two", "rest_joined")
    by_name = model({"c": c, "a": a, "b": b})
    np.testing.assert_array_equal(by_name["first"], found["first"])
    predicted = model.predict({"x": a, "more": [b, {"deep": c}]}, batch_size=3)
    np.testing.assert_allclose(predicted["rest"][0], found["rest"][0], rtol=1e-6)


def test_targets_may_be_nested_as_the_outputs_are_or_by_name() -> None:
    model = nested()
    x = {"x": array(6, 2), "more": [array(6, 2), {"deep": array(6, 2)}]}
    model.compile("sgd", loss={"first": "mse", "rest_two": "mse", "rest_joined": None})
    y = {"first": array(6, 1), "rest": [array(6, 2), None]}
    by_name = {"first": y["first"], "rest_two": y["rest"][0]}
    assert model.evaluate(x, y) == model.evaluate(x, by_name)
    assert set(model.fit(x, y).history) == {"loss", "first_loss", "rest_two_loss"}


def test_a_model_may_begin_and_end_inside_of_another() -> None:
    whole = branch()
    hidden = whole.get_layer("hidden").output
    front, back = Model(whole.inputs, hidden), Model(hidden, whole.output)
    x = array(5, 3)
    np.testing.assert_allclose(back(front(x)), whole(x), rtol=1e-6)
    assert back.input_names == ("hidden",)
    whole.compile("sgd", loss="mse")
    whole.fit(x, array(5, 2))
    np.testing.assert_allclose(back(front(x)), whole(x), rtol=1e-6)  # the weights are still shared


def test_a_model_may_have_an_input_it_does_not_use() -> None:
    a, b = Input((2,), name="a"), Input((3,), name="b")
    model = Model([a, b], Dense(1)(a))
    assert model.input_names == ("a", "b")
    np.testing.assert_array_equal(
        model([np.ones((2, 2)), np.ones((2, 3))]), model([np.ones((2, 2)), array(2, 3)])
    )


@pytest.mark.parametrize("loaded", [False, True])
def test_layers_are_found_by_name_also_inside_of_nested_models(loaded: bool) -> None:
    model = siamese()
    if loaded:
        model = Model.from_document(model.document, model.weights)
    assert model.get_layer("depth").units == 1
    assert model.get_layer("branch/hidden") is model.get_layer("hidden")
    assert model.get_layer("sum").name == "sum"
    assert [layer.name for layer in model.layers] == ["left", "right", "branch", "sum", "depth"]
    assert model.get_layer(index=-1) is model.get_layer("depth")
    with pytest.raises(LayerloomError, match="no layer 'deep'; it has 'left', 'right', 'branch'"):
        model.get_layer("deep")


@pytest.mark.parametrize("loaded", [False, True])
def test_outputs_inside_of_nested_models_can_be_reached(loaded: bool) -> None:
    model = siamese()
    if loaded:
        model = Model.from_document(model.document, model.weights)
    left, right = array(4, 3), array(4, 3)
    hidden = [Model(model.inputs, model.output_of("branch/hidden", call))([left, right]) for call in (0, 1)]
    path = next(
        path for path in model.weights if path.endswith("kernel") and model.weights[path].shape == (3, 4)
    )
    for found, x in zip(hidden, (left, right), strict=True):
        np.testing.assert_allclose(found, np.maximum(x @ model.weights[path], 0), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(Model(model.inputs, model.output_of("left"))([left, right]), left)


def test_weights_are_listed_layer_by_layer_and_set_the_same_way() -> None:
    model, other = siamese(), siamese()
    assert [array.shape for array in model.get_weights()] == [(3, 4), (4,), (4, 2), (2,), (2, 1), (1,)]
    other.set_weights(model.get_weights())
    x = [array(3, 3), array(3, 3)]
    np.testing.assert_array_equal(other(x), model(x))
    with pytest.raises(LayerloomError, match="has 6 weights, got 1"):
        other.set_weights([np.zeros((3, 4))])
    with pytest.raises(LayerloomError, match=r"has shape \(4,\), the value has \(5,\)"):
        other.set_weights([*model.get_weights()[:1], np.zeros(5), *model.get_weights()[2:]])


def test_a_frozen_layer_keeps_its_weights() -> None:
    model = branch()
    model.compile("sgd", loss="mse")
    before = model.get_weights()
    model.set_trainable("hidden", False)
    model.fit(array(8, 3), array(8, 2))
    after = model.get_weights()
    same = [np.array_equal(old, new) for old, new in zip(before, after, strict=True)]
    assert same == [True, True, False, False]


def test_gradients_are_those_of_finite_differences() -> None:
    model = siamese()
    x = {"left": array(2, 3), "right": array(2, 3)}
    cotangent = array(2, 1)
    found = model.gradients(x, cotangent)
    path = model.weight_order[0]
    step, place = 1e-2, (1, 2)
    values = []
    for change in (step, -step):
        model.weights[path][place] += change
        values.append(float((model(x) * cotangent).sum()))
        model.weights[path][place] -= change
    assert found.weights[path][place] == pytest.approx(
        (values[0] - values[1]) / (2 * step), rel=1e-2, abs=1e-3
    )
    assert set(found.inputs) == {"left", "right"} and set(found.weights) == set(model.weights)
    assert np.abs(model.gradients(x).inputs["left"]).sum() > 0


def test_the_order_of_layers_is_by_depth() -> None:
    x = Input((2,), name="x")
    short = Dense(2, name="short")(x)
    long = Dense(2, name="long_2")(Dense(2, name="long_1")(x))
    model = Model(x, Add(name="sum")([short, long]))
    assert [layer.name for layer in model.layers] == ["x", "long_1", "short", "long_2", "sum"]


def test_a_flat_image_and_its_rows() -> None:
    x = Input((2, 2), name="x")
    model = Model([x], [Flatten(name="flat")(x)])
    assert [found.shape for found in model([np.ones((3, 2, 2))])] == [(3, 4)]

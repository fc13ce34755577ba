"""Ways to wire a model, saved by Keras and read by us."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph_engine.document import MODEL
from graph_engine.model import Model
from tests.peers.interchange.twin import (
    MARKS,
    assert_same,
    assert_same_gradients,
    fed,
    fresh_names,
    keras,
    saved,
    scrambled,
)

pytestmark = MARKS
L: Any = keras.layers
Build = Callable[[], Any]


def chain() -> Any:
    return keras.Sequential(
        [keras.Input((4,)), L.Dense(3, activation="tanh"), L.BatchNormalization(), L.Dense(2)]
    )


def built_later() -> Any:
    model = keras.Sequential([L.Dense(3, activation="relu"), L.Dense(2)])
    model.build((None, 4))
    return model


def chain_in_chain() -> Any:
    inner = keras.Sequential([L.Dense(3), L.Dense(3)])
    return keras.Sequential([keras.Input((4,)), inner, L.Dense(2), keras.Sequential([L.Dense(2)])])


def two_in_two_out() -> Any:
    camera, words = keras.Input((4, 4, 2), name="camera"), keras.Input((5,), dtype="int32", name="words")
    seen = L.Flatten()(L.Conv2D(3, 2, activation="relu")(camera))
    read = L.GlobalAveragePooling1D()(L.Embedding(6, 3)(words))
    both = L.Concatenate()([seen, read])
    return keras.Model([camera, words], [L.Dense(2, name="a")(both), L.Dense(1, name="b")(both)])


def dictionaries() -> Any:
    first, second = keras.Input((3,), name="z"), keras.Input((2,), name="a")
    both = L.Concatenate()([first, second])
    shared = L.Dense(2, name="head")
    return keras.Model(
        {"z": first, "a": second},
        {"right": shared(both), "left": L.Dense(3)(both), "again": shared(both * 1.0)},
    )


def nested_structure() -> Any:
    first, second = keras.Input((3,), name="b"), keras.Input((2,), name="c")
    both = L.Concatenate()([first, second])
    return keras.Model(
        [{"b": first}, second], {"u": L.Dense(1)(both), "v": [L.Dense(2)(both), (L.Dense(3)(both),)]}
    )


def shared_layer() -> Any:
    left, right = keras.Input((3,)), keras.Input((3,))
    shared = L.Dense(4, activation="tanh")
    return keras.Model([left, right], L.Subtract()([shared(left), shared(L.Dense(3)(right))]))


def model_called_twice() -> Any:
    entry = keras.Input((3,))
    inner = keras.Model(entry, L.Dense(3)(L.BatchNormalization()(entry)), name="inner")
    x = keras.Input((3,))
    return keras.Model(x, L.Add()([inner(inner(x)), x]))


def models_three_deep() -> Any:
    a = keras.Input((3,))
    deepest = keras.Model(a, [L.Dense(3)(a), L.Dense(2)(a)], name="deepest")
    b = keras.Input((3,))
    first, second = deepest(b)
    middle = keras.Model(b, L.Concatenate()([L.Dense(2)(first), second]), name="middle")
    c = keras.Input((3,))
    return keras.Model(c, [middle(c), deepest(L.Dense(3)(c))])


def layer_shared_across_levels() -> Any:
    shared = L.Dense(3, name="shared")
    entry = keras.Input((3,))
    inner = keras.Model(entry, shared(L.Dense(3)(entry)), name="inner")
    x = keras.Input((3,))
    return keras.Model(x, [shared(inner(x)), L.Dense(2)(shared(x))])


def from_the_middle() -> Any:
    x = keras.Input((3,))
    middle = L.Dense(4, activation="relu")(x)
    return keras.Model(middle, L.Dense(2)(L.Dense(3)(middle)))


def dictionary_into_model() -> Any:
    one, two = keras.Input((2,), name="one"), keras.Input((3,), name="two")
    inner = keras.Model({"two": two, "one": one}, {"s": L.Dense(2)(one), "r": L.Dense(2)(two)}, name="inner")
    x, y = keras.Input((2,)), keras.Input((3,))
    found = inner({"one": x, "two": y})
    return keras.Model([x, y], L.Subtract()([found["s"], found["r"]]))


def unused_input() -> Any:
    used, unused = keras.Input((3,), name="used"), keras.Input((2,), name="unused")
    return keras.Model([used, unused], L.Dense(2)(used))


def passed_through() -> Any:
    x = keras.Input((3,))
    y = L.Dense(2)(x)
    return keras.Model(x, [y, x, y])


def frozen_inside() -> Any:
    entry = keras.Input((3,))
    inner = keras.Model(entry, L.Dense(3)(L.BatchNormalization()(entry)), name="inner")
    inner.trainable = False
    x = keras.Input((3,))
    return keras.Model(x, L.Dense(2)(inner(x, training=False)))


BUILDS = [
    chain,
    built_later,
    chain_in_chain,
    two_in_two_out,
    shared_layer,
    model_called_twice,
    models_three_deep,
    layer_shared_across_levels,
    from_the_middle,
    dictionary_into_model,
    unused_input,
    passed_through,
    frozen_inside,
    dictionaries,
    nested_structure,
]


def read(build: Build, folder: Path) -> tuple[Any, Model]:
    with fresh_names():
        theirs = scrambled(build())
        return theirs, Model.load(saved(theirs, folder))


@pytest.mark.parametrize("build", BUILDS, ids=lambda build: build.__name__)
def test_a_model_gives_what_it_gave_in_keras(build: Build, tmp_path: Path) -> None:
    theirs, ours = read(build, tmp_path)
    arrays = fed(theirs)
    assert_same(theirs, ours, arrays)
    assert_same_gradients(theirs, ours, arrays)


@pytest.mark.parametrize("build", BUILDS, ids=lambda build: build.__name__)
def test_keras_reads_it_back(build: Build, tmp_path: Path) -> None:
    theirs, ours = read(build, tmp_path)
    ours.save(tmp_path / "back.keras")
    again = keras.models.load_model(tmp_path / "back.keras")
    assert_same(again, ours, fed(again))
    assert len(again.weights) == len(theirs.weights)
    assert len(again.trainable_weights) == len(theirs.trainable_weights)


@pytest.mark.parametrize("build", BUILDS, ids=lambda build: build.__name__)
def test_weights_keep_the_paths_they_had(build: Build, tmp_path: Path) -> None:
    theirs, ours = read(build, tmp_path)
    assert len(ours.weights) == len(theirs.weights)
    for variable in theirs.weights:
        np.testing.assert_array_equal(ours.weights[variable.path], variable.numpy(), err_msg=variable.path)
    frozen = {variable.path for variable in theirs.weights} - {
        variable.path for variable in theirs.trainable_weights
    }
    told = dict(zip(ours.weights, ours.parameters.table.values(), strict=True))
    assert {path for path, entry in told.items() if not entry.trainable} == frozen


def test_paths_survive_being_saved_as_a_project(tmp_path: Path) -> None:
    theirs, ours = read(models_three_deep, tmp_path)
    ours.save(tmp_path / "model.loom")
    again = Model.load(tmp_path / "model.loom")
    assert list(again.weights) == list(ours.weights)
    for variable in theirs.weights:
        np.testing.assert_array_equal(again.weights[variable.path], variable.numpy())


def test_outputs_come_back_as_the_model_was_given_them(tmp_path: Path) -> None:
    _, ours = read(nested_structure, tmp_path)
    found = ours([{"b": np.ones((2, 3))}, np.ones((2, 2))])
    assert found["u"].shape == (2, 1)
    assert [part.shape for part in found["v"][:1]] == [(2, 2)]
    assert found["v"][1][0].shape == (2, 3)
    ours.save(tmp_path / "model.loom")
    assert Model.load(tmp_path / "model.loom").predict([{"b": np.ones((2, 3))}, np.ones((2, 2))]).keys() == {
        "u",
        "v",
    }


def test_a_layer_shared_across_levels_has_one_set_of_weights(tmp_path: Path) -> None:
    theirs, ours = read(layer_shared_across_levels, tmp_path)
    assert len(ours.weights) == len(theirs.weights) == 6
    inner = next(layer for layer in ours.document.layers.values() if layer.type == MODEL)
    assert inner.name == "inner"


def test_a_call_in_inference_stays_so_in_training(tmp_path: Path) -> None:
    theirs, ours = read(frozen_inside, tmp_path)
    arrays = fed(theirs)
    told = dict(zip(ours.input_names, arrays, strict=True))
    np.testing.assert_allclose(ours(told, training=True), ours(told), rtol=1e-6)

"""Whole models inside TimeDistributed, as Keras saved them: outputs and gradients as Keras has them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph_engine.document import Edit, InsertOnEdge
from graph_engine.interchange.keras import KerasError
from graph_engine.interchange.keras.saved import parse_model
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

pytestmark = [*MARKS, pytest.mark.filterwarnings("ignore:.*does not support masking")]
L = keras.layers


def perceptron() -> Any:
    x = keras.Input((4,))
    return keras.Model(x, L.Dense(2)(L.Dense(3, activation="tanh")(x)), name="inner")


def stepwise(inner: Any, *shape: int) -> Any:
    x = keras.Input(shape)
    return keras.Model(x, L.Dense(2)(L.TimeDistributed(inner)(x)))


def shared() -> Any:
    inner = perceptron()
    steps, once, films = keras.Input((3, 4)), keras.Input((4,)), keras.Input((2, 3, 4))
    twice = L.TimeDistributed(L.TimeDistributed(inner))(films)
    return keras.Model([steps, once, films], [L.TimeDistributed(inner)(steps), inner(once), twice])


def within_nested() -> Any:
    inner = stepwise(perceptron(), 3, 4)
    x = keras.Input((2, 3, 4))
    return keras.Model(x, L.TimeDistributed(inner)(x))


def documents() -> Any:
    """Words of sentences of documents: the mask of words enters, a document's own does not."""
    words = keras.Input((3, 4))
    sentence = keras.Model(words, L.LSTM(2)(L.Dense(3)(words)))
    x = keras.Input((2, 3), dtype="int32")
    return keras.Model(x, L.TimeDistributed(sentence)(L.Embedding(4, 4, mask_zero=True)(x)))


def padded() -> Any:
    x = keras.Input((5,), dtype="int32")
    y = L.TimeDistributed(perceptron())(L.Embedding(4, 4, mask_zero=True)(x))
    return keras.Model(x, L.LSTM(2)(y))


def across_samples() -> Any:
    """A mean over the batch is one over the samples of one step."""
    x = keras.Input((4,))
    return stepwise(keras.Model(x, x - keras.ops.mean(x, axis=0, keepdims=True)), 3, 4)


MODELS: dict[str, Callable[[], Any]] = {
    "functional": lambda: stepwise(perceptron(), 3, 4),
    "sequential": lambda: stepwise(
        keras.Sequential([keras.Input((5, 5, 2)), L.Conv2D(2, 3), L.Flatten(), L.Dense(3)]), 3, 5, 5, 2
    ),
    "statistics": lambda: stepwise(
        keras.Sequential([keras.Input((4,)), L.BatchNormalization(), L.Dense(3)]), 3, 4
    ),
    "recurrent": lambda: stepwise(keras.Sequential([keras.Input((3, 4)), L.GRU(2)]), 2, 3, 4),
    "shared": shared,
    "nested": within_nested,
    "documents": documents,
    "padded": padded,
    "across samples": across_samples,
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("training", [False, True])
def test_it_computes_what_keras_does(name: str, training: bool, tmp_path: Path) -> None:
    with fresh_names():
        theirs = scrambled(MODELS[name]())
    ours = Model.load(saved(theirs, tmp_path))
    assert len(ours.weights) == len(theirs.weights)
    arrays = fed(theirs)
    assert_same_gradients(theirs, ours, arrays, training=training)
    assert_same(theirs, ours, arrays)
    ours.save(tmp_path / "model.loom")
    assert_same(theirs, Model.load(tmp_path / "model.loom"), arrays)


@pytest.mark.parametrize("name", MODELS)
def test_written_for_keras_it_is_the_same_again(name: str, tmp_path: Path) -> None:
    with fresh_names():
        theirs = scrambled(MODELS[name]())
    ours = Model.load(saved(theirs, tmp_path))
    ours.save(tmp_path / "back.keras")
    with fresh_names():
        back = keras.models.load_model(tmp_path / "back.keras")
    assert_same(back, ours, fed(theirs))
    again = Model.load(tmp_path / "back.keras")
    assert_same(theirs, again, fed(theirs))


def test_several_layers_at_each_step_are_refused_with_a_way_out(tmp_path: Path) -> None:
    with fresh_names():
        ours = Model.load(saved(stepwise(perceptron(), 3, 4), tmp_path))
    document = ours.document
    (step,) = (layer for layer in document.layers.values() if layer.config.get("each_step"))
    graph = document.graphs[step.config["graph"]]
    (edge,) = (edge.id for edge in graph.edges.values() if edge.source.node in graph.inputs)
    edit = InsertOnEdge(graph.id, edge, "ReLU").apply(document)
    assert isinstance(edit, Edit)
    with pytest.raises(KerasError, match="takes one model alone: group what is in it"):
        Model.from_document(edit.document).save(tmp_path / "no.keras")


def test_weights_are_found_under_the_names_keras_gives_them(tmp_path: Path) -> None:
    with fresh_names():
        known = keras.Sequential([keras.Input((4,)), L.Dense(3)])
        unknown = keras.Sequential([L.Dense(2)])
        layers = (L.TimeDistributed(known), L.TimeDistributed(unknown))
        theirs = scrambled(keras.Sequential([keras.Input((3, 4)), *layers]))
    ours = Model.load(saved(theirs, tmp_path))
    for variable in theirs.weights:
        np.testing.assert_array_equal(ours.weights[variable.path], variable.numpy())
    assert_same(theirs, ours, fed(theirs))


def test_moving_statistics_follow_every_step(tmp_path: Path) -> None:
    with fresh_names():
        theirs = scrambled(MODELS["statistics"]())
    ours = Model.load(saved(theirs, tmp_path))
    (x,) = fed(theirs)
    target = theirs(x).detach().numpy()
    for model in (theirs, ours):
        model.compile(optimizer="sgd", loss="mse")
        model.train_on_batch(x, target)
    assert_same(theirs, ours, [x])


def test_a_penalty_on_outputs_is_charged_at_every_step(tmp_path: Path) -> None:
    with fresh_names():
        inner = keras.Sequential([keras.Input((4,)), L.Dense(3, activity_regularizer="l2")])
        theirs = scrambled(stepwise(inner, 3, 4))
    ours = Model.load(saved(theirs, tmp_path))
    (x,) = fed(theirs)
    target = theirs(x).detach().numpy()
    for model in (theirs, ours):
        model.compile(optimizer="sgd", loss="mse")
    assert ours.evaluate(x, target)["loss"] == pytest.approx(theirs.evaluate(x, target, verbose=0), rel=1e-4)


def test_a_model_of_two_inputs_is_refused_by_name() -> None:
    with fresh_names():
        theirs = stepwise(perceptron(), 3, 4)
        a, b = keras.Input((4,)), keras.Input((4,))
        two = keras.Model([a, b], L.Add()([a, b]), name="two")
    record = json.loads(theirs.to_json())
    (wrapper,) = [layer for layer in record["config"]["layers"] if layer["class_name"] == "TimeDistributed"]
    wrapper["config"]["layer"] = json.loads(two.to_json())
    with pytest.raises(KerasError, match="two has 2 inputs and 1 outputs"):
        parse_model(record)

"""Recurrent layers, their wrappers and masks in models that Keras saved: outputs and gradients as Keras has them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

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


def words(mask: bool = True, name: str | None = None) -> tuple[Any, Any]:
    x = keras.Input((5,), dtype="int32", name=name)
    return x, L.Embedding(4, 3, mask_zero=mask)(x)


def text(*layers: Any) -> Any:
    x, y = words()
    for layer in layers:
        y = layer(y)
    return keras.Model(x, y)


def merged(merge: Any) -> Any:
    (a, y), (b, z) = words(), words()
    return keras.Model([a, b], L.LSTM(3)(merge([y, z])))


def half_masked(merge: Any) -> Any:
    (a, y), (b, z) = words(), words(mask=False)
    return keras.Model([a, b], L.GRU(3, return_sequences=True)(merge([y, z])))


def nested_sources() -> Any:
    x, y = words()
    inner = keras.Model(x, L.LSTM(3, return_sequences=True)(y))
    outer = keras.Input((5,), dtype="int32")
    return keras.Model(outer, L.GRU(2)(inner(outer)))


def nested_readers() -> Any:
    steps = keras.Input((5, 3))
    inner = keras.Model(steps, L.LSTM(2)(L.Dense(3, activation="tanh")(steps)))
    x, y = words()
    return keras.Model(x, inner(y))


def shared() -> Any:
    (a, y), (b, z) = words(), words(mask=False)
    rnn = L.GRU(3, return_sequences=True)
    return keras.Model([a, b], L.Concatenate()([rnn(y), rnn(z)]))


def encoder_decoder() -> Any:
    (a, y), (b, z) = words(), words()
    _, h, c = L.LSTM(4, return_state=True)(y)
    decoded = L.LSTM(4, return_sequences=True)(z, initial_state=[h, c])
    return keras.Model([a, b], L.TimeDistributed(L.Dense(2, activation="softmax"))(decoded))


def both_ways_from_states() -> Any:
    (a, y), (b, z) = words(), words(mask=False)
    _, *states = L.Bidirectional(L.GRU(3, return_state=True))(y)
    return keras.Model([a, b], L.Bidirectional(L.GRU(3, return_sequences=True))(z, initial_state=states))


MODELS: dict[str, Callable[[], Any]] = {
    "simple": lambda: text(L.SimpleRNN(3, return_sequences=True), L.SimpleRNN(2)),
    "gru": lambda: text(L.GRU(3, reset_after=False, go_backwards=True)),
    "lstm": lambda: text(L.LSTM(3, return_sequences=True), L.Dropout(0.0), L.LSTM(2, activation="relu")),
    "cells": lambda: text(L.RNN([L.LSTMCell(3), L.GRUCell(2), L.LSTMCell(2)], return_sequences=True)),
    "cell": lambda: text(L.RNN(L.SimpleRNNCell(3))),
    "bidirectional": lambda: text(
        L.Bidirectional(L.LSTM(3, return_sequences=True)), L.Bidirectional(L.GRU(2))
    ),
    "bidirectional sum": lambda: text(
        L.Bidirectional(L.LSTM(3), backward_layer=L.LSTM(3, go_backwards=True), merge_mode="sum")
    ),
    "apart": lambda: text(
        L.Bidirectional(L.LSTM(3, return_sequences=True), merge_mode=None), L.Add(), L.GRU(2)
    ),
    "time distributed": lambda: text(L.TimeDistributed(L.Dense(4)), L.LSTM(2)),
    "pooled": lambda: text(L.GlobalAveragePooling1D()),
    "normalized": lambda: text(L.LayerNormalization(), L.Activation("tanh"), L.LSTM(2)),
    "batch normalized": lambda: text(L.BatchNormalization(), L.LSTM(2)),
    "dropped": lambda: text(L.Conv1D(3, 2, padding="same"), L.LSTM(2)),
    "masking": lambda: keras.Sequential([keras.Input((5, 2)), L.Masking(0.0), L.LSTM(3)]),
    "film": lambda: keras.Sequential([keras.Input((3, 4, 4, 2)), L.ConvLSTM2D(2, 3, padding="same")]),
    "pictures": lambda: keras.Sequential(
        [
            keras.Input((3, 5, 5, 2)),
            L.TimeDistributed(L.Conv2D(2, 3)),
            L.TimeDistributed(L.Flatten()),
            L.GRU(2),
        ]
    ),
    "add": lambda: merged(L.Add()),
    "multiply": lambda: merged(L.Multiply()),
    "maximum": lambda: merged(L.Maximum()),
    "concatenate": lambda: merged(L.Concatenate()),
    "concatenate steps": lambda: merged(L.Concatenate(axis=1)),
    "half concatenate": lambda: half_masked(L.Concatenate()),
    "half average": lambda: half_masked(L.Average()),
    "nested sources": nested_sources,
    "nested readers": nested_readers,
    "shared": shared,
    "encoder decoder": encoder_decoder,
    "both ways from states": both_ways_from_states,
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("training", [False, True], ids=["inference", "training"])
def test_what_keras_saved_gives_what_keras_gives(name: str, training: bool, tmp_path: Path) -> None:
    with fresh_names():
        theirs = scrambled(MODELS[name]())
    ours = Model.load(saved(theirs, tmp_path))
    arrays = fed(theirs, rows=4, seed=3)
    if name == "masking":
        arrays[0][:, 1::2] = 0.0
    assert any(np.any(array == 0) for array in arrays) or arrays[0].dtype.kind == "f"
    assert_same(theirs, ours, arrays, training=training)
    assert_same_gradients(theirs, ours, arrays, training=training)


def test_states_that_are_kept_are_kept(tmp_path: Path) -> None:
    with fresh_names():
        x = keras.Input(batch_shape=(3, 5), dtype="int32")
        theirs = scrambled(keras.Model(x, L.GRU(4, stateful=True)(L.Embedding(4, 3, mask_zero=True)(x))))
    ours = Model.load(saved(theirs, tmp_path))
    theirs.layers[-1].reset_state()
    for seed in range(3):
        assert_same(theirs, ours, fed(theirs, seed=seed))


def test_words_may_be_numbered_by_floats(tmp_path: Path) -> None:
    with fresh_names():
        x = keras.Input((5,))
        theirs = scrambled(keras.Model(x, L.LSTM(2)(L.Embedding(4, 3, mask_zero=True)(x))))
    ours = Model.load(saved(theirs, tmp_path))
    assert_same(theirs, ours, [np.array([[0.0, 1.0, 3.0, 2.0, 0.0]], "float32")])


def test_a_single_first_state_needs_no_list(tmp_path: Path) -> None:
    with fresh_names():
        x, state = keras.Input((5, 3)), keras.Input((4,))
        read = keras.layers.GRU(4, return_state=True)(x, initial_state=state)
        theirs = scrambled(keras.Model([x, state], read))
        ours = Model.load(saved(theirs, tmp_path))
    assert_same(theirs, ours, fed(theirs))
    assert_same_gradients(theirs, ours, fed(theirs))

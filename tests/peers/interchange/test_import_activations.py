"""Layers as activations of other layers: two layers here, with the weights and the names that they had in Keras."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph_engine.model import Model
from tests.peers.interchange.compiling import histories_agree
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
layers = keras.layers


def chain() -> Any:
    return keras.Sequential(
        [
            keras.Input((6, 3)),
            layers.Conv1D(4, 2, activation=layers.ReLU(max_value=1.0, negative_slope=0.1)),
            layers.Dense(3, activation=layers.ELU(0.5)),
            layers.Activation(layers.LeakyReLU(0.1)),
            layers.Dense(2, activation=layers.Softmax(), name="kind"),
        ]
    )


def learned() -> Any:
    x = keras.Input((4,))
    twice = layers.Dense(4, activation=layers.PReLU(), name="twice")
    return keras.Model(x, layers.Dense(2, activation=layers.PReLU(), name="kind")(twice(twice(x))))


def nested() -> Any:
    x = keras.Input((4,))
    inner = learned()
    return keras.Model(x, layers.Subtract()([inner(x), inner(layers.Rescaling(-2.0)(x))]))


@pytest.mark.parametrize("build", [chain, learned, nested])
def test_a_layer_as_an_activation(build: Callable[[], Any], tmp_path: Path) -> None:
    with fresh_names():
        first = build()
        first(np.ones((1, *first.input_shape[1:]), np.float32))  # before which PReLU has no weights in Keras
        theirs = scrambled(first)
        ours = Model.load(saved(theirs, tmp_path))
    arrays = fed(theirs)
    assert_same(theirs, ours, arrays)
    assert_same_gradients(theirs, ours, arrays)
    ours.save(tmp_path / "ours.keras")
    assert_same(keras.models.load_model(tmp_path / "ours.keras"), ours, arrays)


def test_logs_keep_the_name_of_the_whole_layer(tmp_path: Path) -> None:
    x, y = np.ones((4, 4), np.float32), np.ones((4, 2), np.float32)
    with fresh_names():
        body = learned()
        theirs = keras.Model(body.input, [body.output, layers.Dense(2, name="other")(body.output)])
        theirs.compile("sgd", loss={"kind": "mse", "other": "mae"})
        theirs(x)
        ours = Model.load(saved(theirs, tmp_path))
    settings: dict[str, Any] = {"epochs": 2, "shuffle": False, "verbose": 0}
    histories_agree(theirs.fit(x, [y, y], **settings).history, ours.fit(x, [y, y], **settings).history)

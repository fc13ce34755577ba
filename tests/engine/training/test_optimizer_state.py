"""The optimizer's state as a project keeps it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from graph_engine.layers import Dense
from graph_engine.model import Input, Model
from graph_engine.training.checkpoints import Checkpoint

X, Y = np.linspace(-1, 1, 24, dtype=np.float32).reshape(8, 3), np.ones((8, 1), np.float32)


def trained(steps: int) -> Model:
    given = Input((3,), name="given")
    model = Model(given, Dense(1, name="out")(given))
    model.compile("adam", "mse")
    for _ in range(steps):
        model.train_on_batch(X, Y)
    return model


def test_training_goes_on_with_a_saved_project(tmp_path: Path) -> None:
    model = trained(3)
    model.save(tmp_path / "m.loom")
    again = Model.load(tmp_path / "m.loom")
    for each in (model, again):
        each.train_on_batch(X, Y)
    for path, weight in model.weights.items():
        np.testing.assert_array_equal(again.weights[path], weight)


def test_a_rate_that_was_changed_is_saved(tmp_path: Path) -> None:
    model = trained(1)
    model.optimizer.learning_rate = 0.25
    model.save(tmp_path / "m.loom")
    assert Model.load(tmp_path / "m.loom").optimizer.learning_rate == 0.25


def test_freezing_a_layer_keeps_the_count_of_steps() -> None:
    model = trained(2)
    model.set_trainable("out", False)
    assert model.optimizer.iterations == 2


def test_a_checkpoint_gives_what_a_project_keeps() -> None:
    model = trained(2)
    kept = model.optimizer.saved()
    slots = model.optimizer.tensors()
    found = Checkpoint({}, slots, state={"optimizer": "Adam", "iterations": 2}).kept_optimizer()
    assert found.keys() == kept.keys()
    assert found["iterations/Adam"] == kept["iterations/Adam"] == 2
    assert Checkpoint({}, slots).kept_optimizer().keys() == slots.keys()

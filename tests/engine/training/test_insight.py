"""What is told of layers while somebody watches, and that it changes nothing."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from graph_engine.layers import Conv2D, Dense, Flatten
from graph_engine.model import Input, Model
from graph_engine.training import Callback
from graph_engine.training.callbacks import LayerInsight
from graph_engine.training.diagnostics.layers import BINS, WIDEST, told_of
from graph_engine.training.optimizers import SGD

RNG = np.random.default_rng(1)
X = RNG.normal(size=(48, 6, 6, 1)).astype(np.float32)
Y = RNG.normal(size=(48, 1)).astype(np.float32)
RATE = 0.01


class Watcher(Callback):
    """Watches something from the first batch on, with every look due."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.seconds = 0.0  # a look costs nothing
        self.before, self.during = 1.0, 0.0  # a batch, and while it is trained on
        self.told: list[Mapping[str, Any]] = []

    def on_train_begin(self, logs: Any = None) -> None:
        assert self.trainer is not None
        self.trainer.watched = self.what

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.seconds += self.before

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.seconds += self.during

    def on_notice(self, event: Mapping[str, Any]) -> None:
        if event["event"] == "layers":
            self.told.append(event)


def picture_model() -> Model:
    x = Input((6, 6, 1), name="x")
    hidden = Conv2D(3, 3, activation="relu", name="conv")(x)
    model = Model(x, Dense(1, name="y")(Flatten(name="flat")(hidden)))
    model.compile(SGD(RATE), loss="mse")
    return model


def watched(what: str, before: float = 1.0, during: float = 0.0) -> tuple[Model, Watcher]:
    model, watcher = picture_model(), Watcher(what)
    watcher.before, watcher.during = before, during
    insight = LayerInsight(lambda: watcher.seconds)
    model.fit(X, Y, batch_size=16, epochs=2, callbacks=[watcher, insight], verbose=0)
    return model, watcher


def test_lengths_of_weights_gradients_and_updates_are_told_by_layer() -> None:
    model, watcher = watched("weights")
    assert len(watcher.told) == 6
    document = model.trainer.document
    layers = {layer.name: layer.id for layer in document.layers.values() if layer.type != "Output"}
    told = watcher.told[-1]["layers"]
    assert set(told) == {layers["conv"], layers["y"]}
    size, gradient, update = told[layers["y"]]
    kernel, bias = model.get_weights()[2:]
    assert size == pytest.approx(np.sqrt((kernel**2).sum() + (bias**2).sum()), rel=1e-5)
    assert update == pytest.approx(RATE * gradient, rel=1e-3)


def test_a_look_that_gets_due_within_a_batch_waits_for_the_next() -> None:
    _, watcher = watched("weights", before=0.15, during=0.15)
    assert len(watcher.told) == 3


class Undecided(Watcher):
    """Looks cost it a second each; it watches times instead from the fourth batch on."""

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        super().on_train_batch_begin(batch)
        if self.seconds >= 4.0 + len(self.told) and self.trainer is not None:
            self.trainer.watched = "times"

    def on_notice(self, event: Mapping[str, Any]) -> None:
        super().on_notice(event)
        self.seconds += event["event"] == "layers"


def test_who_asks_for_something_else_does_not_wait_until_a_costly_look_is_paid_for() -> None:
    watcher = Undecided("weights")
    insight = LayerInsight(lambda: watcher.seconds)
    picture_model().fit(X, Y, batch_size=16, epochs=2, callbacks=[watcher, insight], verbose=0)
    assert ["seconds" in event for event in watcher.told] == [False, False, True, True]


def test_activations_are_told_by_node_for_the_row_that_is_asked_for() -> None:
    model, watcher = watched("activations/7")
    document = model.trainer.document
    told = {document.layer_of("main", place).name: item for place, item in watcher.told[-1]["nodes"].items()}
    assert set(told) >= {"x", "conv", "flat", "y"}
    shown = told["x"]
    assert (shown["width"], shown["height"]) == (6, 6)
    picture = np.frombuffer(base64.b64decode(shown["picture"]), np.uint8).reshape(6, 6)
    row = X[7, :, :, 0]
    np.testing.assert_allclose(picture, 255 * (row - row.min()) / (row.max() - row.min()), atol=1.0)
    assert sum(told["conv"]["counts"]) == 32 * 4 * 4 * 3
    assert told["conv"]["low"] == 0.0


def test_the_time_of_a_batch_is_told_by_node() -> None:
    model, watcher = watched("times")
    document, told = model.trainer.document, watcher.told[-1]["seconds"]
    assert {"conv", "y"} <= {document.layer_of("main", place).name for place in told if place}
    assert all(0 < seconds < 1 for seconds in told.values())


def test_several_things_are_told_at_once() -> None:
    _, watcher = watched("weights,times,activations/3")
    assert {"layers", "nodes", "seconds"} <= set(watcher.told[-1])


def test_watching_changes_no_bit_and_without_a_watcher_nothing_is_told() -> None:
    plain, silent = watched("")
    assert not silent.told
    for what in ("weights", "activations", "times", "weights,times,activations/3"):
        for ours, theirs in zip(watched(what)[0].get_weights(), plain.get_weights(), strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_units_that_are_zero_for_every_row_are_dead() -> None:
    activations = np.ones((5, 4, 8), np.float32)
    activations[..., :2] = 0.0
    activations[1:, :, 5] = 0.0
    assert told_of(activations)["dead"] == 0.25


@pytest.mark.parametrize("shape", [(3, 1), (3, 500), (3, 90, 70), (3, 100, 5, 2), (3, 4, 4, 4, 2)])
def test_pictures_stay_small_and_numbers_that_are_none_do_not_disturb(shape: tuple[int, ...]) -> None:
    activations = RNG.normal(size=shape).astype(np.float32)
    activations.flat[0] = np.nan
    told = told_of(activations)
    assert max(told["width"], told["height"]) <= WIDEST
    assert len(base64.b64decode(told["picture"])) == told["width"] * told["height"]
    assert len(told["counts"]) == BINS and np.isfinite([told["low"], told["high"]]).all()

"""A value that is not finite is followed back to the layer, the rows and the cause it came from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from graph_engine.data import epoch_order
from graph_engine.layers import Dense, Embedding, GlobalAveragePooling1D
from graph_engine.model import Input, Model, ops
from graph_engine.training import Callback
from graph_engine.training.callbacks import NaNAutopsy
from graph_engine.training.optimizers import SGD

RNG = np.random.default_rng(3)
ROWS = 40
X = RNG.uniform(0.5, 1.0, (ROWS, 3)).astype(np.float32)
Y = RNG.normal(size=(ROWS, 1)).astype(np.float32)


class Heard(Callback):
    """The finding, as a window hears of it."""

    def __init__(self) -> None:
        self.finding: Mapping[str, Any] = {}
        self.reason = ""

    def on_notice(self, event: Mapping[str, Any]) -> None:
        if event["event"] == "autopsy":
            assert not self.finding, "it is told once"
            self.finding = event

    def on_train_end(self, logs: Any = None) -> None:
        assert self.trainer is not None
        self.reason = self.trainer.reason


def trained(
    inside: Any, x: Any = X, y: Any = Y, rate: float = 0.01, epochs: int = 3, **settings: Any
) -> tuple[Model, Heard]:
    """A model with one odd operation, trained with an autopsy; the drawing's node of the finding is checked."""
    inputs = Input((3,), name="x")
    model = Model(inputs, Dense(1, name="y")(inside(inputs)))
    model.compile(SGD(rate), loss="mse")
    heard = Heard()
    model.fit(x, y, batch_size=8, epochs=epochs, callbacks=[NaNAutopsy(**settings), heard], verbose=0)
    return model, heard


def named(model: Model, heard: Heard) -> str:
    """The layer that was found."""
    document = model.trainer.document
    return document.layer_of(heard.finding["graph"], heard.finding["node"]).name


def with_row(number: int, *values: float) -> Any:
    x = X.copy()
    x[number] = values
    return x


@pytest.mark.parametrize(
    ("inside", "row", "cause", "words"),
    [
        (ops.log, (0.7, 0.0, 0.6), "zero", "takes the logarithm of zero"),
        (ops.log, (0.7, -2.0, 0.6), "negative", "takes the logarithm of a negative number (-2)"),
        (lambda x: 1.0 / x, (0.7, 0.0, 0.6), "division", "divides by zero"),
        (ops.exp, (200.0, 0.6, 0.6), "exp", "overflows in exp: what goes in is as large as 200"),
        (ops.sqrt, (0.7, 0.6, -1.0), "negative", "takes the square root of a negative number (-1)"),
        (ops.arccos, (0.7, 0.6, 1.5), "range", "gets 1.5, outside of -1 to 1"),
        (ops.square, (1e30, 0.6, 0.7), "overflow", "what goes in is as large as 1e+30"),
    ],
)
def test_a_function_outside_of_its_range_is_named_with_its_layer_and_its_row(
    inside: Any, row: tuple[float, ...], cause: str, words: str
) -> None:
    model, heard = trained(inside, with_row(17, *row))
    assert (heard.finding["cause"], heard.finding["rows"]) == (cause, [17])
    assert words in heard.finding["message"] and "row 18 of the training rows" in heard.finding["message"]
    assert heard.reason == heard.finding["message"]
    document = model.trainer.document
    node = heard.finding["node"]
    assert document.layer_of("main", node).type not in ("Input", "Output", "Dense")
    (wire,) = heard.finding["wires"]
    assert document.main.edges[wire].source.node == node
    assert all(np.isfinite(weight).all() for weight in model.get_weights())


def root_of_mean(x: Any) -> Any:
    """Positive but for a row of zeros."""
    return ops.sqrt(Dense(1, use_bias=False, kernel_initializer="ones", name="sum")(x))


def test_a_gradient_that_breaks_before_the_loss_does_is_found_in_its_own_batch() -> None:
    """The square root of zero is zero, its slope infinite: the loss shows it one batch later."""
    model, heard = trained(root_of_mean, with_row(17, 0.0, 0.0, 0.0), rate=1e-4)
    assert (heard.finding["cause"], heard.finding["rows"]) == ("division", [17])
    assert heard.finding["message"].startswith("The gradient of 'sqrt' divides by zero")
    assert "slope is infinite" in heard.finding["message"]
    assert all(np.isfinite(weight).all() for weight in model.get_weights())
    order = epoch_order(ROWS, model.trainer.seed, heard.finding["epoch"]).tolist()
    assert order.index(17) // 8 == heard.finding["batch"]


def test_a_learning_rate_that_is_too_high_is_said_with_a_lower_one() -> None:
    model, heard = trained(Dense(8, name="wide"), rate=1e3, epochs=30)
    assert heard.finding["cause"] == "learning_rate"
    assert heard.finding["learning_rate"] == pytest.approx(100.0)
    assert "weights have grown" in heard.finding["message"] or "update" in heard.finding["message"]
    assert "The learning rate (1e+03) is too high: try 100" in heard.finding["message"]
    assert named(model, heard) in ("wide", "y")


def test_numbers_missing_in_the_data_are_named_by_input_and_row() -> None:
    model, heard = trained(lambda x: x, with_row(5, 0.5, math.nan, 0.5))
    assert (heard.finding["cause"], heard.finding["rows"]) == ("data", [5])
    assert "The data of 'x' is not finite" in heard.finding["message"]
    assert named(model, heard) == "x"


def test_a_weight_that_is_not_finite_from_the_start_is_named() -> None:
    inputs = Input((3,), name="x")
    model = Model(inputs, Dense(1, name="y")(inputs))
    model.compile("sgd", loss="mse")
    model.set_weights([np.full((3, 1), math.inf, np.float32), np.zeros(1, np.float32)])
    heard = Heard()
    model.fit(X, Y, batch_size=8, callbacks=[NaNAutopsy(), heard], verbose=0)
    assert heard.finding["cause"] == "weight"
    assert "The weight kernel of 'y' is not finite" in heard.finding["message"]


def test_a_loss_that_breaks_lights_the_output() -> None:
    y = Y.copy()
    y[3] = 1e30
    model, heard = trained(lambda x: x, y=y)
    assert heard.finding["rows"] == [3]
    assert heard.finding["message"].startswith("The loss of 'y' overflows")
    (wire,) = heard.finding["wires"]
    assert model.trainer.document.main.edges[wire].target.node == heard.finding["node"]


def test_asked_to_go_on_it_tells_and_changes_nothing() -> None:
    spoiled = with_row(17, 0.0, 0.0, 0.0)
    model, heard = trained(root_of_mean, spoiled, stop=False)
    alone = trained_alone(root_of_mean, spoiled)
    assert heard.finding and heard.reason == "finished"
    for ours, theirs in zip(model.get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def trained_alone(inside: Any, x: Any) -> Model:
    inputs = Input((3,), name="x")
    model = Model(inputs, Dense(1, name="y")(inside(inputs)))
    model.compile(SGD(0.01), loss="mse")
    model.fit(x, Y, batch_size=8, epochs=3, verbose=0)
    return model


def test_a_learning_rate_that_changes_with_every_batch_hides_nothing() -> None:
    class Falling(Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            assert self.trainer is not None
            self.trainer.set_learning_rate(self.trainer.optimizer.learning_rate * 0.9)

    inputs = Input((3,), name="x")
    model = Model(inputs, Dense(1, name="y")(root_of_mean(inputs)))
    model.compile(SGD(1e-4), loss="mse")
    heard, x = Heard(), with_row(17, 0.0, 0.0, 0.0)
    model.fit(x, Y, batch_size=8, epochs=3, callbacks=[Falling(), NaNAutopsy(), heard], verbose=0)
    assert (heard.finding["cause"], heard.finding["rows"]) == ("division", [17])


def test_what_breaks_in_a_nested_model_is_placed_in_its_graph() -> None:
    inner_input = Input((3,), name="inside")
    inner = Model(inner_input, ops.log(inner_input), name="logs")
    inputs = Input((3,), name="x")
    model = Model(inputs, Dense(1, name="y")(inner(inputs)))
    model.compile(SGD(0.01), loss="mse")
    heard = Heard()
    model.fit(with_row(17, 0.7, 0.0, 0.6), Y, batch_size=8, callbacks=[NaNAutopsy(), heard], verbose=0)
    document, finding = model.trainer.document, heard.finding
    assert finding["graph"] != "main" and finding["node"] in document.graphs[finding["graph"]].nodes
    assert (named(model, heard), finding["rows"]) == ("log", [17])


def test_of_a_stream_the_last_batch_is_looked_at() -> None:
    x = with_row(17, 0.7, 0.0, 0.6)
    batches = [(x[start : start + 8], Y[start : start + 8]) for start in range(0, ROWS, 8)]
    inputs = Input((3,), name="x")
    model = Model(inputs, Dense(1, name="y")(ops.log(inputs)))
    model.compile(SGD(0.01), loss="mse")
    heard = Heard()
    model.fit(iter(batches), epochs=1, callbacks=[NaNAutopsy(), heard], verbose=0)
    assert (heard.finding["cause"], heard.finding["rows"], heard.finding["batch"]) == ("zero", [1], 2)
    assert "row 2 of the batch" in heard.finding["message"]


def test_a_healthy_training_is_not_touched() -> None:
    model, heard = trained(lambda x: x)
    assert not heard.finding and heard.reason == "finished"
    for ours, theirs in zip(model.get_weights(), trained_alone(lambda x: x, X).get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_rare_word_is_found_after_many_batches() -> None:
    """The copy may be several batches, and an epoch's end, away."""
    words = RNG.integers(1, 9, (ROWS, 4))
    words[17, 0] = 0
    inputs = Input((4,), dtype="int32", name="words")
    table = Embedding(9, 2, name="table")
    pooled = GlobalAveragePooling1D()(table(inputs))
    model = Model(inputs, Dense(1, name="y")(ops.log(pooled)))
    model.compile(SGD(1e-3), loss="mse")
    weights = model.get_weights()
    weights[0][...] = 1.0
    weights[0][0] = -50.0
    model.set_weights(weights)
    heard = Heard()
    model.fit(words, Y, batch_size=8, epochs=2, callbacks=[NaNAutopsy(), heard], verbose=0)
    assert (heard.finding["cause"], heard.finding["rows"]) == ("negative", [17])

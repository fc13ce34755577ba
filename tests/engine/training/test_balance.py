"""Each output's share of the gradient on shared weights: what it is, what is said of it, that it changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from graph_engine.data import Dataset
from graph_engine.layers import BatchNormalization, Dense, Dropout
from graph_engine.model import Input, Model
from graph_engine.training import Callback
from graph_engine.training.callbacks import LossBalance
from graph_engine.training.callbacks.balance import FIRST
from graph_engine.training.diagnostics.balance import Balance, Scale

RNG = np.random.default_rng(5)
X = RNG.normal(size=(64, 4)).astype(np.float32)
Y = {"small": RNG.normal(size=(64, 1)), "large": 1000 * RNG.normal(size=(64, 1))}
NORMS = st.dictionaries(st.sampled_from("abcde"), st.floats(1e-3, 1e3), min_size=2)


class Heard(Callback):
    def __init__(self) -> None:
        self.told: list[Mapping[str, Any]] = []

    def on_notice(self, event: Mapping[str, Any]) -> None:
        if event["event"] == "balance":
            self.told.append(event)


def two_heads(shared: bool = True, penalty: Any = None) -> Model:
    x = Input((4,), name="x")
    hidden = BatchNormalization()(Dense(8, kernel_regularizer=penalty, name="trunk")(x))
    trunk = Dropout(0.2)(hidden) if shared else x
    model = Model(x, [Dense(1, name="small")(trunk), Dense(1, name="large")(trunk)])
    model.compile("adam", loss={"small": "mse", "large": "mse"}, loss_weights={"small": 2.0, "large": 1.0})
    return model


def fit(model: Model, *callbacks: Callback) -> None:
    model.fit(X, Y, batch_size=8, epochs=4, callbacks=callbacks, verbose=0)


@pytest.mark.parametrize("penalty", [None, "l2"])
def test_the_outputs_gradients_sum_up_to_that_of_the_training(penalty: Any) -> None:
    model = two_heads(penalty=penalty)
    trainer, session = model.trainer, model.trainer.session
    batch = trainer.session.feeder(trainer_data(), 64).whole()
    scale = Scale(session, batch.feeds)
    before = session.parameters.flat.copy()
    balance = scale.measure(batch.feeds, 3, 7)
    np.testing.assert_array_equal(session.parameters.flat, before)
    pulls = {name: scale._gradient(batch.feeds, name, 3, 7) for name in ("small", "large", "")}
    executor = session.executor("train", batch.feeds)
    executor.run(batch.feeds, step=3, seed=7)
    whole = np.concatenate([executor.gradients[span] for span in scale._spans])
    np.testing.assert_allclose(pulls["small"] + pulls["large"] - pulls[""], whole, rtol=1e-3, atol=1e-2)
    assert balance.norms["large"] == pytest.approx(np.linalg.norm(pulls["large"] - pulls[""]), rel=1e-5)
    assert balance.weights == {"small": 2.0, "large": 1.0}


def trainer_data() -> Any:
    return Dataset({"x": X}, {name: values.astype(np.float32) for name, values in Y.items()})


def test_an_output_that_drowns_the_other_is_named_and_training_goes_on_as_without() -> None:
    model, heard = two_heads(), Heard()
    fit(model, LossBalance(), heard)
    told = heard.told[0]
    assert told["shares"]["large"] > 0.99
    assert told["sentence"] == "'large' gets >99 % of the gradient on the shared layers."
    assert told["proposed"]["large"] < 0.1 < 2.5 < told["proposed"]["small"]
    plain = two_heads()
    fit(plain)
    for ours, theirs in zip(model.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_with_the_proposed_weights_both_pull_alike() -> None:
    model, heard = two_heads(), Heard()
    fit(model, LossBalance(), heard)
    other, again = two_heads(), Heard()
    other.compile("adam", loss={"small": "mse", "large": "mse"}, loss_weights=heard.told[0]["proposed"])
    fit(other, LossBalance(), again)
    assert max(again.told[0]["shares"].values()) < 0.75
    assert again.told[0]["sentence"] == ""


def test_where_nothing_is_shared_nothing_is_said() -> None:
    heard = Heard()
    fit(two_heads(shared=False), LossBalance(), heard)
    assert not heard.told


def test_it_takes_two_hundredths_of_the_time() -> None:
    """By a clock of its own, on which every look takes one second: a measurement costs one, so fifty are between."""
    seconds = iter(range(10**6))
    heard, model = Heard(), two_heads()
    model.fit(
        X, Y, batch_size=8, epochs=20, callbacks=[LossBalance(lambda: float(next(seconds))), heard], verbose=0
    )
    batches = 20 * 8
    assert 1 + (batches - FIRST) // 60 <= len(heard.told) <= 1 + (batches - FIRST) // 45


@given(NORMS)
def test_shares_sum_to_one_and_proposed_weights_balance_and_keep_their_sum(
    norms: Mapping[str, float],
) -> None:
    weights = {name: 1.0 + place for place, name in enumerate(norms)}
    balance = Balance(norms, weights)
    assert sum(balance.shares.values()) == pytest.approx(1.0)
    assert sum(balance.proposed.values()) == pytest.approx(sum(weights.values()), rel=0.06)
    after = [norms[name] / weights[name] * balance.proposed[name] for name in norms]
    assert max(after) / min(after) < 1.15
    assert bool(balance.sentence) == (max(balance.shares.values()) > min(0.8, 2 / len(norms)))

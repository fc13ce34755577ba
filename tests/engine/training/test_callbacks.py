"""Callbacks that act on a training: what they watch, write, bring back and end."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph_engine.layers import Dense
from graph_engine.model import Input, Model
from graph_engine.params import ParamError
from graph_engine.training import (
    CALLBACKS,
    BackupAndRestore,
    Callback,
    Checkpoint,
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    RestoreBestWeights,
    SwapEMAWeights,
    TerminateOnNaN,
    optimizers,
)
from graph_engine.training.callbacks import Expression
from graph_engine.values import LayerloomError

RNG = np.random.default_rng(8)
X, Y = RNG.normal(size=(12, 3)).astype(np.float32), RNG.normal(size=(12, 1)).astype(np.float32)


def model(optimizer: Any = "sgd", **arguments: Any) -> Model:
    x = Input((3,), name="x")
    made = Model(x, Dense(1, name="y")(x))
    made.compile(optimizer, loss="mse", **arguments)
    return made


def logged(values: list[float]) -> Callback:
    """Puts values of our choice into the logs, one an epoch."""

    def put(epoch: int, logs: Any) -> None:
        logs["loss"] = values[epoch]

    return LambdaCallback(on_epoch_end=put)


@pytest.mark.parametrize(
    ("text", "upward"),
    [
        ("val_acc", True),
        ("val_loss", False),
        ("val_loss + 0.5 * loss", False),
        ("val_acc - val_loss / 3", True),
        ("-val_acc", False),
        ("max(val_loss, loss) * -1", True),
        ("val_acc + val_loss", None),
        ("val_acc * val_loss", None),
        ("1 - acc", False),
    ],
)
def test_the_direction_of_an_expression_follows_from_its_parts(text: str, upward: bool | None) -> None:
    directions = {"loss": "down", "val_loss": "down", "acc": "up", "val_acc": "up"}
    assert Expression(text).upward(directions) is upward


def test_an_expression_is_arithmetic_of_logs() -> None:
    logs = {"a": 3.0, "b": 4.0, "a-b": 7.0, "my loss": 5.0}
    assert Expression("min(a, b) * 2 - (b / 4)").value(logs) == 5.0
    assert Expression("a-b").value(logs) == -1.0
    assert Expression("a-b").among(logs).value(logs) == 7.0
    assert Expression("my loss").value(logs) == 5.0
    assert np.isnan(Expression("a / (b - 4)").value(logs))


@pytest.mark.parametrize("text", ["a.b", "a ** 2", "f(a)", "[a]", "a < b", "a if b else c", "max()", "'a'"])
def test_nothing_but_arithmetic_is_an_expression(text: str) -> None:
    with pytest.raises(ParamError, match="names of logged values"):
        Expression(text)


@pytest.mark.parametrize(
    ("config", "values", "last", "best"),
    [
        ({"patience": 0}, [3, 2, 2, 1], 2, 1),
        ({"patience": 2}, [3, 2, 2, 2, 1], 3, 1),
        ({"patience": 1, "min_delta": 0.5}, [3.0, 2.8, 2.6, 2.0], 1, 0),
        ({"patience": 2, "baseline": 1.0}, [3, 2, 1.5, 1.2, 1.1], 4, 4),
        ({"patience": 0, "start_from_epoch": 2}, [1, 2, 3, 4, 5], 3, 2),
        ({"patience": 1, "mode": "max"}, [1, 2, 1, 1, 3], 2, 1),
    ],
)
def test_stopping_early(config: dict[str, Any], values: list[float], last: int, best: int) -> None:
    stopping = EarlyStopping("loss", **config)
    made = model()
    history = made.fit(X, Y, epochs=len(values), callbacks=[logged(values), stopping])
    assert (history.epoch[-1], stopping.best_epoch) == (last, best)


def test_the_best_weights_come_back_with_and_without_stopping() -> None:
    for callback in (
        EarlyStopping("loss", patience=9, restore_best_weights=True),
        RestoreBestWeights("loss"),
    ):
        kept: list[list[Any]] = []

        class Keep(Callback):
            def on_epoch_end(self, epoch: int, logs: Any = None, kept: Any = kept) -> None:
                kept.append(self.model.get_weights())

        made = model()
        made.fit(X, Y, epochs=4, callbacks=[logged([3, 1, 2, 2]), Keep(), callback])
        for found, wanted in zip(made.get_weights(), kept[1], strict=True):
            np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize(
    ("config", "names"),
    [
        ({}, ["w-01", "w-02", "w-03"]),
        ({"save_freq": "epoch", "save_best_only": True, "monitor": "loss"}, ["w-01", "w-03"]),
        ({"save_best_only": True, "monitor": "loss", "initial_value_threshold": 2.5}, ["w-03"]),
    ],
)
def test_checkpoints_by_epoch(config: dict[str, Any], names: list[str], tmp_path: Path) -> None:
    callback = ModelCheckpoint(str(tmp_path / "w-{epoch:02d}.safetensors"), **config)
    model().fit(X, Y, epochs=3, callbacks=[logged([3, 4, 2]), callback])
    assert sorted(path.stem for path in tmp_path.iterdir()) == names


def test_checkpoints_by_batch_and_of_weights_alone(tmp_path: Path) -> None:
    callback = ModelCheckpoint(
        str(tmp_path / "{epoch}-{batch}.safetensors"), save_freq=3, save_weights_only=True
    )
    made = model("adam")
    made.fit(X, Y, epochs=2, batch_size=3, callbacks=callback)
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["1-3", "2-2"]
    found = Checkpoint.read(tmp_path / "2-2.safetensors")
    assert found.weights.keys() == made.parameters.keys() and not found.slots and not found.state


class Cut(Exception):
    """Power fails."""


@pytest.mark.parametrize(("frequency", "cut"), [("epoch", (1, 2)), ("batch", (1, 2)), (2, (0, 3))])
def test_a_training_that_was_cut_off_goes_on_with_the_same_numbers(
    frequency: Any, cut: tuple[int, int], tmp_path: Path
) -> None:
    data: dict[str, Any] = {"epochs": 3, "batch_size": 3}
    whole = model("adam")
    wanted = whole.fit(X, Y, **data)
    epoch = -1

    def begun(number: int, logs: Any) -> None:
        nonlocal epoch
        epoch = number

    def fail(batch: int, logs: Any) -> None:
        if (epoch, batch) == cut:
            raise Cut

    backup = BackupAndRestore(str(tmp_path / "backup"), save_freq=frequency)
    with pytest.raises(Cut):
        model("adam").fit(
            X, Y, **data, callbacks=[backup, LambdaCallback(on_epoch_begin=begun, on_train_batch_begin=fail)]
        )
    again = model("adam")
    history = again.fit(
        X, Y, **data, callbacks=BackupAndRestore(str(tmp_path / "backup"), save_freq=frequency)
    )
    assert history.history == wanted.history
    for found, expected in zip(again.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)
    assert not list((tmp_path / "backup").iterdir())


def test_the_running_mean_is_judged_and_training_goes_on_from_the_weights() -> None:
    made = model(optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5))
    data: dict[str, Any] = {"epochs": 2, "batch_size": 4, "shuffle": False, "validation_data": (X, Y)}
    seen = made.fit(X, Y, callbacks=SwapEMAWeights(), **data).history
    plain = model(optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5))
    other = plain.fit(X, Y, **data).history
    assert seen["loss"] == other["loss"] and seen["val_loss"] != other["val_loss"]
    for found, wanted in zip(made.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_array_equal(found, wanted)
    assert made.evaluate(X, Y)["loss"] == pytest.approx(seen["val_loss"][-1], rel=1e-6)
    with pytest.raises(LayerloomError, match="set use_ema"):
        model().fit(X, Y, callbacks=SwapEMAWeights(), validation_data=(X, Y))


def test_a_loss_that_is_not_finite_ends_training() -> None:
    made = model("sgd")
    history = made.fit(X * 1e30, Y, epochs=3, batch_size=4, callbacks=TerminateOnNaN())
    assert history.epoch == [0] and made.trainer.reason == "the loss is not finite after batch 1"
    with pytest.raises(LayerloomError, match="not finite after batch 1"):
        made.fit(X * 1e30, Y, callbacks=TerminateOnNaN(raise_error=True))


def test_schedules_take_the_epoch_or_also_the_rate() -> None:
    made = model(optimizers.SGD(0.5))
    history = made.fit(X, Y, epochs=2, callbacks=LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1)))
    assert history.history["learning_rate"] == pytest.approx([0.1, 0.05])
    with pytest.raises(ParamError, match="gives a number, got 'fast'"):
        made.fit(X, Y, callbacks=LearningRateScheduler(lambda epoch, rate: "fast"))  # type: ignore[arg-type, return-value]  # wrong on purpose


def test_the_log_as_a_table(tmp_path: Path) -> None:
    made = model(metrics=["mae"])
    log = CSVLogger(str(tmp_path / "log.csv"), separator=";")
    made.fit(X, Y, epochs=2, validation_data=(X, Y), validation_freq=2, callbacks=log)
    with (tmp_path / "log.csv").open(newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    assert rows[0] == ["epoch", "loss", "mae", "val_loss", "val_mae"]
    assert rows[1][3:] == ["NA", "NA"] and float(rows[2][3]) > 0


def test_keras_callbacks_written_for_batches_hear_them() -> None:
    class Older(Callback):
        def __init__(self) -> None:
            self.heard: list[int] = []

        def on_batch_end(self, batch: int, logs: Any = None) -> None:
            self.heard.append(batch)
            self.model.stop_training = batch == 1

    callback = Older()
    model().fit(X, Y, epochs=3, batch_size=4, callbacks=[callback])
    assert callback.heard == [0, 1]


def test_what_is_left_out_says_why() -> None:
    with pytest.raises(ParamError, match=r"RemoteMonitor of Keras is left out here: .* no connections"):
        CALLBACKS.decode("RemoteMonitor")

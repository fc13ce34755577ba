"""Whole trainings against Keras: history and its names, weights, evaluations, the order of callbacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph_engine import layers as own_layers
from graph_engine.model import Input, Model
from graph_engine.training import (
    EarlyStopping,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    SwapEMAWeights,
    metrics,
    optimizers,
)
from graph_engine.training.callbacks.base import HOOKS
from tests.peers.training.oracle import MARKS, begin, ids, keras, labels, normal, positive

pytestmark = [*MARKS, pytest.mark.filterwarnings("ignore:.*is not compatible with the input:UserWarning")]

begin(3)
ROWS = 21
DATA = {"left": normal(ROWS, 4), "right": normal(ROWS, 3)}
TARGETS = {"kind": ids(3, ROWS), "price": normal(ROWS, 2), "sold": labels(ROWS, 1)}
WORDS = ids(6, ROWS, 5)
TAGS = ids(3, ROWS, 5)


class Pair:
    """One model built twice, by us and by Keras, with equal weights."""

    def __init__(self, build: Any) -> None:
        keras.utils.clear_session()
        own = build(own_layers, Input, Model)
        other = build(keras.layers, keras.Input, keras.Model)
        self.own, self.other = own, other
        own.set_weights([array * 0.5 for array in other.get_weights()])
        other.set_weights(own.get_weights())

    def compile(self, **arguments: Any) -> Pair:
        self.own.compile(**arguments)
        self.other.compile(**arguments)
        return self

    def fit(self, *data: Any, **arguments: Any) -> Mapping[str, Any]:
        """Both trained; the same history and the same weights."""
        mine: Mapping[str, Any] = self.own.fit(*data, shuffle=False, **arguments).history
        theirs = self.other.fit(*data, shuffle=False, verbose=0, **arguments).history
        assert_same(mine, theirs)
        self.same_weights()
        return mine

    def same_weights(self) -> None:
        for mine, theirs in zip(self.own.get_weights(), self.other.get_weights(), strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=2e-4, atol=2e-5)


def assert_same(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> None:
    assert set(mine) == set(theirs)
    for name in theirs:
        np.testing.assert_allclose(mine[name], theirs[name], rtol=1e-5, atol=2e-6, err_msg=name)


def heads(layers: Any, input_: Any, model: Any) -> Any:
    left, right = input_((4,), name="left"), input_((3,), name="right")
    joined = layers.Concatenate(name="joined")([layers.Dense(5, activation="tanh", name="stem")(left), right])
    trunk = layers.Dense(6, activation="tanh", name="trunk", kernel_regularizer="l2")(joined)
    outputs = [
        layers.Dense(3, activation="softmax", name="kind")(trunk),
        layers.Dense(2, name="price")(trunk),
        layers.Dense(1, activation="sigmoid", name="sold")(joined),
    ]
    return model([left, right], outputs)


def single(layers: Any, input_: Any, model: Any) -> Any:
    x = input_((4,), name="left")
    return model(x, layers.Dense(3, activation="softmax", name="kind")(layers.Dense(5, name="stem")(x)))


def tagger(layers: Any, input_: Any, model: Any) -> Any:
    words = input_((5,), dtype="int32", name="words")
    embedded = layers.Embedding(6, 4, mask_zero=True, name="embedded")(words)
    read = layers.LSTM(3, return_sequences=True, name="read")(embedded)
    return model(words, layers.Dense(3, activation="softmax", name="tags")(read))


LOSSES = ["sparse_categorical_crossentropy", "mse", "binary_crossentropy"]
BY_NAME = dict(zip(("kind", "price", "sold"), LOSSES, strict=True))
X = [DATA["left"], DATA["right"]]
Y = list(TARGETS.values())
COMPILES: list[dict[str, Any]] = [
    {"loss": LOSSES},
    {
        "loss": LOSSES,
        "loss_weights": [0.25, 1.0, 10.0],
        "metrics": [["accuracy"], ["mae"], ["accuracy", "AUC"]],
    },
    {
        "loss": BY_NAME,
        "loss_weights": {"price": 2.0, "kind": 1.0, "sold": 0.5},
        "metrics": {"sold": ["acc", "acc"]},
    },
    {
        "loss": LOSSES,
        "metrics": [["accuracy"], None, None],
        "weighted_metrics": [["accuracy", "sparse_categorical_crossentropy"], ["mse"], ["accuracy"]],
    },
]


@pytest.mark.parametrize("arguments", COMPILES, ids=range(len(COMPILES)))
@pytest.mark.parametrize("weighted", [False, True])
def test_three_heads(arguments: dict[str, Any], weighted: bool) -> None:
    pair = Pair(heads).compile(optimizer="adam", **arguments)
    weights = [positive(ROWS) for _ in Y] if weighted else None
    pair.fit(X, Y, epochs=2, batch_size=8, sample_weight=weights)


@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop", "adam", "nadam", "adagrad"])
def test_one_head_with_validation(optimizer: str) -> None:
    pair = Pair(single).compile(
        optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    history = pair.fit(DATA["left"], TARGETS["kind"], epochs=3, batch_size=6, validation_split=0.3)
    assert list(history) == ["loss", "accuracy", "val_loss", "val_accuracy"]


@pytest.mark.parametrize("loss", ["crossentropy", "ce"])
@pytest.mark.parametrize("one_hot", [False, True])
def test_the_cross_entropy_that_fits(loss: str, one_hot: bool) -> None:
    y = np.eye(3, dtype=np.float32)[TARGETS["kind"]] if one_hot else TARGETS["kind"]
    Pair(single).compile(optimizer="sgd", loss=loss, metrics=["acc"]).fit(
        DATA["left"], y, epochs=2, batch_size=8
    )


@pytest.mark.filterwarnings("ignore:Gradients do not exist")
def test_heads_without_loss_are_left_out() -> None:
    pair = Pair(heads).compile(optimizer="sgd", loss=[LOSSES[0], None, LOSSES[2]])
    pair.own.fit(X, Y, epochs=2, batch_size=8, shuffle=False)
    pair.other.fit(X, Y, epochs=2, batch_size=8, shuffle=False, verbose=0)
    pair.same_weights()
    assert_same(pair.own.history.history, pair.other.history.history)


def test_class_weights() -> None:
    pair = Pair(single).compile(
        optimizer="sgd",
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        weighted_metrics=["accuracy"],
    )
    pair.fit(DATA["left"], TARGETS["kind"], epochs=2, batch_size=8, class_weight={0: 3.0, 2: 0.5})


@pytest.mark.parametrize("weights", [None, (ROWS, 5)])
def test_padding_counts_neither_in_losses_nor_in_means(weights: Any) -> None:
    pair = Pair(tagger).compile(
        optimizer="sgd",
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        weighted_metrics=["accuracy"],
    )
    given = None if weights is None else positive(*weights)
    # Given weights Keras on torch multiplies them in place by each batch's share of padding: one batch, then.
    pair.fit(WORDS, TAGS, epochs=2, batch_size=8 if weights is None else ROWS, sample_weight=given)


def test_evaluate_predict_and_single_batches() -> None:
    pair = Pair(heads).compile(optimizer="sgd", loss=LOSSES, metrics=[["accuracy"], ["mae"], ["accuracy"]])
    own, other = pair.own, pair.other
    assert_same(
        own.evaluate(X, Y, batch_size=8), other.evaluate(X, Y, batch_size=8, verbose=0, return_dict=True)
    )
    in_order = other.evaluate(X, Y, batch_size=8, verbose=0)
    np.testing.assert_allclose(own.evaluate(X, Y, batch_size=8, return_dict=False), in_order, rtol=1e-5)
    for mine, theirs in zip(
        own.predict(X, batch_size=8), other.predict(X, batch_size=8, verbose=0), strict=True
    ):
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-6)
    for _ in range(2):
        assert_same(own.train_on_batch(X, Y), other.train_on_batch(X, Y, return_dict=True))
    np.testing.assert_allclose(
        own.test_on_batch(X, Y, return_dict=False), other.test_on_batch(X, Y), rtol=1e-5
    )
    pair.same_weights()


class Batches(keras.utils.PyDataset):  # type: ignore[misc]  # Keras has no types
    """Keras' own kind of dataset, which we take as it is."""

    def __init__(self) -> None:
        super().__init__()

    def __len__(self) -> int:
        return 3

    def __getitem__(self, index: int) -> Any:
        rows = slice(7 * index, 7 * index + 7)
        return DATA["left"][rows], TARGETS["kind"][rows]


def test_batches_from_a_dataset_and_from_a_generator() -> None:
    def endless() -> Any:
        while True:
            for index in range(3):
                yield Batches()[index]

    pair = Pair(single).compile(
        optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    pair.fit(Batches(), epochs=2, validation_data=(DATA["left"], TARGETS["kind"]), validation_batch_size=8)
    arguments: dict[str, Any] = {"steps_per_epoch": 2, "epochs": 3, "shuffle": False}
    mine = pair.own.fit(endless(), **arguments).history
    theirs = pair.other.fit(endless(), verbose=0, **arguments).history
    assert_same(mine, theirs)


def test_epochs_of_some_steps_go_on_in_the_rows() -> None:
    """Where the steps fill the rows evenly: else Keras cuts the last epoch short, and we begin the rows anew."""
    pair = Pair(single).compile(
        optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    pair.fit(DATA["left"], TARGETS["kind"], batch_size=6, steps_per_epoch=2, epochs=3)


def test_callbacks_hear_the_same_in_the_same_order() -> None:
    heard: dict[str, list[Any]] = {"own": [], "other": []}

    def recorder(who: str) -> Any:
        def note(hook: str) -> Any:
            def heard_of(*arguments: Any, logs: Any = None) -> None:
                counted = "epoch" in hook or "batch" in hook
                position, rest = (arguments[:1], arguments[1:]) if counted else ((), arguments)
                told = rest[0] if rest else logs
                heard[who].append((hook, *position, *([sorted(told or {})] if hook.endswith("_end") else [])))

            return heard_of

        hooks = [hook for hook in HOOKS if "predict" not in hook]
        if who == "own":
            return LambdaCallback(**{hook: note(hook) for hook in hooks})
        callback = keras.callbacks.Callback()
        for hook in hooks:
            setattr(callback, hook, note(hook))
        return callback

    pair = Pair(single).compile(optimizer="sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    data = {
        "epochs": 4,
        "initial_epoch": 1,
        "batch_size": 8,
        "validation_split": 0.4,
        "validation_freq": [2, 4],
    }
    pair.own.fit(DATA["left"], TARGETS["kind"], callbacks=[recorder("own")], **data)
    pair.other.fit(DATA["left"], TARGETS["kind"], callbacks=[recorder("other")], verbose=0, **data)
    assert heard["own"] == heard["other"]


def _callbacks(kind: Any) -> Sequence[Any]:
    return [
        kind.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=1, min_delta=0.01, cooldown=1),
        kind.EarlyStopping(
            monitor="val_accuracy", patience=2, restore_best_weights=True, start_from_epoch=1, mode="max"
        ),
    ]


class Own:
    ReduceLROnPlateau, EarlyStopping = ReduceLROnPlateau, EarlyStopping


def test_stopping_early_and_slower_steps() -> None:
    pair = Pair(single).compile(optimizer="sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    data: dict[str, Any] = {"epochs": 12, "batch_size": 8, "validation_split": 0.4, "shuffle": False}
    mine = pair.own.fit(DATA["left"], TARGETS["kind"], callbacks=_callbacks(Own), **data)
    theirs = pair.other.fit(
        DATA["left"], TARGETS["kind"], callbacks=_callbacks(keras.callbacks), verbose=0, **data
    )
    assert mine.epoch == theirs.epoch
    assert_same(mine.history, theirs.history)
    pair.same_weights()


def test_a_schedule_by_epoch() -> None:
    def halved(epoch: int, rate: float) -> float:
        return rate * 0.5 if epoch else rate

    pair = Pair(single).compile(optimizer="sgd", loss="sparse_categorical_crossentropy")
    data: dict[str, Any] = {"epochs": 3, "batch_size": 8, "shuffle": False}
    mine = pair.own.fit(
        DATA["left"], TARGETS["kind"], callbacks=[LearningRateScheduler(halved)], **data
    ).history
    theirs = pair.other.fit(
        DATA["left"],
        TARGETS["kind"],
        callbacks=[keras.callbacks.LearningRateScheduler(halved)],
        verbose=0,
        **data,
    ).history
    assert_same(mine, theirs)


def test_running_means_of_weights_are_judged_and_kept() -> None:
    pair = Pair(single)
    shared: dict[str, Any] = {"use_ema": True, "ema_momentum": 0.7, "ema_overwrite_frequency": 5}
    pair.own.compile(optimizers.Adam(0.05, **shared), loss="sparse_categorical_crossentropy")
    pair.other.compile(keras.optimizers.Adam(0.05, **shared), loss="sparse_categorical_crossentropy")
    data: dict[str, Any] = {"epochs": 3, "batch_size": 6, "validation_split": 0.3, "shuffle": False}
    mine = pair.own.fit(DATA["left"], TARGETS["kind"], callbacks=[SwapEMAWeights()], **data).history
    theirs = pair.other.fit(
        DATA["left"], TARGETS["kind"], callbacks=[keras.callbacks.SwapEMAWeights()], verbose=0, **data
    ).history
    assert_same(mine, theirs)
    pair.same_weights()


def test_checkpoints_are_written_after_the_same_epochs(tmp_path: Path) -> None:
    pair = Pair(single).compile(optimizer="sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    data: dict[str, Any] = {"epochs": 6, "batch_size": 6, "validation_split": 0.3, "shuffle": False}
    config: dict[str, Any] = {"monitor": "val_accuracy", "save_best_only": True, "mode": "max"}
    own, other = tmp_path / "own", tmp_path / "other"
    mine = ModelCheckpoint(str(own / "{epoch:02d}-{val_loss:.3f}.safetensors"), **config)
    theirs = keras.callbacks.ModelCheckpoint(
        str(other / "{epoch:02d}-{val_loss:.3f}.weights.h5"), save_weights_only=True, **config
    )
    pair.own.fit(DATA["left"], TARGETS["kind"], callbacks=[mine], **data)
    pair.other.fit(DATA["left"], TARGETS["kind"], callbacks=[theirs], verbose=0, **data)
    wanted = sorted(path.name.removesuffix(".weights.h5") for path in other.iterdir())
    assert sorted(path.stem for path in own.iterdir()) == wanted


def test_gradients_are_those_of_torch() -> None:
    import torch

    pair = Pair(heads)
    cotangents = [normal(ROWS, 3), normal(ROWS, 2), normal(ROWS, 1)]
    found = pair.own.gradients(X, cotangents)
    entering = [torch.tensor(array, requires_grad=True) for array in X]
    outputs = pair.other(entering)
    total = sum((output * torch.tensor(c)).sum() for output, c in zip(outputs, cotangents, strict=True))
    total.backward()
    for array, name in zip(entering, pair.own.input_names, strict=True):
        np.testing.assert_allclose(found.inputs[name], np.asarray(array.grad), rtol=1e-4, atol=1e-5)
    ordered = [found.weights[path] for path in pair.own.weight_order]
    for mine, variable in zip(ordered, pair.other.weights, strict=True):
        np.testing.assert_allclose(mine, variable.value.grad, rtol=1e-4, atol=1e-5)


def test_vectors_of_scores_are_logged_one_by_one() -> None:
    own = Pair(single).own
    own.compile(optimizer="sgd", loss="categorical_crossentropy", metrics=[metrics.F1Score()])
    y = np.eye(3, dtype=np.float32)[TARGETS["kind"]]
    logs = own.fit(DATA["left"], y, epochs=1).history
    assert list(logs) == ["loss", "f1_score_0", "f1_score_1", "f1_score_2"]

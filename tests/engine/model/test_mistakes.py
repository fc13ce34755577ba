"""Wrong feeds and wrong compiles: each is refused before anything runs, in a sentence that names what was
expected and what was given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from graph_engine.data import Dataset
from graph_engine.layers import Concatenate, Dense, Embedding, Flatten
from graph_engine.model import Input, Model
from graph_engine.training import (
    EarlyStopping,
    ModelCheckpoint,
    ReduceLROnPlateau,
    losses,
    metrics,
    optimizers,
)
from graph_engine.values import LayerloomError

RNG = np.random.default_rng(5)
TEXT, NUMBERS = RNG.integers(0, 9, (6, 3)).astype(np.int32), RNG.normal(size=(6, 2)).astype(np.float32)
PRICE, KIND = RNG.normal(size=(6, 1)).astype(np.float32), RNG.integers(0, 3, 6).astype(np.int32)
X, Y = [TEXT, NUMBERS], [PRICE, KIND]
LOSSES = {"price": "mse", "kind": "sparse_categorical_crossentropy"}


def shop() -> Model:
    """Two inputs, text and numbers; two outputs, price and kind."""
    text, numbers = Input((3,), dtype="int32", name="text"), Input((2,), name="numbers")
    joined = Concatenate(name="joined")([Flatten(name="flat")(Embedding(10, 4, name="words")(text)), numbers])
    price, kind = Dense(1, name="price")(joined), Dense(3, activation="softmax", name="kind")(joined)
    return Model([text, numbers], [price, kind], name="shop")


def compiled(**arguments: Any) -> Model:
    model = shop()
    model.compile(**{"optimizer": "sgd", "loss": LOSSES, **arguments})
    return model


def one() -> Model:
    x = Input((4,), name="x")
    model = Model(x, Dense(3, activation="softmax", name="y")(x), name="one")
    model.compile("sgd", loss="sparse_categorical_crossentropy")
    return model


def fit(x: Any = X, y: Any = Y, **arguments: Any) -> Callable[[], Any]:
    return lambda: compiled().fit(x, y, **arguments)


def compile_(**arguments: Any) -> Callable[[], Any]:
    return lambda: compiled(**arguments)


def fit_one(x: Any, y: Any, **arguments: Any) -> Callable[[], Any]:
    return lambda: one().fit(x, y, **arguments)


def with_metric(metric: Any) -> Callable[[], Any]:
    def run() -> None:
        model = one()
        model.compile("sgd", loss="sparse_categorical_crossentropy", metrics=[metric])
        model.fit(np.ones((4, 4)), np.zeros(4, int))

    return run


def ragged() -> Iterator[Any]:
    yield np.ones((2, 4)), np.zeros(2, int), np.ones(2), "more"


def nothing() -> Iterator[Any]:
    yield from ()


ONES, ZEROS = np.ones((4, 4), np.float32), np.zeros(4, np.int32)
BAD: list[tuple[Callable[[], Any], tuple[str, ...]]] = [
    # inputs
    (fit(x=[TEXT]), ("2 inputs", "text, numbers", "1 arrays")),
    (fit(x=[TEXT, NUMBERS, NUMBERS]), ("2 inputs", "text, numbers", "3 arrays")),
    (fit(x={"text": TEXT}), ("'text', 'numbers'", "'text' was given")),
    (fit(x={"text": TEXT, "number": NUMBERS}), ("'numbers'", "'number'", "did you mean 'numbers'")),
    (fit(x={"text": TEXT, "numbers": NUMBERS, "more": PRICE}), ("'text', 'numbers'", "'more'")),
    (fit(x=[TEXT, NUMBERS[:4]]), ("input 'text' has 6", "input 'numbers' has 4")),
    (fit(x=[NUMBERS, TEXT]), ("Input 'text' takes 3 per row", "2")),
    (fit(x=[TEXT, NUMBERS[:, :1]]), ("Input 'numbers' takes 2 per row", "1")),
    (fit(x=[TEXT + 0.5, NUMBERS]), ("Input 'text' takes whole numbers", "fractions")),
    (fit(x=[TEXT.astype(str), NUMBERS]), ("Input 'text' takes numbers", "words")),
    (fit(x=[TEXT, None]), ("input 'numbers' is None",)),
    (fit_one([[1.0, 2.0], [1.0]], ZEROS), ("'x'", "different lengths")),
    (fit_one(np.ones((4, 5)), ZEROS), ("Input 'x' takes 4 per row", "5")),
    (fit_one(np.ones((4, 4, 2)), ZEROS), ("Input 'x' takes 4 per row", "4\u00d72")),
    (fit_one(np.float32(1.0), ZEROS), ("no rows (a single number)",)),
    (fit_one(np.ones((0, 4)), np.zeros(0, int)), ("no rows",)),
    (lambda: one()(np.ones((2, 3), np.float32)), ("Input 'x' takes 4 per row", "3")),
    (lambda: shop()({"text": TEXT}), ("'text', 'numbers'", "'text' was given")),
    (lambda: shop().predict([TEXT]), ("2 inputs", "1 arrays")),
    (lambda: one().predict(np.ones((4, 4)), batch_size=0), ("batch_size", "at least 1", "0")),
    # targets
    (fit(y=None), ("output 'price' has a loss or metrics but no target", "none")),
    (fit(y=[PRICE]), ("'price', 'kind'", "1 array was given")),
    (fit(y=[PRICE, KIND, KIND]), ("'price', 'kind'", "3 arrays were given")),
    (fit(y={"price": PRICE}), ("output 'kind' has a loss", "'price'")),
    (fit(y={"price": PRICE, "kinds": KIND}), ("no output 'kinds'", "'price', 'kind'", "did you mean 'kind'")),
    (fit(y=[PRICE, None]), ("output 'kind' has a loss", "'price'")),
    (fit(y=[PRICE[:5], KIND]), ("target 'price' has 5", "target 'kind' has 6")),
    (fit(y=[np.ones((6, 2)), KIND]), ("target of output 'price' takes 1 per row", "2")),
    (fit(y=[PRICE, KIND + 1]), ("target of output 'kind' holds class 3", "3 classes: 0 to 2")),
    (fit(y=[PRICE, KIND - 5]), ("target of output 'kind' holds class",)),
    (fit(y=[PRICE, np.eye(3)[KIND]]), ("target of output 'kind' takes scalar per row", "3")),
    (fit(y=[PRICE, KIND + 0.5]), ("target of output 'kind' takes whole numbers",)),
    (fit(y=[PRICE, np.array(list("abcabc"))]), ("target of output 'kind' takes numbers", "words")),
    (fit(y=[np.ones((6, 2, 1)), KIND]), ("target of output 'price' takes 1 per row", "2\u00d71")),
    # weights
    (fit(sample_weight=np.ones(5)), ("weights 'price' has 5",)),
    (
        fit(sample_weight=[np.ones(6)]),
        ("sample weights for the outputs 'price', 'kind'", "1 array was given"),
    ),
    (
        fit(sample_weight={"kinds": np.ones(6)}),
        ("sample weights: there is no output 'kinds'", "did you mean 'kind'"),
    ),
    (
        fit(sample_weight=np.ones((6, 2))),
        ("sample weights of output 'price'", "one number per row", "2 per row"),
    ),
    (fit(sample_weight=np.full(6, np.nan)), ("sample weights of output 'price'", "finite", "nan")),
    (fit(sample_weight=np.array(["a"] * 6)), ("sample weights of output 'price' are numbers", "<U1")),
    (fit(class_weight={0: 2.0}), ("class_weight: say of which output", "'price', 'kind'")),
    (fit(class_weight={"kinds": {0: 2.0}}), ("class_weight: there is no output 'kinds'", "'price', 'kind'")),
    (fit(class_weight=[1.0, 2.0]), ("class_weight: expected weights by class id", "list")),
    (fit_one(ONES, ZEROS, class_weight={"a": 2.0}), ("class_weight: classes are whole numbers", "'a'")),
    (fit_one(ONES, ZEROS, class_weight={0: "b"}), ("class_weight: the weight of class 0", "'b'")),
    (fit_one(ONES, ZEROS, class_weight={-1: 1.0}), ("class_weight: classes are whole numbers from 0", "-1")),
    # validation, epochs, batches
    (fit(validation_split=1.5), ("validation_split", "between 0 and 1", "1.5")),
    (fit(validation_split=-0.1), ("validation_split", "between 0 and 1", "-0.1")),
    (fit(validation_split=0.9), ("validation_split=0.9 of 6 rows leaves one side empty",)),
    (fit(validation_data=X), ("'price', 'kind'", "1 array was given")),
    (fit(validation_data=(X,)), ("validation_data is (inputs, targets)", "1 things")),
    (fit(validation_data=(X, [PRICE])), ("'price', 'kind'", "1 array was given")),
    (fit(validation_data=(X, Y), validation_freq=0), ("validation_freq", "at least 1", "0")),
    (fit(validation_data=(X, Y), validation_freq="often"), ("validation_freq", "'often'")),
    (fit(epochs=-1), ("epochs", "at least 0", "-1")),
    (fit(epochs=1.5), ("epochs is a whole number", "1.5")),
    (fit(batch_size=0), ("batch_size", "at least 1", "0")),
    (fit(batch_size="8"), ("batch_size", "'8'")),
    (fit(steps_per_epoch=0), ("steps_per_epoch", "at least 1", "0")),
    (fit(steps_per_epoch=9, batch_size=4), ("9 steps of 4 rows need 36 rows", "there are 6")),
    (fit(initial_epoch=-1), ("initial_epoch", "at least 0", "-1")),
    (fit(callbacks=["early"]), ("callbacks: expected Callback objects", "'early'")),
    (fit_one(nothing(), None), ("the data gave no batch",)),
    (fit_one(ragged(), None), ("a batch is (x, y) or (x, y, sample_weight)", "4 things")),
    (fit_one(nothing(), ZEROS), ("pass no y or sample_weight",)),
    (fit_one(nothing(), None, validation_split=0.5), ("validation_split parts arrays",)),
    (lambda: one().fit(Dataset({"x": ONES}, {"y": ZEROS}), ZEROS), ("a Dataset holds its targets",)),
    # compile
    (lambda: shop().fit(X, Y), ("shop", "call compile(...) before fit")),
    (lambda: shop().evaluate(X, Y), ("call compile(...) before evaluate",)),
    (compile_(loss=["mse"]), ("loss: expected 2", "'price', 'kind'", "a list of 1")),
    (compile_(loss={"price": "mse"}), ("loss: expected 'price', 'kind'", "got 'price'", "say None")),
    (compile_(loss={**LOSSES, "more": "mse"}), ("loss: there is no output 'more'", "'price', 'kind'")),
    (compile_(loss="mean_squared"), ("no loss 'mean_squared'", "MeanSquaredError")),
    (compile_(loss=3), ("3 is no loss",)),
    (compile_(loss="ctc"), ("CTC of Keras is left out here",)),
    (
        compile_(loss=list(LOSSES.values()), loss_weights={"price": 1.0, "kind": 1.0}),
        ("loss is a list", "mapping"),
    ),
    (compile_(loss_weights=[1.0, 2.0]), ("loss is a mapping but loss_weights a list",)),
    (
        compile_(loss_weights={"price": 1.0}),
        ("loss_weights: expected one for each of 'price', 'kind'", "'price'"),
    ),
    (compile_(loss_weights={"price": 1.0, "kinds": 1.0}), ("loss_weights: there is no output 'kinds'",)),
    (compile_(loss_weights={"price": "a", "kind": 1.0}), ("loss_weights of 'price'", "finite number", "'a'")),
    (compile_(loss="mse", loss_weights=[1.0]), ("loss_weights: expected 2", "a list of 1")),
    (compile_(loss="mse", loss_weights=2.0), ("loss_weights: pass a list", "'price', 'kind'")),
    (compile_(metrics="mae"), ("metrics: pass a list for the outputs", "'price', 'kind'")),
    (compile_(metrics=["mae"]), ("metrics: expected 2", "a list of 1")),
    (compile_(metrics={"prices": "mae"}), ("metrics: there is no output 'prices'",)),
    (compile_(metrics={"price": "mea"}), ("no metric 'mea'",)),
    (compile_(weighted_metrics={"kinds": "acc"}), ("weighted_metrics: there is no output 'kinds'",)),
    (compile_(metrics={"price": "mean"}), ("Mean of Keras is left out here",)),
    (compile_(optimizer="adamm"), ("no optimizer 'adamm'", "Adam")),
    (compile_(optimizer=0.1), ("0.1 is no optimizer",)),
    (lambda: optimizers.Adam(-1.0), ("Adam.learning_rate", "at least 0", "-1")),
    (
        lambda: optimizers.SGD(clipnorm=1.0, clipvalue=1.0),
        ("clips in one way only", "clipnorm and clipvalue"),
    ),
    (lambda: optimizers.Adam(beta=0.9), ("beta",)),
    (lambda: losses.Huber(delta="a"), ("Huber.delta", "'a'")),
    (lambda: losses.MeanSquaredError(reduction="none"), ("reduction", "sum_over_batch_size", "none")),
    (lambda: metrics.AUC(curve="RC"), ("AUC.curve", "ROC, PR, PRGAIN")),
    (lambda: metrics.MeanIoU(num_classes=0), ("num_classes", "at least 1")),
    (lambda: metrics.IoU(num_classes=2, target_class_ids=[2]), ("there is no class 2", "num_classes is 2")),
    (with_metric("mae"), ("metric MeanAbsoluteError needs 3 per row", "takes class ids")),
    (with_metric("categorical_accuracy"), ("metric CategoricalAccuracy needs 3 per row", "takes class ids")),
    # callbacks
    (fit(callbacks=EarlyStopping("val_loss")), ("'val_loss'", "there is no validation data")),
    (fit(callbacks=EarlyStopping("price_los")), ("'price_los'", "loss, price_loss, kind_loss")),
    (fit(callbacks=ReduceLROnPlateau("loss + mae")), ("'mae'",)),
    (lambda: ReduceLROnPlateau("loss", factor=1.5), ("factor", "less than 1", "1.5")),
    (lambda: EarlyStopping("__import__('os')"), ("names of logged values",)),
    (fit(callbacks=ModelCheckpoint("w-{accuracy}.safetensors")), ("'accuracy'", "not logged")),
    # calls
    (lambda: shop().get_layer("wordz"), ("no layer 'wordz'", "'words'")),
    (lambda: shop().get_layer(index=99), ("7 layers", "99")),
    (lambda: shop().set_weights([]), ("5 weights, got 0",)),
    (lambda: one().gradients(ONES, np.ones((4, 2))), ("cotangent of 'y'", "(4, 2)", "(4, 3)")),
    (lambda: one().trainer.set_loss_weight("z", 1.0), ("no output 'z' with a loss", "'y'")),
    (lambda: Model([Input((2,), name="a")] * 2, Input((2,), name="b")), ("an input is listed twice",)),
    (lambda: Model(Input((2,), name="a"), Dense(1)(Input((2,), name="b"))), ("depends on the input 'b'",)),
    (lambda: Model(np.ones(2), np.ones(2)), ("Model was called on ndarray",)),
]


@pytest.mark.parametrize(("call", "words"), BAD, ids=[words[0] for _, words in BAD])
def test_mistakes_are_named(call: Callable[[], Any], words: tuple[str, ...]) -> None:
    with pytest.raises((LayerloomError, TypeError)) as caught:
        call()
    told = str(caught.value)
    assert all(word in told for word in words), told


def test_there_are_many() -> None:
    assert len(BAD) >= 60

"""Training that goes on in Keras where it was left here: settings, names of logs, and the optimizer's state."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph_engine.interchange.keras import KerasError
from graph_engine.interchange.keras.compiling import compile_config
from graph_engine.layers import Concatenate, Dense
from graph_engine.model import Input, Model
from graph_engine.training import LOSSES, METRICS, OPTIMIZERS as ALL_OPTIMIZERS
from graph_engine.training.losses import Crossentropy
from graph_engine.training.metrics import AUC, Accuracy, MeanSquaredError, Precision
from tests.peers.interchange.compiling import (
    OPTIMIZERS,
    ROWS,
    chain,
    histories_agree,
    varied,
    words,
)
from tests.peers.interchange.twin import MARKS, fresh_names, keras, saved

pytestmark = MARKS
FIT: dict[str, Any] = {"batch_size": 4, "shuffle": False, "verbose": 0}


def there(ours: Model, folder: Path) -> Any:
    """The model as Keras opens it, compiled; a state that it does not take would be a warning, and so an error."""
    ours.save(folder / "ours.keras")
    return keras.models.load_model(folder / "ours.keras")


@pytest.mark.parametrize("build", [chain, varied])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_five_more_steps_in_keras_are_ours(name: str, build: Callable[[], Any], tmp_path: Path) -> None:
    with fresh_names():
        first = build()
        first.compile(OPTIMIZERS[name](), loss="mse")
        ours = Model.load(saved(first, tmp_path))
    x, y = words() if build is chain else looks()
    for start in (0, 4, 8):
        ours.train_on_batch(x[start : start + 4], y[start : start + 4])
    theirs = there(ours, tmp_path)
    assert int(theirs.optimizer.iterations.numpy()) == ours.optimizer.updates > 0
    for start in (0, 4, 8, 0, 4):
        rows = slice(start, start + 4)
        wanted = ours.train_on_batch(x[rows], y[rows])["loss"]
        np.testing.assert_allclose(
            float(theirs.train_on_batch(x[rows], y[rows])), wanted, rtol=2e-4, atol=1e-6
        )


def looks() -> tuple[Any, Any]:
    x = np.random.default_rng(4).normal(size=(ROWS, 6, 4)).astype(np.float32)
    return x, x[:, 0, :1]


def heads(names: tuple[str, ...] = ("age", "job")) -> Model:
    given = Input((4,), name="given")
    hidden = Dense(5, activation="tanh")(given)
    return Model(
        given, [Dense(1, name=names[0])(hidden), Dense(3, activation="softmax", name=names[1])(hidden)]
    )


def targets() -> tuple[Any, dict[str, Any]]:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(ROWS, 4)).astype(np.float32)
    return x, {"age": rng.normal(size=(ROWS, 1)).astype(np.float32), "job": rng.integers(0, 3, (ROWS, 1))}


def by_name() -> dict[str, Any]:
    return {
        "optimizer": "adam",
        "loss": {"age": "mse", "job": "sparse_categorical_crossentropy"},
        "loss_weights": {"age": 0.25, "job": 2.0},
        "metrics": {"age": ["mae", MeanSquaredError(name="squares")], "job": "accuracy"},
        "weighted_metrics": {"job": ["acc"]},
    }


def in_order() -> dict[str, Any]:
    return {"optimizer": "sgd", "loss": ["mae", Crossentropy()], "metrics": [[], ["accuracy"]]}


def one_of_two() -> dict[str, Any]:
    return {"loss": {"age": None, "job": "ce"}, "metrics": {"job": "accuracy"}}


@pytest.mark.parametrize("settings", [by_name, in_order, one_of_two])
def test_heads_keep_their_losses_weights_and_metrics(
    settings: Callable[[], dict[str, Any]], tmp_path: Path
) -> None:
    ours, (x, y) = heads(), targets()
    ours.compile(**settings())
    active = {name: array for name, array in y.items() if settings is not one_of_two or name == "job"}
    ours.fit(x, active, **FIT)
    theirs = there(ours, tmp_path)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Gradients do not exist", UserWarning)
        found = theirs.fit(x, list(y.values()), epochs=2, **FIT).history
    histories_agree(found, ours.fit(x, active, epochs=2, **FIT).history)


def test_outputs_that_have_names_of_their_own(tmp_path: Path) -> None:
    given = Input((4,), name="given")
    both = Concatenate()([given, Dense(2)(given)])
    ours = Model(given, {"late": Dense(1)(both), "early": Dense(3, activation="softmax")(both)})
    ours.compile(
        "adam",
        loss={"early": "sparse_categorical_crossentropy", "late": "mse"},
        loss_weights={"early": 3.0, "late": 0.5},
        metrics={"late": "mae"},
    )
    x, y = targets()
    y = {"early": y["job"], "late": y["age"]}
    ours.fit(x, y, **FIT)
    found = there(ours, tmp_path).fit(x, y, epochs=2, **FIT).history
    histories_agree(found, ours.fit(x, y, epochs=2, **FIT).history)


def test_one_output_keeps_its_weight_and_its_metrics(tmp_path: Path) -> None:
    given = Input((4,), name="given")
    ours = Model(given, Dense(1, activation="sigmoid")(given))
    metrics = [AUC(name="area"), Precision(thresholds=0.3), "accuracy"]
    ours.compile("adam", loss="binary_crossentropy", loss_weights=[2.0], metrics=metrics)
    x, y = targets()[0], np.random.default_rng(5).integers(0, 2, (ROWS, 1))
    ours.fit(x, y, **FIT)
    found = there(ours, tmp_path).fit(x, y, epochs=2, **FIT).history
    histories_agree(found, ours.fit(x, y, epochs=2, **FIT).history)


def test_a_model_without_a_loss_is_not_compiled(tmp_path: Path) -> None:
    given = Input((4,), name="given")
    assert not there(Model(given, Dense(1)(given)), tmp_path).compiled


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"loss": Crossentropy(reduction="sum")}, "crossentropy"),
        ({"loss": "mse", "metrics": [Accuracy(name="right")]}, "accuracy"),
    ],
    ids=["loss", "metric"],
)
def test_a_word_of_keras_with_settings_is_refused(
    settings: dict[str, Any], word: str, tmp_path: Path
) -> None:
    given = Input((4,), name="given")
    ours = Model(given, Dense(3, name="job")(given))
    ours.compile("adam", **settings)
    with pytest.raises(KerasError, match=f"the {word} of output 'job' .* choose"):
        ours.save(tmp_path / "m.keras")
    assert not (tmp_path / "m.keras").exists()


@pytest.mark.parametrize(
    ("catalogue", "setting"),
    [(LOSSES, "loss"), (METRICS, "metrics"), (ALL_OPTIMIZERS, "optimizer")],
    ids=["losses", "metrics", "optimizers"],
)
def test_keras_makes_every_object_of_ours(catalogue: Any, setting: str) -> None:
    given = Input((4,), name="given")
    ours = Model(given, Dense(3, name="job")(given))
    for kind, cls in catalogue.items():
        arguments: dict[str, Any] = {
            "loss": "mse",
            setting: [cls()] if setting == "metrics" else cls(),
        }
        ours.compile(**arguments)
        document = ours.document
        found = compile_config(document, document.main.outputs[0])
        assert found is not None
        (told,) = found[setting] if setting == "metrics" else (found[setting],)
        if isinstance(told, str):
            assert kind in ("Accuracy", "Crossentropy")
            continue
        kept = keras.saving.deserialize_keras_object(told).get_config()
        for name, value in cls().config().items():
            if name in kept and name != "name":  # Keras leaves a few out
                assert told["config"].get(name, value) == value
                assert kept[name] == (pytest.approx(value) if isinstance(value, float) else value), (
                    kind,
                    name,
                )

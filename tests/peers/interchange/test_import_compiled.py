"""Training that goes on here where it was left in Keras: settings, names of logs, and the optimizer's state."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph_engine.interchange.keras.compiled import compiled
from graph_engine.model import Model
from graph_engine.training import LOSSES, METRICS, OPTIMIZERS as ALL_OPTIMIZERS
from graph_engine.values import LayerloomError
from tests.peers.interchange.compiling import (
    OPTIMIZERS,
    ROWS,
    chain,
    histories_agree,
    two_heads,
    varied,
    weights_agree,
    words,
)
from tests.peers.interchange.twin import MARKS, fresh_names, keras, saved

pytestmark = MARKS
L: Any = keras.layers
Opt: Any = keras.optimizers
S: Any = keras.optimizers.schedules
M: Any = keras.metrics
NEEDED: Mapping[str, dict[str, Any]] = {
    "IoU": {"num_classes": 3, "target_class_ids": [0, 1]},
    "MeanIoU": {"num_classes": 3},
    "OneHotIoU": {"num_classes": 3, "target_class_ids": [1]},
    "OneHotMeanIoU": {"num_classes": 3},
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
}


def opened(theirs: Any, folder: Path) -> Model:
    """The model as saved; whatever were lost would be a warning, and so an error."""
    return Model.load(saved(theirs, folder))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_five_more_steps_are_those_of_keras(name: str, tmp_path: Path) -> None:
    with fresh_names():
        theirs = chain()
        theirs.compile(OPTIMIZERS[name](), loss="mse")
        x, y = words()
        for start in (0, 4, 8):
            theirs.train_on_batch(x[start : start + 4], y[start : start + 4])
        ours = opened(theirs, tmp_path)
        for start in (0, 4, 8, 0, 4):
            rows = slice(start, start + 4)
            wanted = theirs.train_on_batch(x[rows], y[rows])
            found = ours.train_on_batch(x[rows], y[rows])["loss"]
            np.testing.assert_allclose(found, float(wanted), rtol=1e-5, atol=1e-6)
        weights_agree(theirs, ours)


@pytest.mark.parametrize("name", ["amsgrad", "muon", "adafactor"])
def test_slots_reach_their_weights_wherever_those_are(name: str, tmp_path: Path) -> None:
    with fresh_names():
        theirs = varied()
        theirs.compile(OPTIMIZERS[name](), loss="mse")
        x = np.random.default_rng(4).normal(size=(4, 6, 4)).astype(np.float32)
        y = x[:, 0, :1]
        for _ in range(3):
            theirs.train_on_batch(x, y)
        ours = opened(theirs, tmp_path)
        by_name = {
            name.replace("/", "_"): path for name, path in zip(ours.weights, ours.parameters, strict=True)
        }
        kept, compared = ours.optimizer.tensors(), 0
        for variable in theirs.optimizer.variables:
            owner, _, slot = variable.path.partition("/")[2].rpartition("_")
            if slot in ("momentum", "velocity") and variable.shape:
                found, wanted = kept[f"{slot}/{by_name[owner]}"], variable.numpy()
                np.testing.assert_array_equal(found, wanted, err_msg=owner)
                compared += 1
        assert compared >= len(theirs.trainable_variables)
        for _ in range(2):
            wanted = theirs.train_on_batch(x, y)
            np.testing.assert_allclose(ours.train_on_batch(x, y)["loss"], float(wanted), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", ["adam", "gathered", "piecewise"])
def test_a_project_saved_in_between_changes_nothing(name: str, tmp_path: Path) -> None:
    with fresh_names():
        theirs = chain()
        theirs.compile(OPTIMIZERS[name](), loss="mse")
        x, y = words()
        theirs.fit(x, y, batch_size=4, shuffle=False, verbose=0)
        ours = opened(theirs, tmp_path)
        ours.train_on_batch(x[:4], y[:4])
        ours.save(tmp_path / "between.loom")
        again = Model.load(tmp_path / "between.loom")
        for model in (theirs, theirs, again):
            model.train_on_batch(x[:4], y[:4])
        weights_agree(theirs, again)


def plain() -> dict[str, Any]:
    return {"loss": "mse", "metrics": ["mae", "accuracy"]}


def objects() -> dict[str, Any]:
    return {
        "optimizer": "adam",
        "loss": keras.losses.LogCosh(reduction="sum"),
        "metrics": [
            M.MeanSquaredError(name="squares"),
            M.Accuracy(),
            M.mean_absolute_percentage_error,
            M.R2Score(),
        ],
        "weighted_metrics": ["mse", M.MeanAbsoluteError(name="weighed")],
    }


def function() -> dict[str, Any]:
    return {"optimizer": "sgd", "loss": keras.losses.mean_squared_error, "metrics": [["mae"], ["mse"]]}


def twice() -> dict[str, Any]:
    """Keras counts objects that have no name of their own."""
    return {"loss": "mae", "metrics": [M.MeanSquaredError(), M.RootMeanSquaredError(name="b")]}


@pytest.mark.parametrize("settings", [plain, objects, function, twice])
def test_fit_goes_on_with_the_same_history(settings: Callable[[], dict[str, Any]], tmp_path: Path) -> None:
    with fresh_names():
        theirs = chain()
        theirs.compile(**settings())
        x, y = words()
        given: dict[str, Any] = {
            "batch_size": 4,
            "shuffle": False,
            "sample_weight": np.linspace(0.5, 2.0, ROWS, dtype=np.float32),
            "validation_data": words(1),
            "verbose": 0,
        }
        theirs.fit(x, y, epochs=1, **given)
        ours = opened(theirs, tmp_path)
        wanted = theirs.fit(x, y, epochs=2, **given).history
        histories_agree(wanted, ours.fit(x, y, epochs=2, **given).history)


def by_name() -> dict[str, Any]:
    return {
        "optimizer": Opt.Adam(0.01),
        "loss": {"age": "mse", "job": keras.losses.SparseCategoricalCrossentropy()},
        "loss_weights": {"age": 0.25, "job": 2.0},
        "metrics": {"age": ["mae"], "job": ["accuracy", M.SparseTopKCategoricalAccuracy(k=2, name="two")]},
        "weighted_metrics": {"job": ["acc"]},
    }


def in_order() -> dict[str, Any]:
    return {
        "optimizer": Opt.SGD(0.05),
        "loss": ["mae", "sparse_categorical_crossentropy"],
        "loss_weights": [1.0, 0.5],
        "metrics": [["mse"], []],
    }


def one_of_two() -> dict[str, Any]:
    return {"loss": {"age": None, "job": "sparse_categorical_crossentropy"}, "metrics": {"job": "accuracy"}}


@pytest.mark.parametrize("settings", [by_name, in_order, one_of_two])
def test_heads_keep_their_losses_weights_and_metrics(
    settings: Callable[[], dict[str, Any]], tmp_path: Path
) -> None:
    with fresh_names():
        theirs = two_heads()
        theirs.compile(**settings())
        rng = np.random.default_rng(3)
        x = rng.normal(size=(ROWS, 4)).astype(np.float32)
        y = {"age": rng.normal(size=(ROWS, 1)).astype(np.float32), "job": rng.integers(0, 3, (ROWS, 1))}
        given: dict[str, Any] = {"batch_size": 4, "shuffle": False, "verbose": 0}
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Gradients do not exist", UserWarning)
            theirs.fit(x, list(y.values()), **given)
            ours = opened(theirs, tmp_path)
            wanted = theirs.fit(x, list(y.values()), epochs=2, **given).history
        active = y if settings is not one_of_two else {"job": y["job"]}
        histories_agree(wanted, ours.fit(x, active, epochs=2, **given).history)


@pytest.mark.parametrize(
    ("catalogue", "module", "setting"),
    [(LOSSES, keras.losses, "loss"), (METRICS, M, "metrics"), (ALL_OPTIMIZERS, Opt, "optimizer")],
    ids=["losses", "metrics", "optimizers"],
)
def test_every_object_of_keras_is_taken(catalogue: Any, module: Any, setting: str, tmp_path: Path) -> None:
    with fresh_names():
        document = Model.load(saved(chain(), tmp_path)).document
    taken = 0
    for name in catalogue:
        twin = getattr(module, {"ExactAccuracy": "Accuracy"}.get(name, name), None)
        if twin is None or name == "Accuracy":
            continue
        saved_as = keras.saving.serialize_keras_object(twin(**NEEDED.get(name, {})))
        found = compiled({setting: saved_as}, document)
        assert not found.remarks, (name, found.remarks)
        (objective,) = found.training.objectives.values()
        chosen = [objective.loss, *objective.metrics, found.training.optimizer]
        assert name in [choice.type for choice in chosen if choice is not None]
        taken += 1
    assert taken >= len(catalogue) - 2


def own_loss(y: Any, p: Any) -> Any:
    return keras.ops.mean(keras.ops.abs(y - p), axis=-1)


class OwnSchedule(S.LearningRateSchedule):  # type: ignore[misc]  # Keras has no types
    def __call__(self, step: Any) -> Any:
        return 0.1

    def get_config(self) -> dict[str, Any]:
        return {}


def test_an_own_loss_is_named_and_left_out(tmp_path: Path) -> None:
    with fresh_names():
        theirs = two_heads()
        theirs.compile("adam", loss=["mse", own_loss])
        with pytest.warns(UserWarning, match="without a loss.*'own_loss'"):
            ours = Model.load(saved(theirs, tmp_path))
        assert ours.document.training.optimizer.type == "Adam"
        with pytest.raises(LayerloomError, match="no output has a loss"):
            ours.fit(np.zeros((2, 4)), [np.zeros((2, 1)), np.zeros((2, 1))])


def test_an_own_metric_is_named_and_the_rest_taken(tmp_path: Path) -> None:
    with fresh_names():
        theirs = chain()
        theirs.compile("adam", loss="mse", metrics=[own_loss, "mae", M.MeanMetricWrapper(own_loss, name="w")])
        with pytest.warns(UserWarning, match="a metric was not taken"):
            ours = Model.load(saved(theirs, tmp_path))
        assert list(ours.fit(*words()).history) == ["loss", "mae"]


def test_an_own_schedule_leaves_the_optimizer_out(tmp_path: Path) -> None:
    with fresh_names():
        theirs = chain()
        theirs.compile(Opt.SGD(OwnSchedule()), loss="mse")
        with pytest.warns(UserWarning, match="optimizer was not taken, Adam stands in its place"):
            ours = Model.load(saved(theirs, tmp_path))
        assert list(ours.fit(*words()).history) == ["loss"]


def test_the_state_of_weights_frozen_since_starts_anew(tmp_path: Path) -> None:
    with fresh_names():
        theirs = chain()
        theirs.compile("adam", loss="mse")
        theirs.train_on_batch(*words())
        theirs.layers[0].trainable = False
        with pytest.warns(UserWarning, match="optimizer starts anew"):
            ours = Model.load(saved(theirs, tmp_path))
        assert ours.optimizer.iterations == 0


def test_rates_are_written_as_people_wrote_them(tmp_path: Path) -> None:
    with fresh_names():
        theirs = chain()
        theirs.compile(Opt.Adam(0.003), loss="mse")
        assert opened(theirs, tmp_path).document.training.optimizer.config["learning_rate"] == 0.003

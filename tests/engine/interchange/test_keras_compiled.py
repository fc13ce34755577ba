"""``compile_config`` in all the forms it takes, and in those it should not: the model opens whatever it holds."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph_engine.document import Training
from graph_engine.model import Model
from tests.engine.interchange.files import ARRAYS, dense_model, weights, write


def opened(folder: Path, arrays: Any = None, **compile_config: Any) -> Model:
    config = {**dense_model(), "compile_config": compile_config}
    return Model.load(write(folder / "m.keras", config, weights({**ARRAYS, **(arrays or {})})))


def keras_object(kind: str, module: str | None = "keras.optimizers", **config: Any) -> dict[str, Any]:
    return {"module": module, "class_name": kind, "config": config, "registered_name": None}


def function(name: str) -> dict[str, Any]:
    return {"module": "builtins", "class_name": "function", "config": name, "registered_name": "function"}


@pytest.mark.parametrize(
    "loss",
    [
        "mse",
        "MeanSquaredError",
        function("mean_squared_error"),
        keras_object("MeanSquaredError", "keras.losses", name="own_name", dtype="float32"),
        ["mse"],
        [["mse"]],
        {"dense": "mse"},
        {"class_name": "__tuple__", "config": {"value": ["mse"]}},
    ],
)
def test_every_form_of_a_loss(loss: Any, tmp_path: Path) -> None:
    (objective,) = opened(tmp_path, loss=loss).document.training.objectives.values()
    assert objective.loss is not None
    assert objective.loss.type == "MeanSquaredError"


def test_a_model_that_was_not_compiled_has_no_objectives(tmp_path: Path) -> None:
    assert opened(tmp_path).document.training == Training(from_weights=True)


def test_the_inner_optimizer_of_a_scaled_loss_is_taken(tmp_path: Path) -> None:
    inner = keras_object("SGD", learning_rate=float(np.float32(0.3)), momentum=0.5)
    slots = {f"optimizer/inner_optimizer/vars/{n}": np.full((), 3) for n in (0, 1)} | {
        "optimizer/inner_optimizer/vars/2": np.full((3, 2), 4.0),
        "optimizer/inner_optimizer/vars/3": np.full(2, 5.0),
    }
    model = opened(
        tmp_path, slots, optimizer=keras_object("LossScaleOptimizer", inner_optimizer=inner), loss="mse"
    )
    assert model.document.training.optimizer.config["learning_rate"] == 0.3
    assert model.optimizer.iterations == 3
    assert [float(slot.max()) for slot in model.optimizer.tensors().values()] == [4.0, 5.0]


def test_another_optimizer_does_not_take_the_state(tmp_path: Path) -> None:
    slots = {f"optimizer/vars/{n}": np.full((), 3) for n in (0, 1)} | {
        "optimizer/vars/2": np.full((3, 2), 4.0),
        "optimizer/vars/3": np.full(2, 5.0),
    }
    model = opened(tmp_path, slots, optimizer=keras_object("SGD", momentum=0.5), loss="mse")
    assert model.optimizer.iterations == 3
    model.compile("adam", "mse")
    assert model.optimizer.iterations == 0
    assert not any(slot.any() for slot in model.optimizer.tensors().values())


CASES: dict[str, tuple[dict[str, Any], str]] = {
    "a number for a loss": ({"loss": 3}, "without a loss"),
    "a loss of others": ({"loss": keras_object("Mine", None)}, "'Mine' comes from code of its own"),
    "a loss of another module": ({"loss": keras_object("system", "os")}, "'system' comes from os"),
    "code": ({"loss": {"class_name": "__lambda__", "config": {"value": "x"}}}, "lambda holds code"),
    "an output there is not": ({"loss": {"a": "mse", "b": "mse"}}, "there is no output 'a'"),
    "too many losses": ({"loss": ["mse", "mae"]}, "a list of 2"),
    "CTC": ({"loss": "ctc"}, "no loss 'ctc' here"),
    "an own metric": ({"loss": "mse", "metrics": [function("own")]}, "there is no metric 'own' here"),
    "a wrong value": (
        {"loss": "mse", "metrics": [keras_object("MeanIoU", "keras.metrics", num_classes="many")]},
        "a metric was not taken",
    ),
    "an optimizer of others": ({"optimizer": keras_object("Fast", "mine")}, "'Fast' comes from mine"),
    "an unknown argument": (
        {"optimizer": keras_object("SGD", decay=0.1)},
        "has decay=0.1, which is not here",
    ),
    "a rate that is none": (
        {"optimizer": keras_object("SGD", learning_rate="fast")},
        "optimizer was not taken",
    ),
    "no rates": (
        {"optimizer": keras_object("SGD", learning_rate=keras_object("PiecewiseConstantDecay"))},
        "optimizer was not taken",
    ),
    "a rate too large": ({"optimizer": keras_object("SGD", learning_rate=1e300)}, ""),
    "a list": ({"optimizer": [1]}, "optimizer was not taken"),
    "weights that are none": ({"loss": "mse", "loss_weights": ["a"]}, "expected a finite number"),
    "broken tuple": ({"loss": {"class_name": "__tuple__", "config": None}}, "without a loss"),
}


@pytest.mark.parametrize("case", CASES)
def test_whatever_cannot_be_taken_is_said_and_the_model_opens(case: str, tmp_path: Path) -> None:
    settings, told = CASES[case]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = opened(tmp_path, **settings)
    assert told in " ".join(str(warning.message) for warning in caught)
    assert model(np.ones((1, 3), np.float32)).shape == (1, 2)


def test_variables_of_another_shape_are_not_taken(tmp_path: Path) -> None:
    slots = {f"optimizer/vars/{n}": np.full((), 3) for n in (0, 1)} | {
        "optimizer/vars/2": np.full((2, 3), 4.0),
        "optimizer/vars/3": np.full(2, 5.0),
    }
    with pytest.warns(UserWarning, match="optimizer starts anew: optimizer/vars/2 has the shape"):
        model = opened(tmp_path, slots, optimizer=keras_object("SGD", momentum=0.5), loss="mse")
    assert model.document.training.optimizer.type == "SGD"
    assert model.optimizer.iterations == 0

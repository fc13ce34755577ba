"""Every optimizer and schedule over several steps, with the arguments all of them share, against Keras."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from graph_engine.compiler import WeightEntry
from graph_engine.layers.base import Weight
from graph_engine.layers.constraints import CONSTRAINTS
from graph_engine.layers.initializers import INITIALIZERS
from graph_engine.runtime import Parameters
from graph_engine.training.optimizers import OPTIMIZERS, OptimizerState
from graph_engine.training.schedules import SCHEDULES
from tests.peers.training.oracle import MARKS, Array, begin, keras, normal, torch

pytestmark = MARKS
begin(2)

SHAPES = {"dense/kernel": (4, 3), "dense/bias": (3,), "words/embeddings": (5, 2), "conv/kernel": (2, 2, 3)}
START = {path: normal(*shape) for path, shape in SHAPES.items()}
STEPS = 6
GRADIENTS = [{path: normal(*shape) for path, shape in SHAPES.items()} for _ in range(STEPS)]
OWN: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("RMSprop", {"rho": 0.8}),
    ("RMSprop", {"momentum": 0.7, "centered": True}),
    ("Adam", {"beta_1": 0.8, "epsilon": 1e-3}),
    ("Adam", {"amsgrad": True}),
    ("AdamW", {}),
    ("Adamax", {}),
    ("Nadam", {}),
    ("Adagrad", {"initial_accumulator_value": 0.2}),
    ("Adadelta", {"learning_rate": 1.0}),
    ("Ftrl", {}),
    (
        "Ftrl",
        {
            "l1_regularization_strength": 0.01,
            "l2_regularization_strength": 0.02,
            "l2_shrinkage_regularization_strength": 0.03,
            "beta": 0.1,
            "learning_rate_power": -0.7,
        },
    ),
    ("Lion", {}),
    ("Lamb", {}),
    ("Muon", {}),
    ("Muon", {"nesterov": False, "rms_rate": None, "exclude_embeddings": False, "adam_lr_ratio": 0.5}),
    ("Adafactor", {}),
    ("Adafactor", {"relative_step": False, "clip_threshold": 0.5}),
]
SHARED: list[dict[str, Any]] = [
    {"weight_decay": 0.1},
    {"clipnorm": 0.5},
    {"global_clipnorm": 0.5},
    {"clipvalue": 0.1},
    {"use_ema": True, "ema_momentum": 0.6},
    {"use_ema": True, "ema_momentum": 0.6, "ema_overwrite_frequency": 2},
    {"gradient_accumulation_steps": 2, "clipnorm": 0.5},
    {"gradient_accumulation_steps": 3, "weight_decay": 0.1, "use_ema": True},
]
CASES = [
    *OWN,
    *(("Adam", shared) for shared in SHARED),
    *(("SGD", {"momentum": 0.9, **shared}) for shared in SHARED),
]


def table(constraints: Mapping[str, Any]) -> dict[str, WeightEntry]:
    zeros = INITIALIZERS.decode("zeros")
    return {
        path: WeightEntry(
            Weight(path.rpartition("/")[2], shape, zeros, constraint=constraints.get(path)), True
        )
        for path, shape in SHAPES.items()
    }


def ours(
    name: str, config: Mapping[str, Any], constraints: Mapping[str, Any] | None = None, moved: Any = None
) -> dict[str, Array]:
    parameters = Parameters(table(constraints or {}))
    parameters.load(START)
    state = OptimizerState(OPTIMIZERS.decode({"type": name, "learning_rate": 0.05, **config}), parameters)
    for gradients in GRADIENTS:
        flat = np.concatenate([gradients[path].ravel() for path in SHAPES])
        state.step(flat.copy(), moved)
    state.finish()
    return parameters.snapshot()


def theirs(
    name: str, config: Mapping[str, Any], constraints: Mapping[str, Any] | None = None, moved: Any = None
) -> dict[str, Array]:
    variables = {}
    for path, start in START.items():
        variable = keras.Variable(start, name=path.replace("/", "_"))
        variable._path = path
        variable.constraint = (constraints or {}).get(path)
        variables[path] = variable
    optimizer = getattr(keras.optimizers, name)(**{"learning_rate": 0.05, **config})
    optimizer.build(list(variables.values()))
    with torch.no_grad():
        for gradients in GRADIENTS:
            found = [
                torch.tensor(gradients[path]) if moved is None or path in moved else None for path in SHAPES
            ]
            optimizer.apply(found, list(variables.values()))
        optimizer.finalize_variable_values(list(variables.values()))
    return {path: variable.numpy() for path, variable in variables.items()}


def assert_same(mine: Mapping[str, Array], wanted: Mapping[str, Array]) -> None:
    for path in SHAPES:
        np.testing.assert_allclose(mine[path], wanted[path], rtol=2e-5, atol=5e-6, err_msg=path)


@pytest.mark.parametrize(("name", "config"), CASES, ids=str)
def test_steps_lead_where_keras_goes(name: str, config: dict[str, Any]) -> None:
    assert_same(ours(name, config), theirs(name, config))


@pytest.mark.parametrize("warmup", [0, 3])
def test_schedule_free_steps_follow_their_paper(warmup: int) -> None:
    """Not against Keras on torch, where the old ``momentum`` is a view of the new one."""
    mine = ours("ScheduleFreeAdamW", {"warmup_steps": warmup})
    for path, start in START.items():
        z, x, y, v = start.copy(), start.copy(), start.copy(), np.zeros_like(start)
        for step, gradients in enumerate(GRADIENTS, 1):
            rate = 0.05 * (min(step / warmup, 1.0) if warmup else 1.0)
            v = 0.999 * v + 0.001 * gradients[path] ** 2
            z = z - rate * gradients[path] / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
            x = x + (z - x) / step
            y = 0.1 * z + 0.9 * x
        np.testing.assert_allclose(mine[path], y, rtol=2e-5, atol=2e-6)


def test_constraints_hold_after_every_step() -> None:
    names = {"dense/kernel": "MaxNorm", "dense/bias": "NonNeg", "conv/kernel": "UnitNorm"}
    mine = {path: CONSTRAINTS.decode(name) for path, name in names.items()}
    keras_own = {path: getattr(keras.constraints, name)() for path, name in names.items()}
    config = {"use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 4}
    assert_same(ours("SGD", config, mine), theirs("SGD", config, keras_own))


@pytest.mark.filterwarnings("ignore:Gradients do not exist")
@pytest.mark.parametrize("name", ["AdamW", "Ftrl", "Lamb"])
def test_weights_that_the_loss_does_not_depend_on_stay(name: str) -> None:
    moved = ("dense/kernel", "words/embeddings")
    mine = ours(name, {}, moved=moved)
    assert_same(mine, theirs(name, {}, moved=moved))
    np.testing.assert_array_equal(mine["dense/bias"], START["dense/bias"])


def test_every_optimizer_of_keras_is_here_or_says_why_not() -> None:
    base = keras.optimizers.Optimizer
    classes = {
        name
        for name, item in vars(keras.optimizers).items()
        if isinstance(item, type) and issubclass(item, base) and item is not base
    }
    assert classes - set(OPTIMIZERS) == set(OPTIMIZERS.left_out)
    assert {name for name, _ in OWN} | {"ScheduleFreeAdamW"} == set(OPTIMIZERS)
    for name in OPTIMIZERS:
        arguments = set(getattr(keras.optimizers, name)().get_config())
        missing = arguments - set(OPTIMIZERS[name].params()) - {"name", "loss_scale_factor"}
        assert missing <= ({"exclude_layers"} if name == "Muon" else set())


SCHEDULED: list[tuple[str, dict[str, Any]]] = [
    ("ExponentialDecay", {"decay_steps": 4, "decay_rate": 0.5}),
    ("ExponentialDecay", {"decay_steps": 4, "decay_rate": 0.5, "staircase": True}),
    ("InverseTimeDecay", {"decay_steps": 4, "decay_rate": 0.5}),
    ("InverseTimeDecay", {"decay_steps": 4, "decay_rate": 0.5, "staircase": True}),
    ("PolynomialDecay", {"decay_steps": 5, "end_learning_rate": 0.01, "power": 2.0}),
    ("PolynomialDecay", {"decay_steps": 5, "end_learning_rate": 0.01, "power": 0.5, "cycle": True}),
    ("CosineDecay", {"decay_steps": 9, "alpha": 0.1}),
    ("CosineDecay", {"decay_steps": 9, "alpha": 0.1, "warmup_target": 0.3, "warmup_steps": 4}),
    ("CosineDecayRestarts", {"first_decay_steps": 3, "t_mul": 2.0, "m_mul": 0.5, "alpha": 0.1}),
    ("CosineDecayRestarts", {"first_decay_steps": 3, "t_mul": 1.0}),
]


@pytest.mark.parametrize(("name", "config"), SCHEDULED, ids=str)
def test_schedules_follow_keras(name: str, config: dict[str, Any]) -> None:
    mine = SCHEDULES.decode({"type": name, **config})
    wanted = getattr(keras.optimizers.schedules, name)(0.2, **config)
    steps = range(20)
    np.testing.assert_allclose(
        [mine.rate(0.2, step) for step in steps],
        [float(wanted(step)) for step in steps],
        rtol=2e-5,
        atol=1e-7,
    )


def test_piecewise_rates_are_factors_of_the_first() -> None:
    mine = SCHEDULES.decode({"type": "PiecewiseConstantDecay", "boundaries": [3, 6], "factors": [0.5, 0.1]})
    wanted = keras.optimizers.schedules.PiecewiseConstantDecay([3, 6], [0.2, 0.1, 0.02])
    assert [mine.rate(0.2, step) for step in range(9)] == pytest.approx([float(wanted(s)) for s in range(9)])


def test_a_schedule_counts_batches() -> None:
    config = {"gradient_accumulation_steps": 2}
    decay = {"decay_steps": 2, "decay_rate": 0.3}
    schedule = keras.optimizers.schedules.ExponentialDecay(0.05, **decay)
    mine = ours("SGD", {**config, "schedule": {"type": "ExponentialDecay", **decay}})
    assert_same(mine, theirs("SGD", {**config, "learning_rate": schedule}))

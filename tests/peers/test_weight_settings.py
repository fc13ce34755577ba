"""How weights start, what is charged for them and what they are brought back to, against Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from graph_engine.compiler import compile_plan, gradients
from graph_engine.kernels.program import Program
from graph_engine.layers.constraints import CONSTRAINTS
from graph_engine.layers.initializers import INITIALIZERS
from graph_engine.layers.regularizers import REGULARIZERS
from graph_engine.params import Catalogue
from graph_engine.runtime import Executor, Parameters
from graph_engine.values import TensorSpec
from tests.peers.keras_bench import keras, torch

pytestmark = [pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

SHAPES = [(4, 5), (3, 3, 2, 4), (6,)]
CERTAIN: list[tuple[str, dict[str, Any], tuple[int, ...]]] = [
    ("Zeros", {}, (3, 4)),
    ("Ones", {}, (3, 4)),
    ("Constant", {"value": 1.5}, (3, 4)),
    ("Identity", {"gain": 0.3}, (3, 5)),
]
DRAWN: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name in ("GlorotUniform", "GlorotNormal", "HeUniform", "HeNormal")),
    *((name, {}) for name in ("LecunUniform", "LecunNormal")),
    ("RandomNormal", {"mean": 0.5, "stddev": 0.2}),
    ("RandomUniform", {"minval": -0.3, "maxval": 0.1}),
    ("TruncatedNormal", {"mean": 0.5, "stddev": 0.2}),
    ("Orthogonal", {"gain": 1.7}),
    *(
        ("VarianceScaling", {"scale": 1.5, "mode": mode, "distribution": distribution})
        for mode in ("fan_in", "fan_out", "fan_avg")
        for distribution in ("truncated_normal", "untruncated_normal", "uniform")
    ),
]
PENALTIES: list[tuple[str, dict[str, Any], tuple[int, ...]]] = [
    *(("L1", {"l1": 0.3}, shape) for shape in SHAPES),
    *(("L2", {"l2": 0.3}, shape) for shape in SHAPES),
    *(("L1L2", {"l1": 0.2, "l2": 0.3}, shape) for shape in SHAPES),
    ("OrthogonalRegularizer", {"factor": 0.3, "mode": "rows"}, (4, 5)),
    ("OrthogonalRegularizer", {"factor": 0.3, "mode": "columns"}, (4, 5)),
]
BOUNDS: list[tuple[str, dict[str, Any], tuple[int, ...]]] = [
    ("NonNeg", {}, (4, 5)),
    *(("MaxNorm", {"max_value": 1.5, "axis": axes}, (3, 3, 2, 4)) for axes in ([0], [0, 1, 2])),
    *(("UnitNorm", {"axis": axes}, (3, 3, 2, 4)) for axes in ([0], [0, 1, 2])),
    *(
        ("MinMaxNorm", {"min_value": 1.0, "max_value": 1.5, "rate": rate, "axis": [0]}, (4, 5))
        for rate in (1.0, 0.4)
    ),
]


def noise(shape: tuple[int, ...]) -> Any:
    return np.random.default_rng([*shape]).standard_normal(shape).astype("float32")


@pytest.mark.parametrize(("kind", "config", "shape"), CERTAIN, ids=str)
def test_weights_start_there(kind: str, config: dict[str, Any], shape: tuple[int, ...]) -> None:
    ours = INITIALIZERS[kind].from_config(config).sample(shape, np.random.default_rng(0))
    np.testing.assert_allclose(ours, _numpy(getattr(keras.initializers, kind)(**config)(shape)))


@pytest.mark.parametrize("shape", [(300, 500), (5, 5, 90, 60), (3, 100, 150)], ids=str)
@pytest.mark.parametrize(("kind", "config"), DRAWN, ids=str)
def test_weights_are_drawn_from_the_same_distribution(
    kind: str, config: dict[str, Any], shape: tuple[int, ...]
) -> None:
    """By the quantiles of many draws."""
    ours = INITIALIZERS[kind].from_config(config).sample(shape, np.random.default_rng(0))
    theirs = _numpy(getattr(keras.initializers, kind)(**config, seed=1)(shape))
    assert ours.shape == theirs.shape
    steps = [0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0] if "niform" in kind else [0.05, 0.25, 0.5, 0.75, 0.95]
    wanted = np.quantile(theirs, steps)
    np.testing.assert_allclose(np.quantile(ours, steps), wanted, atol=0.04 * np.std(theirs))


@pytest.mark.parametrize(("kind", "config", "shape"), PENALTIES, ids=str)
def test_a_penalty_and_its_gradient(kind: str, config: dict[str, Any], shape: tuple[int, ...]) -> None:
    weight = noise(shape)
    program = Program()
    entering = program.feed("w", TensorSpec(shape, "float32"))
    penalty = REGULARIZERS[kind].from_config(config).penalty(entering)
    (slope,) = gradients(program, [penalty], [program.constant(1.0, "float32")], [entering])
    assert slope is not None
    program.results.update({"penalty": penalty, "slope": slope})
    found = Executor(compile_plan(program), Parameters({}, "float32")).run({"w": weight})
    tensor = torch.tensor(weight, requires_grad=True)
    total = getattr(keras.regularizers, kind)(**config)(tensor)
    total.backward()
    np.testing.assert_allclose(found["penalty"], _numpy(total), rtol=1e-5)
    np.testing.assert_allclose(found["slope"], _numpy(tensor.grad), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("kind", "config", "shape"), BOUNDS, ids=str)
def test_weights_are_brought_back(kind: str, config: dict[str, Any], shape: tuple[int, ...]) -> None:
    weight = noise(shape)
    theirs = getattr(keras.constraints, kind)(**config)(torch.tensor(weight))
    np.testing.assert_allclose(
        CONSTRAINTS[kind].from_config(config).project(weight), _numpy(theirs), rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize(
    ("catalogue", "module", "base", "left_out"),
    [
        (INITIALIZERS, keras.initializers, keras.initializers.Initializer, {"STFT"}),
        (REGULARIZERS, keras.regularizers, keras.regularizers.Regularizer, set()),
        (CONSTRAINTS, keras.constraints, keras.constraints.Constraint, set()),
    ],
    ids=["initializers", "regularizers", "constraints"],
)
def test_all_of_keras_are_here(
    catalogue: Catalogue[Any], module: Any, base: type, left_out: set[str]
) -> None:
    classes = {
        value for value in vars(module).values() if isinstance(value, type) and issubclass(value, base)
    }
    assert {each.__name__ for each in classes} - {base.__name__} - set(catalogue) == left_out


def _numpy(tensor: Any) -> Any:
    return keras.ops.convert_to_numpy(tensor)

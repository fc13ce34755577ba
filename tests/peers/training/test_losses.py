"""Every loss and each of its arguments, value and gradient, against Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from graph_engine.kernels import ops
from graph_engine.training import LOSSES
from graph_engine.training.losses.base import REDUCTIONS, reduced
from tests.peers.training.oracle import (
    MARKS,
    Array,
    Case,
    begin,
    chances,
    computed,
    ids,
    keras,
    labels,
    normal,
    one_hot,
    positive,
    simplex,
    torch,
)

pytestmark = MARKS
begin(0)

UNIT = normal(8, 4) / np.linalg.norm(normal(8, 4), axis=-1, keepdims=True)
CASES = [
    Case("MeanSquaredError", normal(6, 3), normal(6, 3)),
    Case("MeanAbsoluteError", normal(6, 3), normal(6, 3)),
    Case("MeanAbsolutePercentageError", normal(6, 3), normal(6, 3)),
    Case("MeanSquaredLogarithmicError", positive(6, 3), positive(6, 3)),
    Case("Huber", normal(6, 3), normal(6, 3)),
    Case("Huber", normal(6, 3), normal(6, 3), {"delta": 0.3}),
    Case("LogCosh", normal(6, 3), normal(6, 3)),
    Case("Poisson", positive(6, 3), positive(6, 3)),
    Case("CosineSimilarity", normal(6, 3), normal(6, 3)),
    Case("CosineSimilarity", normal(6, 3, 2), normal(6, 3, 2), {"axis": 1}),
    Case("BinaryCrossentropy", labels(6, 3), chances(6, 3)),
    Case("BinaryCrossentropy", labels(6, 3), normal(6, 3), {"from_logits": True, "label_smoothing": 0.2}),
    Case("BinaryCrossentropy", labels(6, 3, 2), chances(6, 3, 2), {"axis": 1}),
    Case("BinaryFocalCrossentropy", labels(6, 3), chances(6, 3)),
    Case(
        "BinaryFocalCrossentropy",
        labels(6, 3),
        normal(6, 3),
        {
            "apply_class_balancing": True,
            "alpha": 0.4,
            "gamma": 1.5,
            "from_logits": True,
            "label_smoothing": 0.1,
        },
    ),
    Case("CategoricalCrossentropy", one_hot(4, 6), simplex(6, 4)),
    Case("CategoricalCrossentropy", one_hot(4, 6), positive(6, 4), {"label_smoothing": 0.3}),
    Case("CategoricalCrossentropy", one_hot(4, 6, 3), normal(6, 3, 4), {"from_logits": True}),
    Case("CategoricalCrossentropy", one_hot(4, 6, 3), normal(6, 3, 4), {"from_logits": True, "axis": 1}),
    Case("CategoricalFocalCrossentropy", one_hot(4, 6), simplex(6, 4)),
    Case(
        "CategoricalFocalCrossentropy",
        one_hot(3, 6),
        normal(6, 3),
        {"alpha": [0.2, 0.3, 0.5], "gamma": 1.0, "from_logits": True, "label_smoothing": 0.1},
    ),
    Case("SparseCategoricalCrossentropy", ids(4, 6), simplex(6, 4)),
    Case("SparseCategoricalCrossentropy", ids(4, 6, 3), normal(6, 3, 4), {"from_logits": True}),
    Case("SparseCategoricalCrossentropy", ids(4, 6, 3), simplex(6, 3, 4), {"ignore_class": 2}),
    Case("SparseCategoricalCrossentropy", ids(4, 6, 3), np.moveaxis(simplex(6, 3, 4), -1, 1), {"axis": 1}),
    Case("KLDivergence", simplex(6, 4), simplex(6, 4)),
    Case("Hinge", labels(6, 3), normal(6, 3)),
    Case("Hinge", 2 * labels(6, 3) - 1, normal(6, 3)),
    Case("SquaredHinge", labels(6, 3), normal(6, 3)),
    Case("CategoricalHinge", one_hot(4, 6), normal(6, 4)),
    Case("Dice", labels(2, 4, 4, 1), chances(2, 4, 4, 1)),
    Case("Dice", labels(2, 4, 4, 1), chances(2, 4, 4, 1), {"axis": [1, 2, 3]}),
    Case("Tversky", labels(2, 4, 4, 1), chances(2, 4, 4, 1), {"alpha": 0.3, "beta": 0.7}),
    Case("Tversky", labels(2, 4, 4, 1), chances(2, 4, 4, 1), {"axis": [1, 2, 3]}),
    Case("Circle", ids(3, 8), UNIT),
    Case("Circle", ids(3, 8), UNIT, {"gamma": 20.0, "margin": 0.25, "remove_diagonal": False}),
    Case("CategoricalGeneralizedCrossEntropy", ids(4, 6), simplex(6, 4), {"q": 0.3}),
]


def ours(case: Case, weight: Array | None = None, reduction: str = "sum_over_batch_size") -> dict[str, Array]:
    loss = LOSSES.decode({"type": case.name, **case.config, "reduction": reduction})

    def build(program: Any, feeds: Any) -> Any:
        values = loss.values(feeds["true"], feeds["pred"])
        valid = loss.valid(feeds["true"], values)
        mask = None if valid is None else ops.cast(valid, dtype="float32")
        return {"loss": reduced(loss, values, mask, feeds.get("weight"))}

    arrays = {"true": case.y_true, "pred": case.y_pred, **({} if weight is None else {"weight": weight})}
    return computed(arrays, build, gradient_of="loss", with_respect_to="pred")


def theirs(
    case: Case, weight: Array | None = None, reduction: str = "sum_over_batch_size"
) -> tuple[Any, Any]:
    config = {key: tuple(v) if key == "axis" and isinstance(v, list) else v for key, v in case.config.items()}
    loss = getattr(keras.losses, case.keras_name)(**config, reduction=reduction)
    y_pred = torch.tensor(case.y_pred, requires_grad=True)
    value = loss(torch.tensor(case.y_true), y_pred, sample_weight=weight)
    value.backward()
    return value.detach().numpy(), y_pred.grad.numpy()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_value_and_gradient_are_those_of_keras(case: Case) -> None:
    found, (value, gradient) = ours(case), theirs(case)
    np.testing.assert_allclose(found["loss"], value, rtol=2e-5, atol=1e-6)
    np.testing.assert_allclose(found["gradient"], gradient, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.name in ("Huber", "SparseCategoricalCrossentropy", "Dice")],
    ids=str,
)
def test_sample_weights_reduce_as_in_keras(case: Case, reduction: str) -> None:
    weight = positive(
        *(case.y_true.shape[:2] if case.y_true.ndim == 2 and case.y_pred.ndim == 3 else case.y_true.shape[:1])
    )
    found, (value, gradient) = ours(case, weight, reduction), theirs(case, weight, reduction)
    np.testing.assert_allclose(found["loss"], value, rtol=2e-5, atol=1e-6)
    np.testing.assert_allclose(found["gradient"], gradient, rtol=1e-4, atol=1e-6)


def test_every_loss_of_keras_is_here_or_says_why_not() -> None:
    classes = {
        name
        for name, item in vars(keras.losses).items()
        if isinstance(item, type) and issubclass(item, keras.losses.Loss) and item is not keras.losses.Loss
    }
    assert classes - set(LOSSES) == set(LOSSES.left_out)
    tested = {case.keras_name for case in CASES}
    assert set(LOSSES) - tested == {"Crossentropy"}  # which stands for three of the others
    for cls in classes - set(LOSSES.left_out):
        arguments = set(
            getattr(keras.losses, cls)(**({"q": 0.5} if "Generalized" in cls else {})).get_config()
        )
        assert arguments - set(LOSSES[cls].params()) <= {"name", "dtype"}

"""Every metric and each of its arguments over two batches, with and without weights, against Keras."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from graph_engine.training import METRICS
from graph_engine.values import TensorSpec
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
)

pytestmark = MARKS
begin(1)

BEST = np.argsort(-simplex(10, 4), axis=-1).astype(np.float32)
SCORES = [
    Case(name, labels(10, 3), chances(10, 3), config)
    for name, fixed in (
        ("SensitivityAtSpecificity", {"specificity": 0.4}),
        ("SpecificityAtSensitivity", {"sensitivity": 0.4}),
        ("PrecisionAtRecall", {"recall": 0.4}),
        ("RecallAtPrecision", {"precision": 0.4}),
    )
    for config in (fixed, {**fixed, "num_thresholds": 7, "class_id": 1}, {**fixed, "num_thresholds": 1})
]
COUNTS = [
    Case(name, labels(10, 3), chances(10, 3), config)
    for name in ("TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives")
    for config in ({}, {"thresholds": [0.2, 0.7]})
]
SHARES = [
    Case(name, labels(10, 3), chances(10, 3), config)
    for name in ("Precision", "Recall")
    for config in (
        {},
        {"thresholds": 0.3},
        {"thresholds": [0.0, 0.5, 1.0]},
        {"class_id": 1},
        {"top_k": 2},
        {"top_k": 1, "class_id": 2},
    )
]
AREAS = [
    Case("AUC", labels(10, 3), chances(10, 3), config)
    for config in (
        {},
        {"num_thresholds": 11, "curve": "PR"},
        {"curve": "PR", "summation_method": "minoring"},
        {"curve": "ROC", "summation_method": "majoring"},
        {"curve": "PRGAIN"},
        {"thresholds": [0.9, 0.2, 0.5]},
        {"multi_label": True},
        {"multi_label": True, "num_labels": 3, "label_weights": [1.0, 2.0, 0.5], "curve": "PR"},
        {"label_weights": [1.0, 2.0, 0.5]},
        {"from_logits": True},
    )
]
OVERLAPS = [
    Case("IoU", ids(3, 10), ids(3, 10), {"num_classes": 3, "target_class_ids": [0, 2]}),
    Case(
        "IoU",
        ids(3, 10),
        simplex(10, 3),
        {"num_classes": 3, "target_class_ids": [1], "sparse_y_pred": False, "ignore_class": 0},
    ),
    Case("MeanIoU", ids(3, 10, 4, 2), ids(3, 10, 4, 2), {"num_classes": 3}),
    Case("MeanIoU", ids(4, 10), ids(4, 10), {"num_classes": 4, "ignore_class": 3}),
    Case("BinaryIoU", labels(10, 1), chances(10, 1), {"threshold": 0.3, "target_class_ids": [1]}),
    Case("OneHotIoU", one_hot(3, 10), simplex(10, 3), {"num_classes": 3, "target_class_ids": [0, 2]}),
    Case("OneHotMeanIoU", one_hot(3, 10), simplex(10, 3), {"num_classes": 3}),
    Case("OneHotMeanIoU", one_hot(3, 10), ids(3, 10), {"num_classes": 3, "sparse_y_pred": True}),
]
MEANS = [
    Case("BinaryAccuracy", labels(10, 3), chances(10, 3), {"threshold": 0.4}),
    Case("CategoricalAccuracy", one_hot(4, 10), simplex(10, 4)),
    Case("SparseCategoricalAccuracy", ids(4, 10), simplex(10, 4)),
    Case("SparseCategoricalAccuracy", ids(4, 10, 3), simplex(10, 3, 4)),
    Case(
        "ExactAccuracy", ids(3, 10, 2).astype(np.float32), ids(3, 10, 2).astype(np.float32), theirs="Accuracy"
    ),
    Case("TopKCategoricalAccuracy", one_hot(4, 10), simplex(10, 4), {"k": 2}),
    Case("SparseTopKCategoricalAccuracy", ids(4, 10), simplex(10, 4), {"k": 2}),
    Case("SparseTopKCategoricalAccuracy", ids(4, 10), BEST, {"k": 2, "from_sorted_ids": True}),
    Case("MeanSquaredError", normal(10, 3), normal(10, 3)),
    Case("RootMeanSquaredError", normal(10, 3), normal(10, 3)),
    Case("MeanAbsoluteError", normal(10, 3), normal(10, 3)),
    Case("MeanAbsolutePercentageError", normal(10, 3), normal(10, 3)),
    Case("MeanSquaredLogarithmicError", positive(10, 3), positive(10, 3)),
    Case("CosineSimilarity", normal(10, 3), normal(10, 3)),
    Case("CosineSimilarity", normal(10, 3, 2), normal(10, 3, 2), {"axis": 1}),
    Case("PearsonCorrelation", normal(10, 5), normal(10, 5)),
    Case("ConcordanceCorrelation", normal(10, 5), normal(10, 5)),
    Case("LogCoshError", normal(10, 3), normal(10, 3)),
    Case("Poisson", positive(10, 3), positive(10, 3)),
    Case("KLDivergence", simplex(10, 3), simplex(10, 3)),
    Case("Hinge", labels(10, 3), normal(10, 3)),
    Case("SquaredHinge", labels(10, 3), normal(10, 3)),
    Case("CategoricalHinge", one_hot(3, 10), normal(10, 3)),
    Case("BinaryCrossentropy", labels(10, 3), normal(10, 3), {"from_logits": True, "label_smoothing": 0.1}),
    Case("CategoricalCrossentropy", one_hot(3, 10), simplex(10, 3), {"label_smoothing": 0.1}),
    Case("SparseCategoricalCrossentropy", ids(3, 10), normal(10, 3), {"from_logits": True}),
    Case("SparseCategoricalCrossentropy", ids(3, 10, 2), simplex(10, 2, 3), {"ignore_class": 1}),
    Case("R2Score", normal(10, 3), normal(10, 3)),
    Case("R2Score", normal(10, 3), normal(10, 3), {"class_aggregation": "variance_weighted_average"}),
    Case("R2Score", normal(10, 3), normal(10, 3), {"class_aggregation": None, "num_regressors": 4}),
]
SCORES_F = [
    Case("F1Score", one_hot(3, 10), simplex(10, 3)),
    Case("F1Score", labels(10, 3), chances(10, 3), {"average": "macro", "threshold": 0.4}),
    Case("FBetaScore", labels(10, 3), chances(10, 3), {"average": "micro", "beta": 2.0, "threshold": 0.4}),
    Case("FBetaScore", one_hot(3, 10), simplex(10, 3), {"average": "weighted", "beta": 0.5}),
]
CASES = [*MEANS, *SCORES_F, *COUNTS, *SHARES, *SCORES, *AREAS, *OVERLAPS]
HALVES = (slice(0, 6), slice(6, 10))  # two batches of different size


def ours(case: Case, weight: Array | None) -> Any:
    metric = METRICS.decode({"type": case.name, **case.config})
    sums: list[Array] = []
    for part in HALVES:
        arrays = {"true": case.y_true[part], "pred": case.y_pred[part]}
        if weight is not None:
            arrays["weight"] = weight[part]

        def build(program: Any, feeds: Any) -> Any:
            found = metric.statistics(feeds["true"], feeds["pred"], feeds.get("weight"))
            return {str(index): value for index, value in enumerate(found)}

        found = [array.astype(np.float64) for array in computed(arrays, build).values()]
        sums = [a + b for a, b in zip(sums, found, strict=True)] if sums else found
    result = metric.result(sums)
    assert np.size(result) == metric.entries(TensorSpec((None, *case.y_pred.shape[1:])))
    return result


def theirs(case: Case, weight: Array | None) -> Any:
    metric = getattr(keras.metrics, case.keras_name)(**case.config)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # IoU counts in whole numbers and says so; torch and numpy 2.2
        for part in HALVES:
            given = None if weight is None else weight[part]
            metric.update_state(case.y_true[part], case.y_pred[part], sample_weight=given)
        return keras.ops.convert_to_numpy(metric.result())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_two_batches_give_what_keras_gives(case: Case) -> None:
    np.testing.assert_allclose(ours(case, None), theirs(case, None), rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("case", [case for case in CASES if case.y_pred.ndim <= 2], ids=str)
def test_weights_count_as_in_keras(case: Case) -> None:
    whole = ids(4, 10).astype(np.float32) + 1.0  # whole numbers: Keras' IoU cuts off fractions
    np.testing.assert_allclose(ours(case, whole), theirs(case, whole), rtol=2e-5, atol=2e-6)


def test_every_metric_of_keras_is_here_or_says_why_not() -> None:
    base = keras.metrics.Metric
    classes = {
        name
        for name, item in vars(keras.metrics).items()
        if isinstance(item, type) and issubclass(item, base) and item is not base
    }
    assert classes - set(METRICS) == set(METRICS.left_out)
    assert set(METRICS) - {case.name for case in CASES} == {
        "Accuracy"
    }  # which stands for three of the others
    directions = {case.name: getattr(keras.metrics, case.keras_name)(**case.config) for case in CASES}
    for name, metric in directions.items():
        if getattr(metric, "_direction", None) is not None:
            assert METRICS[name].direction == metric._direction

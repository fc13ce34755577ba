"""Numbers of a report beside scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest

from graph_engine.evaluation.classes import class_scores, confusion_matrix
from graph_engine.evaluation.curves import precision_recall, roc
from graph_engine.evaluation.residuals import residuals_of

pytestmark = pytest.mark.peers
metrics = pytest.importorskip("sklearn.metrics")
calibration = pytest.importorskip("sklearn.calibration")


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def test_confusion_and_scores_by_class(rng: np.random.Generator) -> None:
    true, predicted = rng.integers(0, 5, 400), rng.integers(0, 4, 400)  # a class that is never predicted
    matrix = confusion_matrix(true, predicted, 5)
    np.testing.assert_array_equal(matrix, metrics.confusion_matrix(true, predicted, labels=range(5)))
    theirs = metrics.precision_recall_fscore_support(true, predicted, zero_division=0)
    ours = class_scores(matrix, "abcde")
    for index, name in enumerate(("precision", "recall", "f1", "support")):
        np.testing.assert_allclose([getattr(each, name) for each in ours], theirs[index])


@pytest.mark.parametrize("levels", [5, 100_000])
def test_curves_and_their_areas(rng: np.random.Generator, levels: int) -> None:
    true = rng.integers(0, 2, 150).astype(bool)
    scores = rng.integers(0, levels, 150) / levels + 0.1 * true  # many ties, and none
    ours, other = roc(true, scores), precision_recall(true, scores)
    assert ours is not None and other is not None
    assert ours.area == pytest.approx(metrics.roc_auc_score(true, scores))
    assert other.area == pytest.approx(metrics.average_precision_score(true, scores))
    x, y, _ = metrics.roc_curve(true, scores, drop_intermediate=False)
    np.testing.assert_allclose(ours.x, x)
    np.testing.assert_allclose(ours.y, y)


def test_reliability_by_bin(rng: np.random.Generator) -> None:
    from graph_engine.evaluation.calibration import reliability

    confidence = rng.uniform(0.01, 0.99, 1000)
    right = rng.uniform(size=1000) < confidence**2
    found = reliability(confidence, right)
    share, mean = calibration.calibration_curve(right, confidence, n_bins=10)
    np.testing.assert_allclose(found.accuracy, share)
    np.testing.assert_allclose(found.confidence, mean)


def test_residuals(rng: np.random.Generator) -> None:
    true = rng.normal(size=300)
    predicted = true + rng.normal(0.2, 0.5, 300)
    found = residuals_of(true, predicted, np.arange(300))
    assert found.r2 == pytest.approx(metrics.r2_score(true, predicted))
    assert found.mean_absolute_error == pytest.approx(metrics.mean_absolute_error(true, predicted))
    assert found.root_mean_squared_error == pytest.approx(metrics.root_mean_squared_error(true, predicted))

"""Numbers of a report, each against its definition, worked out in another way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from graph_engine.evaluation.calibration import reliability
from graph_engine.evaluation.classes import accuracy, class_scores, confusion_matrix, label_scores
from graph_engine.evaluation.curves import precision_recall, roc
from graph_engine.evaluation.groups import groups_of
from graph_engine.evaluation.residuals import residuals_of

SCORED = st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=2, max_size=40)


def test_the_confusion_matrix_of_scikit_learns_own_example() -> None:
    """``sklearn.metrics.confusion_matrix``'s documentation, and its ``precision_recall_fscore_support``."""
    true, predicted = np.array([2, 0, 2, 2, 0, 1]), np.array([0, 0, 2, 2, 0, 2])
    matrix = confusion_matrix(true, predicted, 3)
    assert matrix.tolist() == [[2, 0, 0], [0, 0, 1], [1, 0, 2]]
    scores = class_scores(matrix, "abc")
    assert [each.precision for each in scores] == pytest.approx([2 / 3, 0, 2 / 3])
    assert [each.recall for each in scores] == pytest.approx([1, 0, 2 / 3])
    assert [each.f1 for each in scores] == pytest.approx([0.8, 0, 2 / 3])
    assert [each.support for each in scores] == [2, 1, 3]
    assert accuracy(matrix) == pytest.approx(4 / 6)


def test_labels_are_scored_each_by_itself() -> None:
    true = np.array([[True, False], [True, True], [False, False]])
    said = np.array([[True, True], [False, True], [False, False]])
    first, second = label_scores(true, said, ("cat", "dog"))
    assert (first.precision, first.recall, first.support) == (1.0, 0.5, 2)
    assert (second.precision, second.recall, second.f1) == pytest.approx((0.5, 1.0, 2 / 3))


@given(SCORED)
def test_the_roc_area_is_the_chance_that_a_yes_is_ranked_above_a_no(rows: list[tuple[bool, int]]) -> None:
    """Mann and Whitney's U, ties counted half."""
    true, scores = np.array([yes for yes, _ in rows]), np.array([score for _, score in rows], float)
    curve = roc(true, scores)
    if true.all() or not true.any():
        assert curve is None
        return
    assert curve is not None
    pairs = scores[true][:, None] - scores[~true][None]
    assert curve.area == pytest.approx(np.mean((pairs > 0) + 0.5 * (pairs == 0)))
    assert (curve.x[-1], curve.y[-1]) == (1.0, 1.0)


@given(SCORED)
def test_average_precision_sums_precision_over_the_recall_won(rows: list[tuple[bool, int]]) -> None:
    true, scores = np.array([yes for yes, _ in rows]), np.array([score for _, score in rows], float)
    curve = precision_recall(true, scores)
    if not true.any():
        assert curve is None
        return
    area, before = 0.0, 0.0
    for threshold in sorted(set(scores), reverse=True):
        claimed = scores >= threshold
        recall = (true & claimed).sum() / true.sum()
        area += (recall - before) * (true & claimed).sum() / claimed.sum()
        before = recall
    assert curve is not None and curve.area == pytest.approx(area)


def test_calibration_weighs_the_gap_of_each_bin_by_its_entries() -> None:
    confidence = np.array([0.95, 0.95, 0.95, 0.95, 0.55, 0.55])
    right = np.array([True, True, True, False, True, False])
    found = reliability(confidence, right)
    assert found.counts[[5, 9]].tolist() == [2, 4]
    assert found.accuracy[[5, 9]] == pytest.approx([0.5, 0.75])
    assert found.error == pytest.approx(4 / 6 * 0.20 + 2 / 6 * 0.05)
    assert np.isnan(found.confidence[0])


def test_a_model_that_is_always_as_sure_as_it_is_right_has_no_calibration_error() -> None:
    assert reliability(np.ones(5), np.ones(5, bool)).error == 0.0


def test_residuals_say_size_direction_and_share_explained() -> None:
    true, predicted = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.5, 2.5, 3.5, 3.5])
    found = residuals_of(true, predicted, np.arange(4))
    assert found.mean_absolute_error == pytest.approx(0.5)
    assert found.root_mean_squared_error == pytest.approx(0.5)
    assert found.bias == pytest.approx(0.25)
    assert found.r2 == pytest.approx(1 - 1.0 / 5.0)
    assert found.counts.sum() == 4 and len(found.edges) == len(found.counts) + 1
    assert np.isnan(residuals_of(np.ones(3), np.zeros(3), np.arange(3)).r2)


def test_groups_are_values_or_quarters() -> None:
    names, group = groups_of(np.array(["b", "a", "b"]))
    assert [names[index] for index in group] == ["b", "a", "b"]
    names, group = groups_of(np.append(np.arange(100.0), np.nan))
    assert names == ["0 to 24.75", "24.75 to 49.5", "49.5 to 74.25", "74.25 to 99", "missing"]
    assert np.bincount(group).tolist() == [25, 25, 25, 25, 1]

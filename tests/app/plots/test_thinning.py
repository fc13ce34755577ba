"""Curves are thinned to the columns of the screen without losing a peak, and smoothed without a bias."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, strategies as st

from app.plots.curve import Curve
from app.plots.thinning import PER_COLUMN, Smoothed, thinned

HEIGHTS = st.lists(st.floats(-1e6, 1e6) | st.just(math.nan), min_size=1, max_size=400)


@given(HEIGHTS, st.integers(1, 12), st.floats(0, 1), st.floats(0.01, 1))
def test_the_extremes_of_every_column_of_pixels_are_drawn(
    heights: list[float], columns: int, start: float, share: float
) -> None:
    x, y = np.arange(len(heights)) / len(heights), np.array(heights)
    low, high = start, start + share
    xs, ys = thinned(x, y, low, high, columns)
    assert len(xs) == len(ys) and (np.diff(xs) >= 0).all()
    edges = np.linspace(low, high, columns + 1)
    for left, right in pairwise(edges.tolist()):
        there = y[(x >= left) & (x < right)]
        there = there[np.isfinite(there)]
        drawn = ys[(xs >= left) & (xs < right)]
        drawn = drawn[np.isfinite(drawn)]
        if len(there):
            assert (drawn.min(), drawn.max()) == (there.min(), there.max())


def test_a_million_points_are_few_and_keep_a_single_spike() -> None:
    x, y = np.arange(1e6), np.zeros(1_000_000)
    y[777_777] = 9.0
    xs, ys = thinned(x, y, 0, 1e6, 800)
    assert len(xs) <= PER_COLUMN * 801
    assert ys.max() == 9.0


def test_a_column_without_a_number_is_a_gap() -> None:
    y = np.ones(1000)
    y[300:600] = math.inf
    xs, ys = thinned(np.arange(1000.0), y, 0, 1000, 10)
    assert np.isnan(ys[(xs > 320) & (xs < 580)]).all()
    assert np.isfinite(ys[(xs < 290) | (xs > 610)]).all()


@given(HEIGHTS, st.floats(0.01, 0.999), st.integers(0, 400))
def test_the_smoothed_curve_is_the_mean_that_fades(heights: list[float], keep: float, early: int) -> None:
    curve = Curve.of(np.arange(len(heights[:early])), heights[:early])
    smoothed = Smoothed(curve, keep)
    smoothed.values()
    for height in heights[early:]:
        curve.add(len(curve), height)
    total = weight = 0.0
    expected = []
    for height in heights:
        there = math.isfinite(height)
        total, weight = keep * total + (height if there else 0.0), keep * weight + there
        expected.append(total / weight if there else math.nan)
    np.testing.assert_allclose(smoothed.values(), expected, rtol=1e-6, atol=1e-3)


def test_smoothing_has_no_bias_at_the_start_and_starts_anew_where_a_curve_was_cut() -> None:
    curve = Curve.of(np.arange(600.0), np.full(600, 5.0))
    smoothed = Smoothed(curve, 0.99)
    assert smoothed.values() == pytest.approx(np.full(600, 5.0))
    curve.cut(99.0)
    curve.add(100.0, 5.0)
    assert smoothed.values() == pytest.approx(np.full(101, 5.0))

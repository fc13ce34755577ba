"""Long curves are thinned, and nothing that matters is lost."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, strategies as st

from app.plots import curve as module
from app.plots.curve import Curve

HEIGHTS = st.floats(-1e6, 1e6)


def test_a_hundred_thousand_points_stay_few_and_keep_a_single_spike() -> None:
    curve = Curve()
    for index in range(100_000):
        curve.add(index / 1000, 9.0 if index == 77_777 else 1.0 / (1 + index))
    assert len(curve.x) <= 1.1 * module.MOST_POINTS
    assert max(curve.y) == 9.0
    assert curve.near(77.777) == 9.0
    assert curve.last == 1.0 / 100_000


@given(st.lists(HEIGHTS, min_size=1, max_size=300))
def test_thinning_keeps_order_extremes_and_the_newest(heights: list[float]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MOST_POINTS", 16)
        curve = Curve()
        for index, height in enumerate(heights):
            curve.add(float(index), height)
            assert curve.last == height
    assert curve.x == sorted(curve.x)
    assert len(set(curve.x)) == len(curve.x)
    assert (min(curve.y), max(curve.y)) == (min(heights), max(heights))
    assert all(heights[int(x)] == y for x, y in zip(curve.x, curve.y, strict=True))
    assert curve.count == len(heights)


def test_a_value_that_is_no_number_survives_thinning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_POINTS", 16)
    curve = Curve()
    for index in range(200):
        curve.add(float(index), math.nan if index == 50 else 1.0)
    assert any(math.isnan(y) for y in curve.y)


def test_the_nearest_point_is_found_on_both_sides_and_beyond_the_ends() -> None:
    curve = Curve()
    for x in (1.0, 2.0, 4.0):
        curve.add(x, 10 * x)
    assert [curve.near(x) for x in (-5.0, 1.4, 1.6, 3.1, 99.0)] == [10.0, 10.0, 20.0, 40.0, 40.0]
    assert Curve().near(1.0) is None


def test_what_lies_behind_a_cut_is_gone_and_the_curve_grows_on_from_there() -> None:
    curve = Curve()
    for x in (1.0, 2.0, 3.0):
        curve.add(x, 10 * x)
    curve.cut(2.0)
    assert (curve.x, curve.last) == ([1.0, 2.0], 20.0)
    curve.add(2.5, 7.0)
    assert curve.x == [1.0, 2.0, 2.5]

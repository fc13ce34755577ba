"""A curve keeps every point."""

from __future__ import annotations

from app.plots.curve import Curve


def test_every_point_is_kept() -> None:
    curve = Curve()
    for index in range(10_000):
        curve.add(index / 1000, 1.0 / (1 + index))
    assert (len(curve), curve.last) == (10_000, 1.0 / 10_000)
    assert curve.x.tolist() == [index / 1000 for index in range(10_000)]


def test_the_nearest_point_is_found_on_both_sides_and_beyond_the_ends() -> None:
    curve = Curve.of([1.0, 2.0, 4.0], [10.0, 20.0, 40.0])
    assert [curve.near(x) for x in (-5.0, 1.4, 1.6, 3.1, 99.0)] == [10.0, 10.0, 20.0, 40.0, 40.0]
    assert (Curve().near(1.0), Curve().last) == (None, None)


def test_what_lies_behind_a_cut_is_gone_and_the_curve_grows_on_from_there() -> None:
    curve = Curve.of([1.0, 2.0, 3.0], [10.0, 20.0, 30.0])
    before = curve.version
    curve.cut(2.0)
    assert (curve.x.tolist(), curve.last) == ([1.0, 2.0], 20.0)
    curve.add(2.5, 7.0)
    assert curve.x.tolist() == [1.0, 2.0, 2.5]
    assert curve.version == before + 2

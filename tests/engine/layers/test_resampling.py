"""What Keras on torch cannot be asked: sharper kernels. And what holds for all of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from graph_engine.layers.resampling import INTERPOLATIONS, resampling

sizes = st.integers(1, 12)


@given(sizes, sizes, st.sampled_from(INTERPOLATIONS), st.booleans())
def test_a_picture_of_one_value_stays_one(old: int, new: int, interpolation: str, antialias: bool) -> None:
    shares = resampling(old, new, interpolation, antialias and interpolation != "nearest")
    assert shares.shape == (old, new)
    np.testing.assert_allclose(shares.sum(axis=0), 1.0, rtol=1e-9)


@given(sizes, sizes, st.sampled_from(INTERPOLATIONS))
def test_a_mirrored_picture_is_the_mirrored_result(old: int, new: int, interpolation: str) -> None:
    shares = resampling(old, new, interpolation)
    if interpolation != "nearest":  # which of two equally near ones is taken depends on the side
        np.testing.assert_allclose(shares, shares[::-1, ::-1], atol=1e-9)


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_where_a_new_pixel_lies_on_an_old_one_it_has_its_value(interpolation: str) -> None:
    np.testing.assert_allclose(resampling(5, 15, interpolation)[:, 1::3], np.eye(5), atol=1e-9)


def test_lanczos_takes_twice_its_radius_of_neighbours() -> None:
    for radius in (3, 5):
        taken = np.count_nonzero(resampling(20, 40, f"lanczos{radius}"), axis=0)
        assert taken.max() == 2 * radius

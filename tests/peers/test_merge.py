"""Layers where branches meet, against Keras: shapes of every kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.peers.matching import agree, noise

pytestmark = [pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

SHAPES = [
    ((2, 3), (2, 3)),
    ((2, 3, 4), (2, 3, 4)),
    ((2, 1, 4), (2, 3, 4)),
    ((2, 3, 4), (2, 4)),
    ((2, 4), (2, 3, 4)),
    ((2, 3, 4, 5), (2, 5)),
    ((2, 3, 4, 5), (2, 4, 1)),
    ((2, 1), (2, 3, 4)),
]


@pytest.mark.parametrize("kind", ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"])
@pytest.mark.parametrize("shapes", SHAPES, ids=str)
def test_merges_broadcast_behind_the_batch_axis(kind: str, shapes: tuple[tuple[int, ...], ...]) -> None:
    agree(kind, {}, [noise(*shape, seed=place) for place, shape in enumerate(shapes)], listed=True)


@pytest.mark.parametrize("kind", ["Add", "Multiply", "Average", "Maximum", "Minimum"])
def test_merges_of_three(kind: str) -> None:
    agree(kind, {}, [noise(2, 3, 4), noise(2, 4, seed=1), noise(2, 3, 1, seed=2)], listed=True)


@pytest.mark.parametrize("axis", [-1, 1, 2])
def test_concatenate(axis: int) -> None:
    sizes = {-1: (2, 3, 2), 1: (2, 1, 4), 2: (2, 3, 5)}
    agree("Concatenate", {"axis": axis}, [noise(2, 3, 4), noise(*sizes[axis], seed=1)], listed=True)


@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize(
    ("shapes", "axes"),
    [
        (((2, 4), (2, 4)), 1),
        (((2, 4), (2, 4)), -1),
        (((2, 3, 4), (2, 5, 3)), (1, 2)),
        (((2, 3, 4), (2, 4)), (2, 1)),
        (((2, 4), (2, 3, 4)), (1, 2)),
        (((2, 3, 4), (2, 3, 4)), 2),
        (((2, 3, 4, 5), (2, 4, 6)), (2, 1)),
        (((2, 3, 4), (2, 5, 6, 4)), -1),
    ],
    ids=str,
)
def test_dot(shapes: tuple[tuple[int, ...], ...], axes: Any, normalize: bool) -> None:
    arrays = [noise(*shape, seed=place) for place, shape in enumerate(shapes)]
    agree("Dot", {"axes": axes, "normalize": normalize}, arrays, listed=True)


@pytest.mark.parametrize("kind", ["Add", "Subtract", "Multiply", "Average", "Maximum", "Concatenate"])
def test_whole_numbers_meet_fractions(kind: str) -> None:
    whole = np.arange(6, dtype="int32").reshape(2, 3)
    agree(kind, {}, [whole, noise(2, 3)], listed=True)
    agree(kind, {}, [whole, whole + 1], listed=True, sloped=False)

"""Pictures of round and square things, with a map of the round ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from graph_engine.data.generators.base import Array, Generator
from graph_engine.data.generators.drawing import as_pixels, box, disc

SIZE: Final = 32


class Shapes(Generator):
    """Discs and boxes of any brightness in noise; ``mask`` is 1 on the discs: form tells, brightness does not."""

    title = "Shapes"

    def columns(self, rng: np.random.Generator) -> Mapping[str, Array]:
        drawn = [_picture(rng) for _ in range(self.rows)]
        return {
            "picture": as_pixels(np.stack([picture for picture, _ in drawn]))[..., None],
            "mask": np.stack([mask for _, mask in drawn])[..., None],
        }


def _picture(rng: np.random.Generator) -> tuple[Array, Array]:
    picture, mask = np.full((SIZE, SIZE), rng.uniform(0, 0.6)), np.zeros((SIZE, SIZE), np.uint8)
    for _ in range(int(rng.integers(2, 5))):
        row, column = rng.uniform(5, SIZE - 5, 2)
        size, tone, is_round = rng.uniform(3, 6), rng.uniform(0.2, 1), rng.random() < 0.5
        inside = disc(SIZE, row, column, size) if is_round else _square(row, column, size)
        picture[inside] = tone
        mask[inside] = is_round
    return picture + rng.normal(0, 0.06, picture.shape), mask


def _square(row: float, column: float, half: float) -> Array:
    return box(SIZE, row - half, column - half, row + half, column + half)

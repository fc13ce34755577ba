"""What two cameras side by side see of one thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from graph_engine.data.generators.base import Array, Generator
from graph_engine.data.generators.drawing import as_pixels, box, disc

SIZE: Final = 32
NEAREST, FARTHEST = 1.0, 4.0  # metres
PARALLAX: Final = 8.0  # pixels between the two pictures of something a metre away


class Stereo(Generator):
    """A disc or box of any size and colour. Its distance shows in the shift between both pictures alone."""

    title = "Stereo pictures"

    def columns(self, rng: np.random.Generator) -> Mapping[str, Array]:
        distance = rng.uniform(NEAREST, FARTHEST, self.rows)
        pairs = [_pair(rng, PARALLAX / each) for each in distance]
        return {
            "left": as_pixels(np.stack([left for left, _ in pairs])),
            "right": as_pixels(np.stack([right for _, right in pairs])),
            "distance": distance,
        }


def _pair(rng: np.random.Generator, shift: float) -> tuple[Array, Array]:
    colours = rng.uniform(0, 1, (2, 3))
    colours[1] = (colours[0] + rng.uniform(0.3, 0.7, 3)) % 1
    row, column = rng.uniform(9, SIZE - 9, 2)
    radius, is_round = rng.uniform(4, 8), rng.random() < 0.5
    left, right = (
        _view(rng, colours, row, column + side * shift / 2, radius, bool(is_round)) for side in (1, -1)
    )
    return left, right


def _view(
    rng: np.random.Generator, colours: Array, row: float, column: float, radius: float, is_round: bool
) -> Array:
    inside = (
        disc(SIZE, row, column, radius)
        if is_round
        else box(SIZE, row - radius, column - radius, row + radius, column + radius)
    )
    picture: Array = np.where(inside[..., None], colours[1], colours[0])
    return picture + rng.normal(0, 0.03, picture.shape)

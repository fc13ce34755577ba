"""How invented people rate invented films."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from graph_engine.data.generators.base import Array, Generator

USERS, FILMS, TASTES = 300, 200, 4
NOISE: Final = 0.25  # standard deviation, in stars


class Ratings(Generator):
    """Stars from 1 to 5: how well four hidden tastes of a person fit a film's, a bias of both, and some noise."""

    title = "Ratings"

    def columns(self, rng: np.random.Generator) -> Mapping[str, Array]:
        people, films = rng.normal(0, 0.55, (USERS, TASTES)), rng.normal(0, 0.9, (FILMS, TASTES))
        kindness, quality = rng.normal(0, 0.3, USERS), rng.normal(0, 0.4, FILMS)
        user, film = rng.integers(0, USERS, self.rows), rng.integers(0, FILMS, self.rows)
        fit = (people[user] * films[film]).sum(1) + kindness[user] + quality[film]
        return {"user": user, "film": film, "stars": np.clip(3 + fit + rng.normal(0, NOISE, self.rows), 1, 5)}

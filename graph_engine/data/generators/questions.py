"""Stories with a question each, after the first task of bAbI (Weston et al., 2015)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from graph_engine.data.generators.base import Array, Generator, one_of

PEOPLE: Final = ("mary", "john")
PLACES: Final = ("kitchen", "garden", "office", "bedroom")
VERBS: Final = ("went to", "moved to", "walked to")


class Questions(Generator):
    """Two people move between four places; the answer is where one of them was last."""

    title = "Stories and questions"

    def columns(self, rng: np.random.Generator) -> Mapping[str, Array]:
        rows = [_row(rng) for _ in range(self.rows)]
        return {name: np.array([row[name] for row in rows]) for name in ("text", "question", "answer")}


def _row(rng: np.random.Generator) -> dict[str, str]:
    movers = [*rng.permutation(PEOPLE), *(one_of(rng, PEOPLE) for _ in range(int(rng.integers(0, 3))))]
    where: dict[str, str] = {}
    story = []
    for person in movers:
        where[person] = one_of(rng, PLACES)
        story.append(f"{person} {one_of(rng, VERBS)} the {where[person]} .")
    asked = one_of(rng, PEOPLE)
    return {"text": " ".join(story), "question": f"where is {asked} ?", "answer": where[asked]}

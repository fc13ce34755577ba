"""Posts by invented people (Chollet, Deep Learning with Python, 7.1.3: age, income and gender from posts)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from graph_engine.data.generators.base import Array, Generator, one_of, words

COMMON: Final = words(
    "the a and to of it was we they today then really just so again about with for on at my our this that some "
    "time day week people thing way good new last next first little"
)
BY_AGE: Final = (  # from young to old
    words("exam campus roommate playlist gaming dorm lecture internship"),
    words("startup flatshare festival hiking dating brunch gym promotion"),
    words("wedding mortgage toddler kindergarten renovation stroller deadline lease"),
    words("teenager carpool committee orchard barbecue commute soccer reunion"),
    words("grandson retirement pension bridge choir garden cruise checkup"),
)
BY_INCOME: Final = (  # from low to high
    words("coupon bus leftovers thrift overtime laundromat"),
    words("rent shift budget bicycle canteen secondhand"),
    words("vacation car savings restaurant furniture concert"),
    words("sailing portfolio gallery boutique skiing architect"),
    words("yacht chauffeur vineyard auction estate chalet"),
)
BY_GENDER: Final = (
    words("beard razor father uncle husband brother"),
    words("sister mother aunt wife makeup pregnant"),
)
INCOME_GROUPS: Final = 10
SHORTEST, LONGEST = 40, 80


class Posts(Generator):
    """Words drawn from lists that lean towards the writer's age, income group and gender; most say nothing."""

    title = "Posts and their writers"

    def columns(self, rng: np.random.Generator) -> Mapping[str, Array]:
        age = rng.integers(18, 78, self.rows)
        income = rng.integers(0, INCOME_GROUPS, self.rows)
        gender = rng.integers(0, 2, self.rows)
        posts = [
            _post(rng, *person) for person in zip(age.tolist(), income.tolist(), gender.tolist(), strict=True)
        ]
        return {"post": np.array(posts), "age": age, "income": income, "gender": gender}


def _post(rng: np.random.Generator, age: int, income: int, gender: int) -> str:
    length = int(rng.integers(SHORTEST, LONGEST + 1))
    topics = rng.choice(4, length, p=[0.55, 0.2, 0.17, 0.08])
    return " ".join(_word(rng, int(topic), age, income, gender) for topic in topics)


def _word(rng: np.random.Generator, topic: int, age: int, income: int, gender: int) -> str:
    if topic == 0:
        return one_of(rng, COMMON)
    if topic == 1:
        return one_of(rng, _near(rng, BY_AGE, (age - 18) / 60))
    if topic == 2:
        return one_of(rng, _near(rng, BY_INCOME, income / (INCOME_GROUPS - 1)))
    return one_of(rng, BY_GENDER[gender if rng.random() < 0.9 else 1 - gender])


def _near(rng: np.random.Generator, lists: tuple[tuple[str, ...], ...], place: float) -> tuple[str, ...]:
    """One of the lists about ``place`` (0 to 1) of the way through them."""
    at = round(place * (len(lists) - 1) + rng.normal(0, 0.6))
    return lists[min(max(at, 0), len(lists) - 1)]

"""Second-hand clothes: metadata, a description and a picture, and what each sold for (Chollet, 7.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from graph_engine.data.generators.base import Array, Generator, one_of
from graph_engine.data.generators.drawing import as_pixels, box, disc

SIZE: Final = 24
BRANDS: Final = {"noname": 8.0, "basics": 14.0, "sportive": 24.0, "tailored": 45.0, "couture": 95.0}
MATERIALS: Final = {"polyester": 0.7, "cotton": 1.0, "linen": 1.2, "wool": 1.5, "silk": 2.1}
REMARKS: Final = {
    "has a hole": 0.45,
    "slightly worn": 0.75,
    "good as it is": 1.0,
    "never worn": 1.4,
    "signed by the designer": 2.0,
}
GARMENTS: Final = {"shirt": 1.0, "trousers": 1.3, "dress": 1.9, "hat": 0.6}
PHRASES: Final = (
    "selling this",
    "from my wardrobe",
    "ships tomorrow",
    "cash only",
    "smoke free home",
    "pick up possible",
)


class Clothing(Generator):
    """Price = brand and age (metadata) x material and remark (description) x garment and fading (picture).

    No part can replace another, and factors multiply: averaging three guesses cannot give the price.
    """

    title = "Second-hand clothes"

    def columns(self, rng: np.random.Generator) -> Mapping[str, Array]:
        rows = [_row(rng) for _ in range(self.rows)]
        pictures = as_pixels(np.stack([row.pop("picture") for row in rows]))
        return {**{name: np.array([row[name] for row in rows]) for name in rows[0]}, "picture": pictures}


def _row(rng: np.random.Generator) -> dict[str, Array]:
    brand, material = one_of(rng, list(BRANDS)), one_of(rng, list(MATERIALS))
    remark, garment = one_of(rng, list(REMARKS)), one_of(rng, list(GARMENTS))
    years, fading = float(rng.integers(0, 16)), float(rng.uniform(0, 1))
    price = BRANDS[brand] * 0.94**years * MATERIALS[material] * REMARKS[remark]
    price *= GARMENTS[garment] * (1.3 - 0.8 * fading) * rng.lognormal(0, 0.08)
    words = [f"{material} fabric", remark, one_of(rng, PHRASES), one_of(rng, PHRASES)]
    return {
        "brand": np.asarray(brand),
        "years": np.asarray(years),
        "description": np.asarray(" . ".join(rng.permutation(words))),
        "picture": _picture(rng, garment, fading),
        "price": np.asarray(round(price, 2)),
    }


def _picture(rng: np.random.Generator, garment: str, fading: float) -> Array:
    """The garment in a dye that fading turns grey, on a pale table."""
    dye = np.eye(3)[rng.integers(3)] * 0.7 + 0.15
    cloth = dye * (1 - fading) + 0.5 * fading
    picture = np.where(_outline(rng, garment)[..., None], cloth, rng.uniform(0.8, 1.0))
    return picture + rng.normal(0, 0.03, picture.shape)


def _outline(rng: np.random.Generator, garment: str) -> Array:
    row, column = rng.uniform(-2, 2, 2)
    middle = SIZE / 2 + column

    def block(top: float, left: float, bottom: float, right: float) -> Array:
        return box(SIZE, top + row, middle + left, bottom + row, middle + right)

    if garment == "shirt":
        return block(6, -4, 19, 4) | block(6, -9, 10, 9)
    if garment == "trousers":
        return block(4, -5, 8, 5) | block(8, -5, 21, -1) | block(8, 1, 21, 5)
    if garment == "dress":
        return block(3, -3, 10, 3) | block(10, -5, 15, 5) | block(15, -8, 21, 8)
    return disc(SIZE, 11 + row, middle, 4.5) | block(13, -9, 16, 9)

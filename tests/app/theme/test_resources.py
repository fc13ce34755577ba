"""The sample data is what resources/README.md says it is, and each file's licence lies beside it."""

from __future__ import annotations

import csv
import gzip

import numpy as np
import pytest

from graph_engine.resources import resource


def test_digits() -> None:
    with np.load(resource("data", "digits.npz")) as data:
        image, label = data["image"], data["label"]
    assert image.shape == (1797, 8, 8, 1) and image.dtype == np.uint8
    assert (image.min(), image.max()) == (0, 16)
    assert np.bincount(label).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_diamonds() -> None:
    with gzip.open(resource("data", "diamonds.csv.gz"), "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 53_940
    assert list(rows[0]) == ["carat", "cut", "color", "clarity", "depth", "table", "price", "x", "y", "z"]
    assert all(value for row in rows for value in row.values())
    prices = [int(row["price"]) for row in rows]
    assert (min(prices), max(prices)) == (326, 18_823)
    assert {row["cut"] for row in rows} == {"Fair", "Good", "Very Good", "Premium", "Ideal"}


@pytest.mark.parametrize("name", ["digits", "diamonds"])
def test_data_is_licensed(name: str) -> None:
    assert "Copyright" in resource("data", f"LICENSE-{name}").read_text()
    assert f"{name}." in resource("README.md").read_text()

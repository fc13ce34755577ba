"""Random pictures: files that Keras saved, and the part that chance has, which no oracle shares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph_engine.layers.base import LAYERS, Example
from graph_engine.model import Model
from tests.contracts.bench import Bench, arrays_of
from tests.peers.keras_bench import keras

pytestmark = [pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

PICTURES = np.random.default_rng(0).uniform(0, 255, (64, 6, 5, 3)).astype("float32")


def test_what_keras_saved_varies_in_training_only(tmp_path: Path) -> None:
    pictures = keras.Input((6, 5, 3))
    varied = keras.layers.RandomFlip("horizontal")(pictures)
    for layer in (
        keras.layers.RandomRotation(0.1),
        keras.layers.RandomZoom(0.2, fill_mode="constant"),
        keras.layers.RandomTranslation(0.1, (0.0, 0.3)),
        keras.layers.RandomShear(0.2, 0.1),
        keras.layers.RandomContrast(0.3),
        keras.layers.RandomBrightness(0.2),
    ):
        varied = layer(varied)
    theirs = keras.Model(pictures, varied)
    theirs.save(tmp_path / "varied.keras")
    ours = Model.load(tmp_path / "varied.keras")
    np.testing.assert_allclose(ours.predict(PICTURES), theirs.predict(PICTURES, verbose=0), rtol=1e-5)
    assert np.abs(np.asarray(ours(PICTURES, training=True)) - PICTURES).max() > 1.0


@pytest.mark.parametrize(
    ("mode", "axes"), [("horizontal", 2), ("vertical", 1), ("horizontal_and_vertical", (1, 2))]
)
def test_half_of_the_pictures_are_flipped_whole(mode: str, axes: Any) -> None:
    found = drawn("RandomFlip", mode=mode)
    flipped = [np.allclose(each, there) for each, there in zip(found, np.flip(PICTURES, axes), strict=True)]
    kept = [np.allclose(each, there) for each, there in zip(found, PICTURES, strict=True)]
    assert all(one != other for one, other in zip(flipped, kept, strict=True))
    assert 16 < sum(flipped) < 48


def test_contrast_stays_between_its_bounds_and_about_the_mean() -> None:
    middle = PICTURES.mean(axis=(1, 2), keepdims=True)
    calm = middle + 0.2 * (PICTURES - middle)  # so that nothing is cut off
    found = Bench("RandomContrast", Example((calm.shape,), {"factor": [0.1, 0.4]}), training=True).results(
        [calm]
    )
    factors = (found[0] - middle) / (calm - middle)
    np.testing.assert_allclose(factors, factors[:, :1, :1, :1] * np.ones_like(factors), rtol=1e-4)
    assert 0.9 <= factors.min() < 1.0 < 1.2 < factors.max() <= 1.4


def test_a_part_is_cut_out_of_all_pictures_alike() -> None:
    found = drawn("RandomCrop", height=4, width=2)
    places = [
        (row, column)
        for row in range(3)
        for column in range(4)
        if np.allclose(found, PICTURES[:, row : row + 4, column : column + 2])
    ]
    assert len(places) == 1


@pytest.mark.parametrize("example", LAYERS["RandomCrop"].examples, ids=["last", "first"])
def test_in_inference_the_largest_part_of_the_right_proportions_is_cut_out(example: Example) -> None:
    """As Keras' documentation has it, with Keras' own function: its layer hands the whole picture on."""
    (picture,) = arrays_of(example)
    size = (example.config["height"], example.config["width"])
    form = example.config.get("data_format", "channels_last")
    wanted = keras.ops.image.resize(picture, size, crop_to_aspect_ratio=True, data_format=form)
    (found,) = Bench("RandomCrop", example).results([picture])
    np.testing.assert_allclose(found, keras.ops.convert_to_numpy(wanted), rtol=1e-5, atol=1e-6)


def test_pictures_slant_to_either_side_by_as_much() -> None:
    found = drawn("RandomShear", x_factor=[0.5, 0.5], fill_mode="nearest", interpolation="nearest")
    sides = [
        np.stack(
            [
                row[np.clip(np.rint(np.arange(5) + side * index), 0, 4).astype(int)]
                for index, row in enumerate(each)
            ]
        )
        for each in PICTURES
        for side in (0.5, -0.5)
    ]
    chosen = [
        [np.allclose(each, sides[2 * index + side]) for side in (0, 1)] for index, each in enumerate(found)
    ]
    assert all(any(each) for each in chosen)
    assert 16 < sum(first for first, _ in chosen) < 48


def drawn(kind: str, **config: Any) -> Any:
    return Bench(kind, Example((PICTURES.shape,), config), training=True).results([PICTURES])[0]

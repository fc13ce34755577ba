"""Pictures varied for training: each row by itself, the same again under the same numbers, and for nobody else."""

from __future__ import annotations

import numpy as np
import pytest

from graph_engine.data import STEPS, Column, DataError, Draw, Pipeline
from graph_engine.data.columns import Held, as_column
from graph_engine.params import ParamError

NAMES = [name for name, step in STEPS.items() if step.varies]
PICTURES = np.random.default_rng(0).integers(0, 256, (9, 12, 10, 3)).astype(np.uint8)
ALL = np.arange(len(PICTURES))


def column_of(*steps: object, rows: np.ndarray = PICTURES) -> Column:
    held = as_column(Held(rows))
    found = Pipeline.fit([STEPS.decode(step) for step in steps], held).apply(held)
    assert isinstance(found, Column)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_row_draws_by_seed_epoch_and_its_number_alone(name: str) -> None:
    config = {"height": 6, "width": 5} if name == "RandomCrop" else {}
    column = column_of({"type": name, **config})
    varied = column.read(ALL, Draw(7, 3))
    assert varied.shape == column.shape
    np.testing.assert_array_equal(column.read(ALL[::-1], Draw(7, 3))[::-1], varied)
    np.testing.assert_array_equal(column.read(ALL[4:5], Draw(7, 3))[0], varied[4])
    for other in (Draw(8, 3), Draw(7, 4)):
        assert (column.read(ALL, other) != varied).any()
    changed = [(varied[row] != column[row]).any() for row in ALL]
    assert any(changed) and (all(changed) or name == "RandomFlip")


@pytest.mark.parametrize("name", [name for name in NAMES if name != "RandomCrop"])
def test_others_than_training_see_the_picture_as_it_is(name: str) -> None:
    np.testing.assert_array_equal(np.asarray(column_of(name)), PICTURES)
    assert Pipeline.fit([STEPS.decode(name)], PICTURES).apply(PICTURES) is PICTURES


def test_others_than_training_see_the_middle_of_a_crop() -> None:
    column = column_of({"type": "RandomCrop", "height": 12, "width": 4})
    np.testing.assert_array_equal(np.asarray(column), PICTURES[:, :, 3:7])


def test_a_flip_mirrors_half_of_the_pictures() -> None:
    many = np.repeat(PICTURES[:1], 200, axis=0)
    varied = column_of({"type": "RandomFlip", "mode": "horizontal"}, rows=many).read(
        np.arange(200), Draw(0, 0)
    )
    mirrored = (varied == PICTURES[0, :, ::-1]).all(axis=(1, 2, 3))
    assert (mirrored | (varied == PICTURES[0]).all(axis=(1, 2, 3))).all() and 70 < mirrored.sum() < 130


def test_pictures_that_draw_alike_stay_beside_each_other() -> None:
    """A picture and its mask, each with steps of its own around those that draw."""
    steps = ["RandomFlip", {"type": "RandomTranslation", "interpolation": "nearest"}]
    picture = column_of({"type": "Rescale", "scale": 2.0}, *steps).read(ALL, Draw(1, 1))
    mask = column_of(*steps, rows=PICTURES[..., 0]).read(ALL, Draw(1, 1))
    np.testing.assert_array_equal(picture[..., 0], 2 * mask)


def test_two_steps_of_one_kind_draw_differently() -> None:
    step = {"type": "RandomBrightness", "factor": [-0.5, 0.5]}
    grey = np.full((1, 2, 2, 1), 100, np.uint8)
    once, twice = (column_of(*[step] * times, rows=grey).read(ALL[:1], Draw(0, 0)) for times in (1, 2))
    assert abs((twice - once) - (once - 100)).max() > 1.0


def test_brightness_stays_within_what_the_training_rows_have() -> None:
    pipeline = Pipeline.fit([STEPS.decode(step) for step in ("MinMax", "RandomBrightness")], PICTURES)
    assert pipeline.states[1] == [0.0, 1.0]
    varied = column_of("MinMax", {"type": "RandomBrightness", "factor": 1.0}).read(ALL, Draw(0, 0))
    assert varied.min() >= 0.0 and varied.max() <= 1.0


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(
        DataError, match=r"RandomFlip varies pictures, but a row has the shape \(3,\): add Reshape"
    ):
        Pipeline.fit([STEPS.decode("RandomFlip")], np.zeros((4, 3)))
    with pytest.raises(ParamError, match=r"RandomRotation\.factor: one number or two, got 3"):
        STEPS.decode({"type": "RandomRotation", "factor": [0.1, 0.2, 0.3]})

"""Columns that memory does not hold: rows are made as they are taken, and are the same."""

from __future__ import annotations

import shutil
from collections import namedtuple
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from graph_engine.data import (
    Column,
    DataError,
    Dataset,
    Gatherer,
    columns,
    leaks,
    prepare,
    profile,
    read_source,
)
from graph_engine.data.columns import Held, taken
from graph_engine.data.kept import Kept
from graph_engine.data.sources import pictures
from graph_engine.data.watching import watched
from graph_engine.document import Choice, Document, Source
from graph_engine.templates.proposal import proposed

STEPS = (Choice("Rescale", {"scale": 1 / 255}), Choice("Standardize"))
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """40 pictures of 16 x 12, half of them bright; two are the same."""
    rng = np.random.default_rng(0)
    for row in range(40):
        file = tmp_path / "photos" / ("dark" if row % 2 else "light") / f"{row:02}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 100, (12, 16, 3)) + 100 * (row % 2)
        Image.fromarray(pixels.astype(np.uint8)).save(file)
    shutil.copy(tmp_path / "photos" / "dark" / "01.png", tmp_path / "photos" / "dark" / "99.png")
    return tmp_path


@pytest.fixture
def little_memory(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    return lambda: monkeypatch.setattr(columns, "free_memory", lambda: 10_000)


def document_of(folder: Path) -> Document:
    source = Source("s", "PictureFolder", "photos")
    table = read_source(source, folder)
    found = proposed(source, {name: profile(name, table[name]) for name in ("picture", "class")}, ["class"])
    node = found.main.inputs[0]
    bindings = {**found.data.bindings, node: replace(found.data.bindings[node], steps=STEPS)}
    return replace(found, data=replace(found.data, bindings=bindings))


def test_what_memory_does_not_hold_is_fed_bit_for_bit_as_if_it_did(
    folder: Path, little_memory: Callable[[], None]
) -> None:
    document = document_of(folder)
    held = prepare(document, folder)
    little_memory()
    streamed = prepare(document, folder)
    assert streamed.states() == held.states()
    for one, other in ((held.training, streamed.training), (held.validation, streamed.validation)):
        (name,) = one.inputs
        assert isinstance(other.inputs[name], Column) and not isinstance(one.inputs[name], Column)
        assert other.inputs[name].dtype == one.inputs[name].dtype
        np.testing.assert_array_equal(np.asarray(other.inputs[name]), one.inputs[name])
    assert list(leaks(document, streamed.training, streamed.validation)) == list(
        leaks(document, held.training, held.validation)
    )


def test_a_picture_is_decoded_once_and_kept(
    folder: Path, little_memory: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    little_memory()
    column = read_source(Source("s", "PictureFolder", "photos"), folder)["picture"]
    decoded: list[Path] = []
    read = pictures.read_picture

    def counted(file: Path, size: pictures.Size) -> np.ndarray:
        decoded.append(file)
        return read(file, size)

    monkeypatch.setattr(pictures, "read_picture", counted)
    first = column[[3, 1, 3]]
    assert len(decoded) <= 3
    decoded.clear()
    np.testing.assert_array_equal(column[[1, 3]], first[[1, 0]])
    assert not decoded and column[-1].shape == (12, 16, 3)


def test_what_is_no_picture_is_told_before_any_is_taken(
    folder: Path, little_memory: Callable[[], None]
) -> None:
    little_memory()
    (folder / "photos" / "light" / "38.png").write_bytes(b"\x89PNG\r\n\x1a\nno")
    with pytest.raises(DataError, match=r"38\.png is no picture that can be read"):
        read_source(Source("s", "PictureFolder", "photos"), folder)["picture"]


def test_a_disk_without_room_keeps_what_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(100, 70, 30))
    kept, out = Kept(3, 8), np.zeros(1)
    for row in (2, 0):
        kept.write(row, np.array([row + 0.5]))
    assert kept.read(2, out) and out[0] == 2.5
    assert not kept.read(0, out) and not kept.read(1, out)


def test_a_column_is_refused_as_one_array_where_there_is_no_memory_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("graph_engine.runtime.memory.free_memory", lambda: 2**20)
    column = Held(np.broadcast_to(np.float32(1), (2**12, 2**12)))
    with pytest.raises(
        DataError, match=r"all 4,096 rows of it at once take 67\.1 MB of memory, but 0 B are free"
    ):
        np.asarray(column)
    assert column[5].sum() == 2**12


def test_rows_are_taken_as_from_an_array() -> None:
    array = np.arange(20).reshape(10, 2)
    column = Held(array)
    assert len(column) == 10 and column.ndim == 2 and column.nbytes == array.nbytes
    for key in (3, -1, slice(2, 9, 3), [4, 4, -2], array[:, 0] > 7):
        np.testing.assert_array_equal(column[key], array[key])
    np.testing.assert_array_equal(taken(column.of(slice(2, None)), np.array([1, 0]))[:], array[[3, 2]])
    with pytest.raises(IndexError, match="no row 10 among 10"):
        column[10]


def test_batches_are_made_ahead_and_a_fault_is_raised_when_its_batch_is_due() -> None:
    made: list[int] = []

    def make(rows: np.ndarray, numbers: np.ndarray, _draw: object) -> np.ndarray:
        made.extend(numbers.tolist())
        if 5 in numbers:
            raise DataError("the sixth row is broken")
        return rows * 2.0

    column = Held(np.arange(8)[:, None]).then(make)
    gatherer = Gatherer(Dataset({"x": column, "y": np.arange(8)}).inputs, 2)
    batches = gatherer.each(np.arange(8).reshape(4, 2))
    rows, feeds = next(batches)
    assert rows.tolist() == [0, 1] and feeds["x"].tolist() == [[0], [2]] and feeds["y"].tolist() == [0, 1]
    assert next(batches)[1]["x"].tolist() == [[4], [6]]
    with pytest.raises(DataError, match="sixth"):
        next(batches)
    assert {2, 3, 4, 5} <= set(made)


def test_two_that_go_through_one_dataset_do_not_meet() -> None:
    gatherer = Gatherer({"x": as_is(np.arange(12.0)[:, None])}, 2)
    one, other = (gatherer.each(np.arange(12).reshape(6, 2)) for _ in range(2))
    _, first = next(one)
    for _, feeds in other:
        assert feeds["x"].shape == (2, 1)
    assert first["x"].tolist() == [[0], [1]] and next(one)[1]["x"].tolist() == [[2], [3]]


def test_whoever_waits_for_all_rows_hears_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "PIECE", 4)
    heard: list[tuple[int, int]] = []
    with watched(lambda done, count: heard.append((done, count))):
        np.asarray(Held(np.zeros((5, 2))))
    assert heard == [(0, 5), (2, 5), (4, 5)]


def as_is(array: np.ndarray) -> np.ndarray:
    return Held(array).then(lambda rows, _numbers, _draw: rows)

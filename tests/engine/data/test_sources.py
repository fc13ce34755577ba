"""Folders of pictures and texts, and tables that name pictures."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from graph_engine.data import DataError, Table, kind_of, read_source
from graph_engine.document import Source


def read(place: Path, **options: object) -> Table:
    return read_source(Source("s", kind_of(place), str(place), options))


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Two red cats of 8 x 6, one blue dog of 16 x 12."""
    made = [("cat/a.png", (8, 6), "red"), ("cat/b.bmp", (8, 6), "red"), ("dog/c.jpg", (16, 12), "blue")]
    for name, size, colour in made:
        file = tmp_path / "animals" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size, colour).save(file)
    return tmp_path / "animals"


def test_a_folder_of_pictures_has_a_class_for_each_folder_in_it(pictures: Path) -> None:
    table = read(pictures)
    assert table["class"].tolist() == ["cat", "cat", "dog"]
    assert table["file"].tolist() == ["cat/a.png", "cat/b.bmp", "dog/c.jpg"]
    assert table["picture"].shape == (3, 6, 8, 3) and table["picture"].dtype == np.uint8
    assert table["picture"][0, 0, 0].tolist() == [255, 0, 0]
    np.testing.assert_allclose(table["picture"][2, 3, 3], [0, 0, 255], atol=3)


def test_pictures_are_brought_to_a_size_and_to_grey(pictures: Path) -> None:
    assert read(pictures, height=4, width=5, colours="grey")["picture"].shape == (3, 4, 5, 1)


def test_a_file_that_is_no_picture_is_named_or_left_out(pictures: Path) -> None:
    (pictures / "dog" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno")
    with pytest.raises(DataError, match=r"broken\.png is no picture that can be read"):
        read(pictures)["picture"]
    table = read(pictures, skip=True)
    assert table["class"].tolist() == ["cat", "cat", "dog"]
    assert table.remarks == ("1 of 4 files left out that are no pictures: broken.png",)


def test_a_small_file_that_declares_a_huge_picture_is_not_opened(pictures: Path) -> None:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    (pictures / "cat" / "a.png").write_bytes(bomb)
    with pytest.raises(DataError, match=r"a\.png"):
        read(pictures)["picture"]


def test_a_table_names_pictures_that_lie_beside_it(pictures: Path) -> None:
    (pictures / "list.csv").write_text("photo,age\ncat/a.png,3\ndog/c.jpg,5\n")
    source = Source("s", "PictureTable", "list.csv", {"column": "photo", "height": 6, "width": 8})
    table = read_source(source, pictures)
    assert table["photo"].shape == (2, 6, 8, 3) and table["age"].tolist() == [3, 5]
    (pictures / "list.csv").write_text("photo\nmouse.png\n")
    with pytest.raises(DataError, match=r"there is no picture .*mouse\.png"):
        read_source(source, pictures)["photo"]


def test_a_folder_of_texts(tmp_path: Path) -> None:
    for name, content in [("neg/1.txt", "schlecht"), ("pos/2.txt", "\ufeffgut")]:
        (tmp_path / "reviews" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "reviews" / name).write_text(content, "utf-8")
    table = read(tmp_path / "reviews")
    assert [table[name].tolist() for name in ("text", "class")] == [["schlecht", "gut"], ["neg", "pos"]]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("model.exe", r"model\.exe is of no kind that is read here; there are \.bmp, \.csv"),
        ("", "no folders of pictures or texts"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_can(name: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=sentence):
        kind_of(tmp_path / name)

"""Folders with a folder for each class."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from graph_engine.data.errors import DataError
from graph_engine.data.sources.base import FolderReader, class_of
from graph_engine.data.sources.pictures import ENDINGS, PictureSize, picture_column, read_picture
from graph_engine.data.table import Table
from graph_engine.data.watching import along
from graph_engine.params import boolean

_NAMED = 3  # files that a sentence names


class PictureFolder(PictureSize, FolderReader):
    """A folder of pictures for each class: the columns are ``picture``, ``class`` and ``file``."""

    title = "Folder of pictures"
    endings = ENDINGS
    skip: bool = boolean(False, help="Leave out files that are no pictures, and say which.")

    def read(self, place: Path, files: list[Path]) -> Table:
        kept, remarks = _readable(self, files) if self.skip else (files, ())
        labels = np.array([class_of(place, file) for file in kept])
        names = np.array([file.relative_to(place).as_posix() for file in kept])
        columns = {"class": lambda: labels, "file": lambda: names}
        return Table(place.name, {"picture": picture_column(kept, self.size), **columns}, remarks)


class TextFolder(FolderReader):
    """A folder of text files for each class: the columns are ``text``, ``class`` and ``file``."""

    title = "Folder of texts"
    endings = (".txt",)

    def read(self, place: Path, files: list[Path]) -> Table:
        columns = {
            "text": [_text(file) for file in along(files)],
            "class": [class_of(place, file) for file in files],
            "file": [file.relative_to(place).as_posix() for file in files],
        }
        return Table.of(place.name, columns)


def _readable(reader: PictureFolder, files: list[Path]) -> tuple[list[Path], tuple[str, ...]]:
    kept, bad = [], []
    for file in along(files):
        try:
            read_picture(file, reader.size)
            kept.append(file)
        except DataError:
            bad.append(file.name)
    if not bad:
        return kept, ()
    more = " ..." if len(bad) > _NAMED else ""
    told = f"{len(bad)} of {len(files)} files left out that are no pictures: {', '.join(bad[:_NAMED])}{more}"
    return kept, (told,)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig", errors="replace")
    except OSError as error:
        raise DataError(f"{file.name} cannot be read: {error.strerror or error}") from None

"""What a reader is: one kind of source, and how it becomes a table."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import ClassVar, Final

from graph_engine.data.errors import DataError
from graph_engine.data.table import Table
from graph_engine.params import Config
from graph_engine.resources import resource

SAMPLE: Final = "sample:"


class Reader(Config):
    """Opens one kind of source. ``endings`` of the files that it is the natural reader of, alone or in folders."""

    endings: ClassVar[tuple[str, ...]] = ()
    of_folders: ClassVar[bool] = False
    paths: ClassVar[tuple[str, ...]] = ()
    """Options that are paths as well, and start where the source's own does."""

    @abstractmethod
    def open(self, path: str, folder: Path | None) -> Table:
        """``path`` as the document has it; a relative one starts at ``folder``."""


class FileReader(Reader):
    """Reads one kind of file."""

    def open(self, path: str, folder: Path | None) -> Table:
        file = locate(path, folder)
        if not file.is_file():
            raise DataError(f"there is no file {file}")
        return self.read(file)

    @abstractmethod
    def read(self, path: Path) -> Table: ...


class FolderReader(Reader):
    """Reads a folder that has a folder for each class; files beside those belong to no class and are not read."""

    of_folders = True

    def open(self, path: str, folder: Path | None) -> Table:
        place = locate(path, folder)
        if not place.is_dir():
            raise DataError(f"there is no folder {place}")
        files = [
            file
            for kind in sorted(part for part in place.iterdir() if part.is_dir())
            for file in sorted(kind.rglob("*"))
            if file.suffix.lower() in self.endings and file.is_file()
        ]
        if not files:
            known = ", ".join(self.endings)
            raise DataError(f"{place.name} has no folders with files of a kind that is read here ({known})")
        return self.read(place, files)

    @abstractmethod
    def read(self, place: Path, files: list[Path]) -> Table:
        """``files`` in the order of their classes, which the folders right below ``place`` name."""


def class_of(place: Path, file: Path) -> str:
    return file.relative_to(place).parts[0]


def locate(path: str, folder: Path | None = None) -> Path:
    """``sample:NAME`` lies among the program's resources, other paths relative to ``folder``."""
    if path.startswith(SAMPLE):
        name = path.removeprefix(SAMPLE)
        if "/" in name or "\\" in name or name in ("", ".", ".."):
            raise DataError(f"{path!r} is no name of sample data")
        return resource("data", name)
    return (folder or Path.cwd()) / path

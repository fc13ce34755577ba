"""Pictures read to one size: as bytes, rows by height by width by colours; in memory where they fit, else as taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from graph_engine.data.batches import batches_of
from graph_engine.data.columns import Column, Draw, Rows, as_column, fits, workers
from graph_engine.data.errors import DataError
from graph_engine.data.kept import Kept
from graph_engine.data.table import Array
from graph_engine.data.watching import along, tell
from graph_engine.params import Config, choice, integer

ENDINGS: Final = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
MOST_PIXELS: Final = 2**27  # of one picture; a small file may declare any size
TOGETHER: Final = 16  # pictures that are decoded between one word of how far it is and the next
_MODES: Final = {"grey": "L", "colour": "RGB", "colour and opacity": "RGBA"}


@dataclass(frozen=True, slots=True)
class Size:
    """``height`` and ``width`` of 0: those of the first picture. ``mode`` is one of Pillow's."""

    height: int
    width: int
    mode: str


class PictureSize(Config):
    """Base of readers whose pictures are brought to one size."""

    height: int = integer(
        0, minimum=0, help="Pixels that each picture is brought to; 0: as the first one has."
    )
    width: int = integer(
        0, minimum=0, help="Pixels that each picture is brought to; 0: as the first one has."
    )
    colours: str = choice("colour", tuple(_MODES), help="What a pixel holds: 1, 3 or 4 numbers.")

    @property
    def size(self) -> Size:
        return Size(self.height, self.width, _MODES[self.colours])


class Pictures(Column):
    """Pictures decoded when they are taken, on all processors; with ``keeps`` each once, and kept on the disk.

    Raises DataError naming a file that cannot be decoded.
    """

    def __init__(self, files: Sequence[Path], size: Size, *, keeps: bool = False) -> None:
        first = read_picture(files[0], size)
        self.shape, self.dtype = (len(files), *first.shape), first.dtype
        self._files, self._size = files, Size(first.shape[0], first.shape[1], size.mode)
        self._kept = Kept(len(files), first.nbytes) if keeps else None

    def read(self, rows: Rows, draw: Draw | None = None) -> Array:
        found = np.empty((len(rows), *self.shape[1:]), self.dtype)
        missing = [
            (place, row)
            for place, row in enumerate(rows.tolist())
            if self._kept is None or not self._kept.read(row, found[place])
        ]
        for (place, row), picture in zip(
            missing, workers().map(self._decoded, [row for _, row in missing]), strict=True
        ):
            found[place] = picture
            if self._kept is not None:
                self._kept.write(row, picture)
        return found

    def _decoded(self, row: int) -> Array:
        return read_picture(self._files[row], self._size)


def picture_column(files: Sequence[Path], size: Size) -> Callable[[], Array]:
    """(rows, height, width, colours), uint8. Where all of them are too much for the memory, they are decoded as they
    are taken; but what is no picture is told at once."""

    def read() -> Array:
        if not files:
            raise DataError("there are no pictures")
        every = Pictures(files, size)
        if fits(every.nbytes):
            return _at_once(every)
        for file in along(files):
            with _opened(file):
                pass
        return as_column(Pictures(files, size, keeps=True))

    return read


def _at_once(pictures: Pictures) -> Array:
    found = np.empty(pictures.shape, pictures.dtype)
    for rows in batches_of(np.arange(len(pictures)), TOGETHER):
        tell(int(rows[0]), len(pictures))
        found[rows] = pictures.read(rows)
    return found


def read_picture(file: Path, size: Size) -> Array:
    """One picture, (height, width, colours), uint8. Raises DataError naming the file."""
    with _opened(file) as opened:
        target = size.width or opened.width, size.height or opened.height
        opened.draft(size.mode, target)  # JPEG files are read at a fraction of their size at once
        found = opened.convert(size.mode)
        if found.size != target:
            found = found.resize(target, _pillow().Resampling.BILINEAR, reducing_gap=3.0)
    array = np.asarray(found, np.uint8)
    return array[:, :, None] if array.ndim == 2 else array


@contextmanager
def _opened(file: Path) -> Iterator[Any]:
    """A file of which the beginning is read, and nothing decoded."""
    image = _pillow()
    try:
        with image.open(file) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise DataError(
                    f"{file.name} declares {opened.width}\u00d7{opened.height} pixels: not opened"
                )
            yield opened
    except FileNotFoundError:
        raise DataError(f"there is no picture {file}") from None
    except (OSError, ValueError, SyntaxError, image.DecompressionBombError) as error:
        raise DataError(f"{file.name} is no picture that can be read: {error}") from None


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError:
        raise DataError("pictures are read by Pillow: pip install layerloom[data]") from None
    return Image

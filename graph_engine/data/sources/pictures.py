"""Pictures read to one size: as arrays of bytes, rows by height by width by colours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from graph_engine.data.errors import DataError
from graph_engine.data.table import Array
from graph_engine.data.watching import along
from graph_engine.params import Config, choice, integer

ENDINGS: Final = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
MOST_PIXELS: Final = 2**27  # of one picture; a small file may declare any size
MOST_BYTES: Final = 2**32  # of all pictures of a source
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


def picture_column(files: Sequence[Path], size: Size) -> Callable[[], Array]:
    """Reads all of them when it is called: (rows, height, width, colours), uint8."""

    def read() -> Array:
        if not files:
            raise DataError("there are no pictures")
        first = read_picture(files[0], size)
        whole = Size(first.shape[0], first.shape[1], size.mode)
        if first.nbytes * len(files) > MOST_BYTES:
            raise DataError(
                f"{len(files):,} pictures of {whole.height}\u00d7{whole.width} take "
                f"{first.nbytes * len(files) / 2**30:.1f} GiB: choose a smaller height and width"
            )
        found = np.empty((len(files), *first.shape), np.uint8)
        for row, file in enumerate(along(files)):
            found[row] = read_picture(file, whole)
        return found

    return read


def read_picture(file: Path, size: Size) -> Array:
    """One picture, (height, width, colours), uint8. Raises DataError naming the file."""
    image = _pillow()
    try:
        with image.open(file) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise DataError(
                    f"{file.name} declares {opened.width}\u00d7{opened.height} pixels: not opened"
                )
            target = size.width or opened.width, size.height or opened.height
            opened.draft(size.mode, target)  # JPEG files are read at a fraction of their size at once
            found = opened.convert(size.mode)
            if found.size != target:
                found = found.resize(target, image.Resampling.BILINEAR, reducing_gap=3.0)
    except FileNotFoundError:
        raise DataError(f"there is no picture {file}") from None
    except (OSError, ValueError, SyntaxError, image.DecompressionBombError) as error:
        raise DataError(f"{file.name} is no picture that can be read: {error}") from None
    array = np.asarray(found, np.uint8)
    return array[:, :, None] if array.ndim == 2 else array


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError:
        raise DataError("pictures are read by Pillow: pip install layerloom[data]") from None
    return Image

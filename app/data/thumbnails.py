"""Small pictures of columns that are read when their rows are taken: made beside the window, which must not wait."""

from __future__ import annotations

import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QImage

from graph_engine.data import Column, DataError, Profile

SIDE: Final = 24  # pixels of the height
Known = dict[tuple[str, int], QImage | str | None]


class Thumbnails(QObject):
    """Asked for each row that is shown; what was asked last is made first."""

    made = Signal(str, int)  # the name of a column, a row
    _done = Signal(object, str, int, object)  # what it belongs to, name, row, an image or a sentence

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: Known = {}
        self._wanted: list[tuple[Known, Profile, Column, int]] = []
        self._thread = ThreadPoolExecutor(
            1, "thumbnails"
        )  # unlike Qt's, it is not waited for by what is deleted
        self._done.connect(self._keep)
        if (application := QCoreApplication.instance()) is not None:
            application.aboutToQuit.connect(self.forget)

    def forget(self) -> None:
        """Other columns are shown from now on, or none."""
        self._known = {}
        self._wanted.clear()

    def of(self, profile: Profile, column: Column, row: int) -> QImage | str | None:
        """The image, or why there is none; None while it is made, and ``made`` follows."""
        key = (profile.name, row)
        if key not in self._known:
            self._known[key] = None
            self._wanted.append((self._known, profile, column, row))
            self._thread.submit(_make_next, weakref.ref(self))
        return self._known[key]

    def make(self) -> None:
        """The one that was asked for last; in the thread."""
        try:
            known, profile, column, row = self._wanted.pop()
        except IndexError:  # forgotten meanwhile
            return
        found: QImage | str
        try:
            found = thumbnail(column[row], profile.high)
        except DataError as error:
            found = str(error)
        self._done.emit(known, profile.name, row, found)

    def _keep(self, known: Known, name: str, row: int, found: QImage | str) -> None:
        if known is self._known:
            known[name, row] = found
            self.made.emit(name, row)


def _make_next(owner: weakref.ref[Thumbnails]) -> None:
    if (thumbnails := owner()) is not None:
        thumbnails.make()


def thumbnail(picture: Any, brightest: float) -> QImage:
    """A picture of numbers from 0 to what is the brightest of its column, as large as a row."""
    found = image_of(picture, 0.0, brightest)
    return found.scaledToHeight(SIDE, Qt.TransformationMode.SmoothTransformation)


def image_of(picture: Any, low: float, high: float) -> QImage:
    """(height, width, colours) of numbers, of which ``low`` is black and ``high`` white."""
    values = np.nan_to_num(np.asarray(picture, np.float64)) - low
    pixels = np.clip(values * 255 / ((high - low) or 1.0), 0, 255).astype(np.uint8)
    pixels = np.repeat(pixels, 3, axis=-1) if pixels.shape[-1] == 1 else pixels[..., :3]
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()

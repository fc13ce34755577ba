"""Live pictures on cards: lengths with bars, and what leaves a node. Prepared once, painted often."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPolygonF

from app.canvas.geometry import STRIP_PAD, STRIP_ROW
from app.canvas.lettering import elided
from app.canvas.look import Look, color
from app.theme.colors import mix

_BAR: Final = 3.0  # height of a level's bar
_GAP: Final = 6.0
_HISTOGRAM: Final = 15.0  # its height
_EDGE: Final = 3.0  # of a strip, left and right of its cells
_BETWEEN: Final = 3.0  # two cells
_BAR_STRENGTH: Final = 0.28  # of a bar that has words on it
_NO_PEN = Qt.PenStyle.NoPen


@dataclass(frozen=True, slots=True)
class Level:
    """A few words over a bar. ``tint`` is a role of the theme; words say the same."""

    words: str
    share: float  # of the bar, 0 to 1
    tint: str = "accent"
    tall: bool = False

    def paint(self, painter: QPainter, place: QRectF, look: Look) -> None:
        painter.setFont(look.count)
        painter.setPen(color(look.theme.text if self.tint == "accent" else look.theme.role(self.tint)))
        painter.drawText(place.adjusted(0, -2, 0, -_BAR - 1), Qt.AlignmentFlag.AlignVCenter, self.words)
        ground = QRectF(place.left(), place.bottom() - _BAR, place.width(), _BAR)
        painter.fillRect(ground, color(look.theme.node_line))
        ground.setWidth(max(2.0, self.share * place.width()))
        painter.fillRect(ground, color(look.theme.role(self.tint)))


@dataclass(frozen=True, slots=True)
class Cells:
    """Several levels, two in a row: each a few words on its bar."""

    levels: tuple[Level, ...]

    @property
    def rows(self) -> int:
        return (len(self.levels) + 1) // 2

    def paint(self, painter: QPainter, place: QRectF, look: Look) -> None:
        width = (place.width() - 2 * _EDGE - _BETWEEN) / 2
        painter.setFont(look.count)
        for number, level in enumerate(self.levels):
            row, column = divmod(number, 2)
            left = place.left() + _EDGE + column * (width + _BETWEEN)
            cell = QRectF(left, place.top() + STRIP_PAD + row * STRIP_ROW, width, STRIP_ROW)
            self._paint_cell(painter, cell.adjusted(0, 1, 0, -1), level, look)

    @staticmethod
    def _paint_cell(painter: QPainter, cell: QRectF, level: Level, look: Look) -> None:
        theme = look.theme
        bar = QRectF(cell.left(), cell.top(), level.share * cell.width(), cell.height())
        painter.fillRect(bar, color(mix(theme.role(level.tint), theme.node, _BAR_STRENGTH)))
        painter.setPen(color(theme.text if level.tint == "accent" else theme.role(level.tint)))
        words = elided(level.words, look.count, cell.width())  # as wide as it is: words begin further right
        painter.drawText(cell.adjusted(_EDGE, -2, _EDGE, 2), Qt.AlignmentFlag.AlignVCenter, words)


@dataclass(slots=True)
class Activity:
    """One row's activations as a picture, and those of several rows as a histogram (see `diagnostics.layers`), or a
    level in its place."""

    told: Mapping[str, Any]
    level: Level | None = None
    tall: bool = True
    _image: QImage = field(default_factory=QImage, repr=False)
    _shape: QPolygonF = field(default_factory=QPolygonF, repr=False)
    _place: QRectF = field(default_factory=QRectF, repr=False)
    _theme: str = ""

    def paint(self, painter: QPainter, place: QRectF, look: Look) -> None:
        if self._theme != look.theme.name or self._place != place:
            self._theme, self._place = look.theme.name, place
            self._image = _picture(self.told, look)
            self._shape = _histogram(self.told["counts"], self._histogram_place(place))
        painter.drawImage(_fitted(self._image, self._picture_place(place)), self._image)
        if self.level is not None:
            self.level.paint(painter, self._histogram_place(place), look)
            return
        painter.setPen(_NO_PEN)
        painter.setBrush(color(look.theme.accent))
        painter.drawPolygon(self._shape)

    @staticmethod
    def _picture_place(place: QRectF) -> QRectF:
        return QRectF(place.left(), place.top(), place.height(), place.height())

    @staticmethod
    def _histogram_place(place: QRectF) -> QRectF:
        left = place.left() + place.height() + _GAP
        return QRectF(left, place.top(), place.right() - left, _HISTOGRAM)


def _picture(told: Mapping[str, Any], look: Look) -> QImage:
    """In shades from the canvas' ground to the colour of its text."""
    levels, width = base64.b64decode(told["picture"]), told["width"]
    image = QImage(levels, width, told["height"], width, QImage.Format.Format_Indexed8).copy()
    image.setColorTable(_shades(look.theme.text, look.theme.canvas))
    return image


@lru_cache(maxsize=4)
def _shades(over: str, under: str) -> list[int]:
    return [color(mix(over, under, level / 255)).rgba() for level in range(256)]


def _fitted(image: QImage, room: QRectF) -> QRectF:
    """As large as there is room, undistorted, at the left; a line of few pixels as a band that can be seen."""
    scale = min(room.width() / image.width(), room.height() / image.height())
    size = image.width() * scale, max(image.height() * scale, 6.0)
    return QRectF(room.left(), room.center().y() - size[1] / 2, size[0], size[1])


def _histogram(counts: list[int], place: QRectF) -> QPolygonF:
    """Steps over the base line; the highest fills the place."""
    step, most = place.width() / len(counts), max(*counts, 1)
    points = [place.bottomLeft()]
    for number, count in enumerate(counts):
        top, left = place.bottom() - place.height() * count / most, place.left() + number * step
        points += [QPointF(left, top), QPointF(left + step, top)]
    return QPolygonF([*points, place.bottomRight()])

"""What the canvas paints with: pens, brushes and fonts of one theme, made once."""

from __future__ import annotations

from enum import IntEnum
from functools import cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPen, QPixmap

from app.theme import Theme, fonts, pixmap
from app.theme.colors import mix


class Detail(IntEnum):
    """How much of a node can be seen at a zoom."""

    FAR = 0  # blocks of colour, painted in bulk
    NEAR = 1  # a card with its name
    FULL = 2  # everything


NEAR_FROM = 0.38
FULL_FROM = 0.62


def detail_at(scale: float) -> Detail:
    if scale >= FULL_FROM:
        return Detail.FULL
    return Detail.NEAR if scale >= NEAR_FROM else Detail.FAR


@cache
def pen(color: str, width: float = 1.0, dashed: bool = False, cosmetic: bool = False) -> QPen:
    result = QPen(QColor(color), width)
    result.setCapStyle(Qt.PenCapStyle.RoundCap)
    result.setCosmetic(cosmetic)
    if dashed:
        result.setDashPattern([3.0, 3.0])
    return result


@cache
def color(name: str, alpha: float = 1.0) -> QColor:
    result = QColor(name)
    result.setAlphaF(alpha)
    return result


class Look:
    """One theme as the canvas needs it."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.vector = False  # while a picture made of lines is drawn
        self.bodies: dict[tuple[object, ...], QPixmap] = {}  # card bodies, by all that they depend on
        self.title: QFont = fonts.title()
        self.far_title: QFont = fonts.title(17)
        self.line: QFont = fonts.ui(11)
        self.count: QFont = fonts.ui(10)
        self.shape: QFont = fonts.mono(10)
        self.chip = color(theme.raised if theme.is_dark else mix(theme.raised, theme.node, 1.0))
        self.chip_edge = pen(theme.node_line, 1.0)
        self.shadows = (
            (1.0, 3.0, 0.10 if not theme.is_dark else 0.28),
            (0.0, 1.0, 0.08 if not theme.is_dark else 0.22),
        )

    def family(self, name: str) -> str:
        return self.theme.family(name)

    def mark(self, index: int) -> str:
        """The colour of a shared layer's badge; never the red of problems, which ends the series."""
        calm = self.theme.series[:-1]
        return calm[index % len(calm)]

    def picture(self, name: str, tint: str, size: int, ratio: float) -> QPixmap:
        """An icon, in one of a few resolutions, so that zooming does not render it again every time."""
        steps = (1.0, 2.0, 4.0)
        return pixmap(name, tint, size, next((step for step in steps if step >= ratio - 0.01), steps[-1]))

"""What a node or wire shows beside the document: selection, pointer, drags, and what a training says live."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPolygonF

from app.canvas.look import Look, color, pen


class Overlay(Protocol):
    """A live picture in the foot of a node, such as a sparkline. Painted often: prepare it beforehand.

    ``tall``: it also takes the room of the line above, and of the whole width.
    """

    @property
    def tall(self) -> bool: ...

    def paint(self, painter: QPainter, place: QRectF, look: Look) -> None: ...


class Strip(Protocol):
    """More live words in a strip that hangs from a card, as many ``rows`` as it needs; prepared like an `Overlay`."""

    @property
    def rows(self) -> int: ...

    def paint(self, painter: QPainter, place: QRectF, look: Look) -> None: ...


@dataclass(slots=True)
class NodeState:
    """The canvas' own and never part of the document or of undo."""

    selected: bool = False
    hovered: bool = False
    running: bool = False
    failed: bool = False  # training broke here
    proposed: bool = False  # an edit that is only considered would make it, or change it
    target: bool = False  # what is dragged would land here
    refusing: bool = False  # no port of it takes the wire in hand
    hot: tuple[str, bool] | None = None  # the port under the pointer: its name, and whether it is an input


@dataclass(slots=True)
class Sparkline:
    """The last values of something, as a line."""

    values: tuple[float, ...]
    tint: str = ""
    tall: bool = False
    _line: QPolygonF = field(default_factory=QPolygonF, repr=False)
    _place: QRectF = field(default_factory=QRectF, repr=False)

    def paint(self, painter: QPainter, place: QRectF, look: Look) -> None:
        if place != self._place:
            self._place, self._line = place, self._drawn(place)
        painter.setPen(pen(self.tint or look.theme.accent, 1.2))
        painter.drawPolyline(self._line)

    def _drawn(self, place: QRectF) -> QPolygonF:
        low, high = min(self.values, default=0.0), max(self.values, default=1.0)
        step = place.width() / max(1, len(self.values) - 1)
        scale = place.height() / ((high - low) or 1.0)
        points = [
            QPointF(place.left() + i * step, place.bottom() - (v - low) * scale)
            for i, v in enumerate(self.values)
        ]
        return QPolygonF(points)


@dataclass(frozen=True, slots=True)
class Text:
    """A few words in place of the parameter count, such as ``0.42 ms``."""

    words: str
    tint: str = ""
    tall: bool = False

    def paint(self, painter: QPainter, place: QRectF, look: Look) -> None:
        painter.setFont(look.count)
        painter.setPen(color(self.tint or look.theme.dim))
        painter.drawText(place, self.words)

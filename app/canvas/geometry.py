"""Sizes and places on a node, in the node's own coordinates: one truth for painting, wires and hit tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QPointF, QRectF

from graph_engine.layout import NODE_WIDTH, PORT_STEP, Size, node_size

PORT_RADIUS: Final = 4.5
ASIDE_RADIUS: Final = 3.0
ASIDE_STEP: Final = 12.0
PORT_REACH: Final = 11.0  # how near a pointer must come, at 100 %
STRIPE: Final = 3.0
RADIUS: Final = 8.0
PAD: Final = 8.0  # room around a card for ports, outline and shadow
GRID: Final = 22.0
STRIP_DROP: Final = 2.0  # from a card to the strip that hangs from it
STRIP_ROW: Final = 12.0  # two rows fit between cards that stand as tidying puts them
STRIP_PAD: Final = 1.0


@dataclass(frozen=True, slots=True)
class Body:
    """The geometry of one node: its size and where each port sits."""

    width: float
    height: float
    inputs: Mapping[str, QPointF] = field(default_factory=dict)
    outputs: Mapping[str, QPointF] = field(default_factory=dict)

    @property
    def rect(self) -> QRectF:
        return QRectF(0, 0, self.width, self.height)

    @property
    def bounds(self) -> QRectF:
        return QRectF(-PAD, -PAD, self.width + 2 * PAD, self.height + 2 * PAD)

    def strip(self, rows: int) -> QRectF:
        """Where so many rows hang below the card."""
        return QRectF(0, self.height + STRIP_DROP, self.width, rows * STRIP_ROW + 2 * STRIP_PAD)


def body_of(inputs: tuple[str, ...], outputs: tuple[str, ...], aside: tuple[str, ...] = ()) -> Body:
    """A node that is tall enough for its ports, which stand around the middle of its sides.

    Inputs ``aside`` stand along the lower edge, so that they bend no wire while nobody needs them.
    """
    width, height = size_of(inputs, outputs)
    row = {name: QPointF(RADIUS + ASIDE_STEP * (index + 0.5), height) for index, name in enumerate(aside)}
    return Body(width, height, _column(inputs, 0.0, height) | row, _column(outputs, width, height))


def size_of(inputs: tuple[str, ...], outputs: tuple[str, ...]) -> Size:
    return node_size(max(len(inputs), len(outputs), 1))


def _column(ports: tuple[str, ...], x: float, height: float) -> dict[str, QPointF]:
    top = height / 2 - PORT_STEP * (len(ports) - 1) / 2
    return {name: QPointF(x, top + PORT_STEP * index) for index, name in enumerate(ports)}


def snapped(value: float) -> float:
    """The nearest line of the grid."""
    return round(value / GRID) * GRID


__all__ = [
    "GRID",
    "NODE_WIDTH",
    "PAD",
    "PORT_RADIUS",
    "PORT_REACH",
    "RADIUS",
    "STRIPE",
    "STRIP_PAD",
    "STRIP_ROW",
    "Body",
    "body_of",
    "size_of",
    "snapped",
]

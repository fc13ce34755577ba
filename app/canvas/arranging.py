"""Where selected boxes go when they are lined up or spread out. Pure: boxes in, places out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from PySide6.QtCore import QRectF

from graph_engine.document import Point

Edge = Literal["left", "center", "right", "top", "middle", "bottom"]
Way = Literal["across", "down"]
Boxes = Mapping[str, QRectF]


def aligned(boxes: Boxes, edge: Edge) -> dict[str, Point]:
    """Every box with this edge on the edge, or the middle, of all of them."""
    around = _around(boxes)
    places = {}
    for name, box in boxes.items():
        x, y = box.x(), box.y()
        match edge:
            case "left":
                x = around.left()
            case "center":
                x = around.center().x() - box.width() / 2
            case "right":
                x = around.right() - box.width()
            case "top":
                y = around.top()
            case "middle":
                y = around.center().y() - box.height() / 2
            case "bottom":
                y = around.bottom() - box.height()
        places[name] = Point(round(x), round(y))
    return places


def spread(boxes: Boxes, way: Way) -> dict[str, Point]:
    """The outermost boxes stay; those between get equal gaps, in the order in which they stand."""
    across = way == "across"
    order = sorted(boxes, key=lambda name: boxes[name].x() if across else boxes[name].y())
    sizes = [boxes[name].width() if across else boxes[name].height() for name in order]
    around = _around(boxes)
    room = (around.width() if across else around.height()) - sum(sizes)
    gap = room / max(1, len(order) - 1)
    at = around.left() if across else around.top()
    places = {}
    for name, size in zip(order, sizes, strict=True):
        box = boxes[name]
        places[name] = Point(round(at), box.y()) if across else Point(box.x(), round(at))
        at += size + gap
    return places


def _around(boxes: Boxes) -> QRectF:
    result = QRectF()
    for box in boxes.values():
        result = result.united(box)
    return result

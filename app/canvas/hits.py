"""What is under the pointer. A walk over all items: at 3,000 nodes faster than asking Qt, and free of wrappers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from app.canvas.geometry import PORT_RADIUS
from graph_engine.document import Port

if TYPE_CHECKING:
    from app.canvas.items import NodeItem, WireItem
    from app.canvas.scene import CanvasScene


@dataclass(frozen=True, slots=True)
class Hit:
    """At most one of node, wire and remark; a port belongs to its node."""

    node: str = ""
    port: Port | None = None
    is_input: bool = False
    wire: str = ""
    dot: int = -1  # which of the points that the wire is led through
    remark: str = ""  # a frame or a note
    corner: bool = False  # the corner by which the remark is made larger


NOTHING = Hit()


def hit_at(scene: CanvasScene, x: float, y: float, reach: float, *, wires: bool = True) -> Hit:
    """Ports before cards before wires; of cards that overlap the upper one. ``reach`` in scene units."""
    found = ""
    best: tuple[float, Hit] | None = None
    for name, item in scene.nodes.items():
        dx, dy = x - item.x(), y - item.y()
        body = item.body
        if -reach <= dx <= body.width + reach and -reach <= dy <= body.height + reach:
            port = _nearest_port(item, dx, dy, reach)
            if port and (best is None or port[0] <= best[0]):
                best = port
            if 0 <= dx <= body.width and 0 <= dy <= body.height:
                found = name
    # Inside a card only the port itself counts, so that a card can be taken anywhere else.
    if best and (found != best[1].node or best[0] <= PORT_RADIUS + 3):
        return best[1]
    if found:
        return Hit(node=found)
    wire = wire_at(scene, x, y, reach * 0.75) if wires else ""
    if wire:
        return Hit(wire=wire, dot=_dot_at(scene.wires[wire], x, y, reach))
    remark = remark_at(scene, x, y)
    return Hit(remark=remark, corner=scene.remarks[remark].at_corner(x, y)) if remark else NOTHING


def _dot_at(wire: WireItem, x: float, y: float, reach: float) -> int:
    distances = [abs(dot.x() - x) + abs(dot.y() - y) for dot in wire.dots]
    nearest = min(distances, default=reach + 1)
    return distances.index(nearest) if nearest <= reach else -1


def remark_at(scene: CanvasScene, x: float, y: float) -> str:
    """The uppermost note, or frame whose title or corner it is; empty where there is none."""
    return next((key for key, item in reversed(list(scene.remarks.items())) if item.takes(x, y)), "")


def _nearest_port(item: NodeItem, dx: float, dy: float, reach: float) -> tuple[float, Hit] | None:
    best: tuple[float, Hit] | None = None
    for is_input, spots in ((True, item.body.inputs), (False, item.body.outputs)):
        for name, spot in spots.items():
            distance = ((dx - spot.x()) ** 2 + (dy - spot.y()) ** 2) ** 0.5
            if distance <= reach and (best is None or distance < best[0]):
                best = distance, Hit(item.node, Port(item.node, name), is_input)
    return best


def wire_at(scene: CanvasScene, x: float, y: float, reach: float) -> str:
    """The nearest wire within reach; empty where there is none."""
    best, nearest = "", reach
    for name, wire in scene.wires.items():
        bounds = wire.bounds
        if not (bounds.left() - reach <= x <= bounds.right() + reach):
            continue
        if wire.course and bounds.top() - reach <= y <= bounds.bottom() + reach:
            distance = wire.course.distance(x, y)
            if distance <= nearest:
                best, nearest = name, distance
    return best


def inside(scene: CanvasScene, rect: QRectF) -> list[str]:
    """Nodes that a rectangle touches, frames and notes that it holds; wires it holds only where there is none."""
    nodes = [name for name, item in scene.nodes.items() if rect.intersects(item.rect())]
    nodes += [name for name, item in scene.remarks.items() if rect.contains(item.rect())]
    if nodes:
        return nodes
    return [name for name, wire in scene.wires.items() if wire.course and rect.contains(wire.course.bounds)]

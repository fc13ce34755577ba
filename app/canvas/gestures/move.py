"""Dragging nodes: along guides, and into a wire when a loose node is dropped on one."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRectF, Qt

from app.canvas.geometry import snapped
from app.canvas.gestures.base import Gesture, Pointer
from app.canvas.gestures.snapping import snap
from app.canvas.items import NodeItem
from app.canvas.marks import GuideMark
from app.canvas.remarks import RemarkItem
from app.canvas.stage import Stage
from graph_engine.document import Command, InsertNodeOnEdge, Move, Point, Sequence, wiring

REACH = 5.0  # pixels within which an edge snaps
MANY = 400  # neighbours in sight, past which guides would be noise


class MoveNodes(Gesture):
    """Shift keeps to the grid; Alt neither snaps nor inserts. One undo step, written on release."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, stage: Stage, start: Pointer) -> None:
        super().__init__(stage, start)
        scene = stage.scene
        self._nodes = self._taken()
        self._homes = {name: Point(item.x(), item.y()) for name, item in self._items()}
        self._from = stage.view.scene_point(start.at)
        self._box = scene.bounds(self._nodes)
        self._guides = GuideMark(stage.view, scene.look)
        self._neighbours = self._standing()
        self._insertable = len(self._nodes) == 1 and self._is_loose(self._nodes[0])
        self._wire = ""

    def _taken(self) -> tuple[str, ...]:
        """What is selected, and what lies in selected frames: a frame takes its contents along, but with Alt."""
        scene = self.stage.scene
        taken = dict.fromkeys((*scene.selected_nodes(), *scene.selected_remarks()))
        for name in scene.selected_remarks() if not self.start.alt else ():
            if name in self.stage.graph.frames:
                around = scene.remarks[name].rect()
                inside = {**scene.nodes, **scene.remarks}.items()
                taken |= {other: None for other, item in inside if around.contains(item.rect())}
        return tuple(taken)

    def _standing(self) -> list[QRectF]:
        seen, moving = self.stage.view.visible(), set(self._nodes)
        items = self.stage.scene.nodes.items()
        rects = [item.rect() for node, item in items if node not in moving]
        near = [rect for rect in rects if rect.intersects(seen)]
        return near if len(near) <= MANY else []

    def _is_loose(self, node: str) -> bool:
        if node not in self.stage.scene.nodes:
            return False
        wires, card = wiring(self.stage.graph), self.stage.scene.nodes[node].card
        return bool(card.inputs and card.outputs) and not wires.incoming(node) and not wires.outgoing(node)

    def move(self, pointer: Pointer) -> None:
        self.stage.view.hurry()
        dx, dy = self._way(pointer)
        places = {node: Point(x + dx, y + dy) for node, (x, y) in self._homes.items()}
        self.stage.scene.place(places, self.stage.view.visible())
        if self._insertable:
            self._aim("" if pointer.alt else self._wire_under(pointer.at))

    def _way(self, pointer: Pointer) -> tuple[float, float]:
        """How far from where it began."""
        way: QPointF = self.stage.view.scene_point(pointer.at) - self._from
        box = self._box.translated(way)
        if pointer.alt:
            self._guides.hide()
            return round(way.x()), round(way.y())
        if pointer.shift:
            self._guides.hide()
            return way.x() + snapped(box.left()) - box.left(), way.y() + snapped(box.top()) - box.top()
        found = snap(box, self._neighbours, REACH / self.stage.view.scale_now)
        if found.lines:
            to_view = self.stage.view.view_point
            self._guides.show([(to_view(start), to_view(end)) for start, end in found.lines])
        else:
            self._guides.hide()
        return round(way.x() + found.dx), round(way.y() + found.dy)

    def _wire_under(self, at: QPointF) -> str:
        scene, item = self.stage.scene, self.stage.scene.nodes[self._nodes[0]]
        middle = item.rect().center()
        point = self.stage.view.scene_point(at)
        found = (scene.wire_at(spot.x(), spot.y(), item.body.height / 3) for spot in (middle, point))
        return next((wire for wire in found if wire), "")

    def _aim(self, wire: str) -> None:
        if wire != self._wire:
            self._light(False)
            self._wire = wire
            self._light(True)
            name = self.stage.layer(self._nodes[0]).name
            self.stage.say(f"Release to insert {name} into this wire; Alt leaves it beside." if wire else "")

    def _light(self, on: bool) -> None:
        item = self.stage.scene.wires.get(self._wire)
        if item is not None:
            item.hovered = on
            item.refresh()

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        wire = self._wire
        self._end()
        places = {node: Point(item.x(), item.y()) for node, item in self._items()}
        if places == self._homes and not wire:
            return
        command: Command = Move(self.stage.graph.id, places)
        if wire:
            node, card = self._nodes[0], self.stage.scene.nodes[self._nodes[0]].card
            into = InsertNodeOnEdge(
                self.stage.graph.id, wire, node, card.inputs[0].name, card.outputs[0].name
            )
            command = Sequence(into.label, (command, into))
        self.stage.do(command)
        self.stage.scene.settle(self._nodes)

    def cancel(self) -> None:
        self._end()
        self.stage.scene.settle(self._nodes)

    def _items(self) -> Iterator[tuple[str, NodeItem | RemarkItem]]:
        scene = self.stage.scene
        return ((name, scene.nodes.get(name) or scene.remarks[name]) for name in self._nodes)

    def _end(self) -> None:
        self._guides.hide()
        self._aim("")

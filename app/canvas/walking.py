"""Walking the drawing with the arrow keys: along wires from side to side, across them up and down."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from app.canvas.stage import Stage
from graph_engine.document import wiring


class Walk:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def go(self, dx: int, dy: int, *, keep: bool = False) -> None:
        """To the nearest node along the wires; across them, to the nearest node there is."""
        scene = self._stage.scene
        selected = scene.selected_nodes()
        if not scene.nodes:
            return
        goal = self._next(selected[-1], dx, dy) if selected else self._first()
        if goal:
            scene.select((goal,), keep=keep)
            self._bring_in_sight(goal)

    def _first(self) -> str:
        """The leftmost node in sight, else of all."""
        seen, items = self._stage.view.visible(), self._stage.scene.nodes
        near = [node for node, item in items.items() if item.rect().intersects(seen)] or list(items)
        return min(near, key=lambda node: (items[node].x(), items[node].y()))

    def _next(self, node: str, dx: int, dy: int) -> str:
        wires = wiring(self._stage.graph)
        if dx > 0:
            near = [edge.target.node for edge in wires.outgoing(node)]
        elif dx < 0:
            near = [edge.source.node for edge in wires.incoming(node).values()]
        else:
            near = [other for other in self._stage.scene.nodes if other != node]
        here = self._stage.scene.nodes[node].rect().center()
        best, nearest = "", float("inf")
        for other in near:
            way = self._stage.scene.nodes[other].rect().center() - here
            if dy and way.y() * dy <= 0:
                continue
            distance = abs(way.y()) + 3 * abs(way.x()) if dy else abs(way.y()) + 0.1 * abs(way.x())
            if distance < nearest:
                best, nearest = other, distance
        return best

    def _bring_in_sight(self, node: str) -> None:
        rect: QRectF = self._stage.scene.nodes[node].rect()
        if not self._stage.view.visible().contains(rect):
            self._stage.view.center(rect.center())

"""The keyboard on the canvas: walking along wires, nudging, and the keys that need no menu."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QRectF, Qt

from app.canvas.editing import Editing
from app.canvas.geometry import GRID
from app.canvas.stage import Stage
from graph_engine.document import wiring

Key = Qt.Key
WAYS: Mapping[int, tuple[int, int]] = {
    Key.Key_Left: (-1, 0),
    Key.Key_Right: (1, 0),
    Key.Key_Up: (0, -1),
    Key.Key_Down: (0, 1),
}
MODIFIERS = Qt.KeyboardModifier
MEANT = MODIFIERS.ShiftModifier | MODIFIERS.ControlModifier | MODIFIERS.AltModifier | MODIFIERS.MetaModifier


class Keys:
    """``bindings``: what single keys do, by key and modifiers."""

    def __init__(
        self, stage: Stage, editing: Editing, bindings: Mapping[tuple[int, int], Callable[[], object]]
    ) -> None:
        self._stage, self._editing, self._bindings = stage, editing, bindings

    def press(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        """Whether the key meant something here."""
        held = modifiers & MEANT
        action = self._bindings.get((key, held.value))
        if action is not None:
            action()
        elif key in WAYS and held == MODIFIERS.ControlModifier:
            dx, dy = WAYS[key]
            self._editing.nudge(dx * GRID, dy * GRID)
        elif key in WAYS and held in (MODIFIERS.NoModifier, MODIFIERS.ShiftModifier):
            self._walk(*WAYS[key], keep=bool(held))
        else:
            return False
        return True

    def _walk(self, dx: int, dy: int, keep: bool) -> None:
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

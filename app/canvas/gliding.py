"""Nodes on their way to new places: so that a person sees what became of the drawing that they knew."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation
from PySide6.QtWidgets import QApplication, QStyle

from app.canvas.scene import CanvasScene
from app.theme.tokens import FADE_MS
from graph_engine.document import Point

MANY = 400  # nodes, past which moving all of them smoothly is not to be had


class Glide(QVariantAnimation):
    """The document is at the new places from the start; only the picture follows. `finish` puts everything in place."""

    def __init__(self, scene: CanvasScene, parent: QObject) -> None:
        super().__init__(parent)
        self._scene = scene
        self._ways: dict[str, tuple[Point, Point]] = {}
        self.setStartValue(0.0)
        self.setEndValue(1.0)
        self.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.valueChanged.connect(self._go)

    def places(self) -> dict[str, Point]:
        """Where everything is now: to be given to `start_from` after the change."""
        return {node: Point(item.x(), item.y()) for node, item in self._scene.nodes.items()}

    def start_from(self, before: Mapping[str, Point]) -> None:
        """From where things were to where the document has them now."""
        now = self.places()
        self._ways = {
            node: (before[node], place) for node, place in now.items() if before.get(node, place) != place
        }
        duration = glide_ms()
        if self._ways and duration and len(self._ways) <= MANY:
            self.setDuration(duration)
            self._go(0.0)
            self.start()

    def finish(self) -> None:
        if self.state() == QVariantAnimation.State.Running:
            self.stop()
            self._scene.settle(self._ways)

    def _go(self, part: float) -> None:
        self._scene.place(
            {
                node: Point(start.x + (end.x - start.x) * part, start.y + (end.y - start.y) * part)
                for node, (start, end) in self._ways.items()
                if node in self._scene.nodes
            }
        )
        if part == 1.0:
            self._scene.settle(self._ways)


def glide_ms() -> int:
    """None where the system asks for less motion: its style then animates nothing."""
    style = QApplication.style()
    animated = style.styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0
    return 2 * FADE_MS if animated else 0

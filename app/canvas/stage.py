"""What every hand, key and menu of the canvas works on: the session, the drawing, the view, and a voice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF

from app.bridge.session import Session
from app.canvas.geometry import PORT_REACH
from app.canvas.hits import Hit
from app.canvas.scene import CanvasScene
from app.canvas.stock import Stock
from app.canvas.view import CanvasView
from graph_engine.analysis import GraphInfo, NodeInfo
from graph_engine.document import Command, Document, Edit, Graph, Layer, Point, Refusal


@dataclass(frozen=True, slots=True)
class Stage:
    """``say`` shows a sentence to the person; an empty one takes the last away."""

    session: Session
    scene: CanvasScene
    view: CanvasView
    say: Callable[[str], None]
    stock: Stock = field(default_factory=Stock)

    @property
    def document(self) -> Document:
        return self.session.document

    @property
    def graph(self) -> Graph:
        return self.scene.graph

    @property
    def info(self) -> GraphInfo:
        return self.session.analysis.graphs[self.graph.id]

    def node_info(self, node: str) -> NodeInfo:
        return self.info.nodes[node]

    def layer(self, node: str) -> Layer:
        return self.document.layers[self.graph.nodes[node].layer]

    def do(self, command: Command) -> Edit | Refusal:
        """Does a command, and says why where it is refused."""
        answer = self.session.dispatch(command)
        self.say(answer.reason if isinstance(answer, Refusal) else "")
        return answer

    def hit(self, at: QPointF, *, wires: bool = True) -> Hit:
        """What is under a point of the view. The reach is the same on the screen at every zoom near 100 %."""
        scale = self.view.scale_now
        point = self.view.scene_point(at)
        return self.scene.hit(point.x(), point.y(), PORT_REACH / max(scale, 0.5), wires=wires)

    def scene_point(self, at: QPointF) -> Point:
        point = self.view.scene_point(at)
        return Point(point.x(), point.y())

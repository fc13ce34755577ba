"""All wires of an output in hand: dropped on another output they leave from there."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath

from app.canvas.gestures.base import Gesture, Pointer
from app.canvas.marks import GhostMark
from app.canvas.stage import Stage
from app.canvas.wires import direct
from graph_engine.document import Disconnect, MoveWires, Port, Refusal, wiring


class DragBundle(Gesture):
    """Dropped over nothing, the wires are taken away."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, stage: Stage, start: Pointer, port: Port) -> None:
        super().__init__(stage, start)
        self._port = port
        leaving = wiring(stage.graph).outgoing(port.node)
        self._edges = [edge for edge in leaving if edge.source == port]
        self._mark = GhostMark(stage.view, stage.scene.look)
        self._goal: Port | None = None
        self._answer: MoveWires | Refusal | None = None
        self._hide(True)

    def move(self, pointer: Pointer) -> None:
        goal = self._output_at(pointer.at)
        if goal != self._goal or self._answer is None:
            self._goal = goal
            self._answer = self._asked(goal)
            why = self._answer.reason if isinstance(self._answer, Refusal) else ""
            self.stage.say(why)
        self._draw(pointer.at)

    def _output_at(self, at: QPointF) -> Port | None:
        hit = self.stage.hit(at, wires=False)
        if hit.port and not hit.is_input:
            return hit.port
        node = hit.node or (hit.port.node if hit.port else "")
        outputs = self.stage.scene.nodes[node].card.outputs if node else ()
        return Port(node, outputs[0].name) if outputs else None

    def _asked(self, goal: Port | None) -> MoveWires | Refusal | None:
        if goal is None or goal == self._port:
            return None
        command = MoveWires(self.stage.graph.id, self._port, goal)
        answer = command.apply(self.stage.document)
        return answer if isinstance(answer, Refusal) else command

    def _draw(self, at: QPointF) -> None:
        view, nodes, theme = self.stage.view, self.stage.scene.nodes, self.stage.scene.look.theme
        start = (
            view.view_point(nodes[self._goal.node].spot(self._goal.name, is_input=False))
            if self._goal
            else at
        )
        path = QPainterPath()
        for edge in self._edges:
            end = view.view_point(nodes[edge.target.node].spot(edge.target.name, is_input=True))
            path.addPath(direct(start, end).path)
        count = len(self._edges)
        words = f"{count} wire{'' if count == 1 else 's'}"
        self._mark.show(path, start, words, theme.bad if isinstance(self._answer, Refusal) else theme.accent)

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        self._end()
        if isinstance(self._answer, MoveWires):
            self.stage.do(self._answer)
        elif self._goal is None and not self.stage.hit(pointer.at).node:
            self.stage.do(Disconnect(self.stage.graph.id, tuple(edge.id for edge in self._edges)))

    def cancel(self) -> None:
        self._end()
        self.stage.say("")

    def _end(self) -> None:
        self._mark.hide()
        self._hide(False)

    def _hide(self, hidden: bool) -> None:
        for edge in self._edges:
            item = self.stage.scene.wires.get(edge.id)
            if item is not None:
                item.setVisible(not hidden)

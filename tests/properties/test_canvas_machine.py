"""Random sessions at the canvas itself, by hand and key: whatever is done, it shows the document and nothing else.

The document machine holds commands to their promises; this one holds the scene to the document. After every step
each node, wire, frame and note is where the document has it, wires end at the ports they name, every card is the one
that would be made anew, what is selected is there, and the analysis that was carried along equals one from scratch.
"""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from PySide6.QtCore import QPointF, Qt

from app.bootstrap import application
from app.bridge.session import Session
from app.canvas import gliding
from app.canvas.actions import ACTIONS as TABLE
from app.canvas.canvas import Canvas
from app.canvas.cards import card_of, problems_by_node
from graph_engine.analysis import Analysis, analyze
from graph_engine.document import MAIN, Document, Edge, Store, check_invariants, wiring
from graph_engine.layout import laid_out
from tests.app.canvas.hand import Hand
from tests.properties.test_document_machine import residual_models

T = TypeVar("T")
number = st.integers(0, 1_000)
way = st.builds(QPointF, st.floats(-260, 260), st.floats(-200, 200))
KINDS = ("Input", "Dense", "Conv2D", "ReLU", "Add", "Concatenate", "Output", "block:dense-head")
CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
# Those that open a field or ask the library are rules of their own, or tested where fields are.
ASKING = {"add", "replace", "rename", "publish", "frame", "note", "find"}
ACTIONS = tuple(entry.id for entry in TABLE if entry.id not in ASKING)


def pick(options: Sequence[T], index: int) -> T:
    return options[index % len(options)]


def told(analysis: Analysis) -> object:
    """All that an analysis says, but for the layer objects, which are never equal."""
    nodes = {
        (name, node): (info.line, info.inputs, info.outputs, info.parameters, info.shared)
        for name, graph in analysis.graphs.items()
        for node, info in graph.nodes.items()
    }
    return nodes, [(one.code, one.severity, one.graph, one.node, one.message) for one in analysis.problems]


class CanvasMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.app = application("dark")
        self.canvas: Canvas | None = None
        gliding.glide_ms = lambda: 0  # a hand that reaches for what still moves finds it elsewhere

    @initialize(rich=st.booleans())
    def start(self, rich: bool) -> None:
        document = laid_out(residual_models()) if rich else Document()
        self.canvas = Canvas(Session(Store(document)))
        self.canvas.resize(1400, 900)
        self.canvas.show()
        self.canvas.activateWindow()
        self.canvas.setFocus()
        self.app.processEvents()
        self.hand = Hand(self.canvas)

    def teardown(self) -> None:
        if self.canvas is not None:
            self.canvas.close()
            self.canvas.deleteLater()
        self.app.processEvents()

    @property
    def nodes(self) -> list[str]:
        return list(self.hand.graph.nodes)

    def shown(self) -> Canvas:
        assert self.canvas is not None
        return self.canvas

    def near(self, item: str) -> None:
        """Brings something into the view at 100 %, so that a hand can reach it."""
        scene = self.shown().scene
        self.shown().view.zoom_to(1.0)
        rect = scene.nodes[item].rect() if item in scene.nodes else scene.remarks[item].rect()
        self.shown().view.center(rect.center())

    # By hand

    @rule(kind=st.sampled_from(KINDS), selected=st.booleans())
    def add(self, kind: str, selected: bool) -> None:
        if not selected:
            self.shown().select(())
        self.shown().add_layer(kind)

    @rule(node=number, by=way, keys=st.sampled_from((Qt.KeyboardModifier.NoModifier, SHIFT, ALT)))
    def drag_node(self, node: int, by: QPointF, keys: Qt.KeyboardModifier) -> None:
        if self.nodes:
            one = pick(self.nodes, node)
            self.near(one)
            self.hand.drag(self.hand.body(one), self.hand.body(one) + by, keys=keys)
            self.close_search()

    @rule(one=number, then=st.booleans())
    def look_at_a_fix(self, one: int, then: bool) -> None:
        """It is drawn as it would be, and then as it is."""
        session = self.shown().session
        fixes = [fix for problem in session.analysis.problems for fix in problem.fixes]
        if fixes:
            session.consider(pick(fixes, one).command)
            session.dispatch(pick(fixes, one).command) if then else session.consider(None)

    @rule(node=number, by=way)
    def give_up_a_drag(self, node: int, by: QPointF) -> None:
        if self.nodes:
            one = pick(self.nodes, node)
            self.near(one)
            before = self.shown().session.document
            self.hand.take(self.hand.body(one), self.hand.body(one) + by)
            self.hand.key(Qt.Key.Key_Escape)
            self.hand.release(self.hand.body(one) + by)
            assert self.shown().session.document is before

    @rule(start=number, end=number, onto=st.sampled_from(("node", "wire", "paper")), keys=st.booleans())
    def draw_wire(self, start: int, end: int, onto: str, keys: bool) -> None:
        sources = [node for node in self.nodes if self.shown().scene.nodes[node].body.outputs]
        if not sources:
            return
        source = pick(sources, start)
        self.near(source)
        port = next(iter(self.shown().scene.nodes[source].body.outputs))
        goal = self.hand.output(source, port) + QPointF(30, 160)
        if onto == "node":
            goal = self.hand.body(pick(self.nodes, end))
        elif onto == "wire" and self.hand.graph.edges:
            goal = self.middle(pick(list(self.hand.graph.edges.values()), end))
        self.hand.drag(
            self.hand.output(source, port), goal, keys=CONTROL if keys else Qt.KeyboardModifier.NoModifier
        )
        self.close_search()

    def close_search(self) -> None:
        """A wire that was let go in the open asks what it is to lead to, and is shown meanwhile."""
        self.shown()._searching.popup.close_up()
        self.shown().setFocus()

    def middle(self, edge: Edge) -> QPointF:
        course = self.shown().scene.wires[edge.id].course
        assert course is not None
        return self.shown().view.view_point(course.middle())

    @rule(edge=number, by=way, alt=st.booleans())
    def take_wire(self, edge: int, by: QPointF, alt: bool) -> None:
        """Alt bends it; without, a click selects it, or a box begins."""
        if self.hand.graph.edges:
            at = self.middle(pick(list(self.hand.graph.edges.values()), edge))
            keys = ALT if alt else Qt.KeyboardModifier.NoModifier
            self.hand.click(at, keys=keys)
            self.hand.drag(at, at + by, keys=keys)
            self.close_search()

    @rule(one=number, two=number)
    def cut_stroke(self, one: int, two: int) -> None:
        if self.nodes:
            ends = (
                self.hand.title(pick(self.nodes, one)),
                self.hand.body(pick(self.nodes, two)) + QPointF(0, 90),
            )
            self.hand.drag(*ends, Qt.MouseButton.RightButton, CONTROL)

    @rule(start=way, by=way)
    def box(self, start: QPointF, by: QPointF) -> None:
        middle = QPointF(700, 450)
        self.hand.drag(middle + start, middle + start + by * 2)
        self.close_search()

    @rule(chosen=st.lists(number, max_size=4))
    def select(self, chosen: list[int]) -> None:
        items = [*self.nodes, *self.hand.graph.edges, *self.hand.graph.frames, *self.hand.graph.notes]
        self.shown().select([pick(items, index) for index in chosen] if items else ())

    @rule(at=way, what=st.sampled_from(("frame", "note")), by=way)
    def remark(self, at: QPointF, what: str, by: QPointF) -> None:
        canvas = self.shown()
        if what == "frame" and canvas.selected_nodes():
            canvas.frame_selection()
            self.hand.key(Qt.Key.Key_Escape)
            (*_, frame) = self.hand.graph.frames
            self.near(frame)
            rect = canvas.scene.remarks[frame].rect()
            head = canvas.view.view_point(rect.topLeft() + QPointF(20, 12))
            self.hand.drag(head, head + by)
        elif what == "note":
            canvas.add_note()
            self.hand.type("why")
            self.hand.key(Qt.Key.Key_Return, CONTROL)

    @rule(node=number)
    def replace(self, node: int) -> None:
        if self.nodes:
            self.shown().select((pick(self.nodes, node),))
            self.shown().open_replace()
            self.hand.key(Qt.Key.Key_Return)
            self.close_search()

    # By key

    @rule(name=st.sampled_from(ACTIONS), again=st.integers(1, 2))
    def act(self, name: str, again: int) -> None:
        for _ in range(again):
            self.shown().actions_[name].trigger()

    @rule(back=st.booleans())
    def travel(self, back: bool) -> None:
        self.shown().session.undo() if back else self.shown().session.redo()

    # What always holds

    @invariant()
    def canvas_is_document(self) -> None:
        if self.canvas is None:
            return
        session, scene, graph = self.canvas.session, self.canvas.scene, self.hand.graph
        assert check_invariants(session.document) == []
        assert told(session.analysis) == told(analyze(session.document))
        assert scene.nodes.keys() == graph.nodes.keys() and scene.wires.keys() == graph.edges.keys()
        assert scene.remarks.keys() == graph.frames.keys() | graph.notes.keys()
        assert set(scene.selected_items()) <= scene.nodes.keys() | scene.wires.keys() | scene.remarks.keys()
        self._nodes_are_right()
        self._wires_are_right()
        assert not self.canvas.view.decorations
        assert self.canvas.graph in session.document.graphs and MAIN in session.document.graphs

    def _nodes_are_right(self) -> None:
        canvas, graph = self.shown(), self.hand.graph
        document, analysis = canvas.session.document, canvas.session.analysis
        problems, wires = problems_by_node(analysis.problems, graph.id), wiring(graph)
        for node, item in canvas.scene.nodes.items():
            fed = frozenset(edge.source.name for edge in wires.outgoing(node))
            record, info = document.layer_of(graph.id, node), analysis.node(graph.id, node)
            assert item.card == card_of(record, graph.nodes[node], info, fed, problems.get(node, ()))
            assert not item.state.refusing and item.state.selected == (node in canvas.selected_nodes())
            if node in graph.positions:
                assert (item.x(), item.y()) == tuple(graph.positions[node])

    def _wires_are_right(self) -> None:
        scene, graph = self.shown().scene, self.hand.graph
        for key, edge in graph.edges.items():
            wire = scene.wires[key]
            assert wire.isVisible() and wire.course is not None
            path = wire.course.path
            for spot, port, is_input in (
                (path.pointAtPercent(0.0), edge.source, False),
                (path.pointAtPercent(1.0), edge.target, True),
            ):
                assert (spot - scene.nodes[port.node].spot(port.name, is_input)).manhattanLength() < 0.01
            assert [(dot.x(), dot.y()) for dot in wire.dots] == [tuple(p) for p in graph.bends.get(key, ())]
        for key, item in scene.remarks.items():
            record = graph.frames.get(key) or graph.notes[key]
            assert (item.x(), item.y()) == (record.x, record.y)


TestCanvas = CanvasMachine.TestCase
TestCanvas.settings = settings(
    max_examples=settings().max_examples // 2,  # every step is a hand's, and takes milliseconds
    stateful_step_count=25,
    deadline=None,
    # Shrinking would take minutes: a failure is told as it was found.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)

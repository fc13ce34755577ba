"""A hand for tests: presses, drags and types on a canvas as a person does."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.canvas.canvas import Canvas
from graph_engine.document import Graph

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.MouseButton.NoButton
NO_KEYS = Qt.KeyboardModifier.NoModifier
NOTCH = 120  # of a wheel, in eighths of a degree


class Hand:
    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.said: list[str] = []
        canvas.messaged.connect(self.said.append)

    def end(self) -> None:
        """Lets go of what it works with."""

    @property
    def graph(self) -> Graph:
        return self.canvas.session.document.graphs[self.canvas.graph]

    @property
    def wires(self) -> set[tuple[str, str, str]]:
        """Source node, target node, target port."""
        return {(edge.source.node, edge.target.node, edge.target.name) for edge in self.graph.edges.values()}

    # Places, in the view

    def body(self, node: str) -> QPointF:
        rect = self.canvas.scene.nodes[node].rect()
        return self.canvas.view.view_point(QPointF(rect.center().x(), rect.top() + 38))

    def title(self, node: str) -> QPointF:
        rect = self.canvas.scene.nodes[node].rect()
        return self.canvas.view.view_point(QPointF(rect.center().x(), rect.top() + 14))

    def output(self, node: str, name: str = "output") -> QPointF:
        return self.canvas.view.view_point(self.canvas.scene.nodes[node].spot(name, is_input=False))

    def input(self, node: str, name: str = "input") -> QPointF:
        return self.canvas.view.view_point(self.canvas.scene.nodes[node].spot(name, is_input=True))

    def wire(self, source: str, target: str) -> QPointF:
        edges = self.graph.edges.values()
        edge = next(edge.id for edge in edges if (edge.source.node, edge.target.node) == (source, target))
        course = self.canvas.scene.wires[edge].course
        assert course is not None
        return self.canvas.view.view_point(course.middle())

    # Mouse

    def press(self, at: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        self._send(QEvent.Type.MouseButtonPress, at, button, button, keys)

    def move(self, at: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        self._send(QEvent.Type.MouseMove, at, NONE, button, keys)

    def release(
        self, at: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NO_KEYS
    ) -> None:
        self._send(QEvent.Type.MouseButtonRelease, at, button, NONE, keys)

    def click(self, at: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        self.press(at, button, keys)
        self.release(at, button, keys)

    def double_click(self, at: QPointF) -> None:
        self.click(at)
        self._send(QEvent.Type.MouseButtonDblClick, at, LEFT, LEFT, NO_KEYS)
        self.release(at)

    def take(
        self, start: QPointF, end: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NO_KEYS
    ) -> None:
        """A drag that is not let go yet."""
        self.press(start, button, keys)
        for part in (0.1, 0.5, 1.0):
            self.move(start + (end - start) * part, button, keys)

    def drag(
        self, start: QPointF, end: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NO_KEYS
    ) -> None:
        self.take(start, end, button, keys)
        self.release(end, button, keys)

    def wheel(self, at: QPointF, notches: int, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        viewport = self.canvas.view.viewport()
        by, phase = QPoint(0, NOTCH * notches), Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(at, viewport.mapToGlobal(at), QPoint(), by, NONE, keys, phase, False)
        QApplication.sendEvent(viewport, event)

    def _send(
        self,
        kind: QEvent.Type,
        at: QPointF,
        button: Qt.MouseButton,
        held: Qt.MouseButton,
        keys: Qt.KeyboardModifier,
    ) -> None:
        viewport = self.canvas.view.viewport()
        event = QMouseEvent(kind, at, viewport.mapToGlobal(at), button, held, keys)
        QApplication.sendEvent(viewport, event)

    # Keyboard

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        QTest.keyClick(self._focused(), key, keys)

    def hold(self, key: Qt.Key) -> None:
        """Until it is let go."""
        QTest.keyPress(self._focused(), key)

    def let_go(self, key: Qt.Key) -> None:
        QTest.keyRelease(self._focused(), key)

    def type(self, text: str) -> None:
        QTest.keyClicks(self._focused(), text)

    def _focused(self) -> QWidget:
        return QApplication.focusWidget() or self.canvas.view

"""Which gesture a press becomes. Everything else about a gesture is in its own class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent

from app.canvas.gestures.band import Band
from app.canvas.gestures.base import Gesture, Pointer
from app.canvas.gestures.bend import BendWire, place_for
from app.canvas.gestures.bundle import DragBundle
from app.canvas.gestures.cut import Cut
from app.canvas.gestures.move import MoveNodes
from app.canvas.gestures.pan import Pan
from app.canvas.gestures.stretch import Stretch
from app.canvas.gestures.wire import DragWire, Search
from app.canvas.hits import NOTHING, Hit
from app.canvas.stage import Stage
from graph_engine.document import Bend, Disconnect, Point, Port, wiring

THRESHOLD = 4  # pixels that tell a drag from a click
TITLE = 27.0  # the top of a card: a double click here renames, below it opens what is nested
LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton


@dataclass(frozen=True, slots=True)
class Doors:
    """What hands open but do not own."""

    search: Search
    search_all: Callable[[QPointF], None]
    rename: Callable[[str], None]
    enter: Callable[[str], None]
    menu: Callable[[QPointF, Hit], None]


class Hands:
    def __init__(self, stage: Stage, doors: Doors) -> None:
        self._stage = stage
        self._doors = doors
        self._pressed: Pointer | None = None  # a press that is not yet a drag
        self._button = LEFT
        self._hit = NOTHING
        self._hovered = NOTHING
        self._last = Pointer(QPointF())
        self._gesture: Gesture | None = None
        self.space = False
        self.left_pans = False  # a left drag on the paper moves it; with Shift it still draws a box

    @property
    def busy(self) -> bool:
        return self._gesture is not None

    @property
    def last(self) -> QPointF:
        """Where the pointer was seen last, in the view."""
        return self._last.at

    # Events

    def press(self, event: QMouseEvent) -> None:
        if self._gesture is not None or self._pressed is not None:  # another button gives up what is in hand
            self.cancel()
            return
        self._pressed = self._last = Pointer.of(event)
        self._button = event.button()
        self._hit = self._stage.hit(event.position())
        if self._button == MIDDLE or (self._button == LEFT and self.space):
            self._begin(Pan(self._stage, self._pressed))
        elif self._button == LEFT:
            self._take()

    def move(self, event: QMouseEvent) -> None:
        self._last = Pointer.of(event)
        if self._gesture is not None:
            self._gesture.move(self._last)
        elif self._pressed is None:
            self._hover(self._stage.hit(self._last.at))
        elif (self._last.at - self._pressed.at).manhattanLength() >= THRESHOLD:
            gesture = self._gesture_for(self._pressed)
            if gesture is not None:
                self._begin(gesture)
                gesture.move(self._last)

    def release(self, event: QMouseEvent) -> None:
        if event.button() != self._button:
            return
        self._last = Pointer.of(event)
        gesture, pressed = self._gesture, self._pressed
        self._forget()
        if gesture is not None:
            gesture.release(self._last)
        elif pressed is not None:
            self._click(pressed)

    def double_click(self, event: QMouseEvent) -> None:
        hit = self._stage.hit(event.position())
        self._forget()
        if event.button() != LEFT:
            return
        if hit == NOTHING:
            self._doors.search_all(event.position())
        elif hit.remark:
            self._doors.rename(hit.remark)
        elif hit.node:
            item = self._stage.scene.nodes[hit.node]
            below = self._stage.scene_point(event.position()).y - item.y() > TITLE
            (self._doors.enter if below and item.card.nested else self._doors.rename)(hit.node)

    def keys_changed(self, keys: Qt.KeyboardModifier) -> None:
        """A modifier key went down or up while the pointer rests."""
        if self._gesture is not None:
            self._last = Pointer(self._last.at, keys)
            self._gesture.move(self._last)

    def cancel(self) -> bool:
        """Gives up the gesture under way. Whether there was one."""
        gesture = self._gesture
        held = gesture is not None or self._pressed is not None
        self._forget()
        if gesture is not None:
            gesture.cancel()
        return held

    def leave(self) -> None:
        self._hover(NOTHING)

    # Choosing

    def _take(self) -> None:
        """A press on a node selects it at once, so that a drag moves what is under the pointer."""
        assert self._pressed is not None
        hit, scene = self._hit, self._stage.scene
        if self._pressed.alt and hit.port:
            return
        item = hit.node or hit.wire or hit.remark
        adding = self._pressed.shift or self._pressed.control
        if item and not adding and item not in scene.selected_items():
            scene.select((item,))

    def _gesture_for(self, start: Pointer) -> Gesture | None:
        hit, stage = self._hit, self._stage
        if self._button == RIGHT:
            return Cut(stage, start) if start.control else None
        if self._button != LEFT or (start.alt and hit.port):
            return None
        if hit.port and start.control and not hit.is_input and self._leaving(hit.port):
            return DragBundle(stage, start, hit.port)
        if hit.port:
            return DragWire(stage, start, hit.port, hit.is_input, self._doors.search)
        if hit.wire and (start.alt or hit.dot >= 0):
            return BendWire(stage, start, hit.wire, hit.dot)
        if hit.corner:
            return Stretch(stage, start, hit.remark)
        if hit.node or hit.remark:
            stage.scene.select((hit.node or hit.remark,), keep=True)
            return MoveNodes(stage, start)
        return Pan(stage, start) if self.left_pans and not start.shift else Band(stage, start)

    def _click(self, pressed: Pointer) -> None:
        hit, scene = self._hit, self._stage.scene
        if self._button == RIGHT:
            item = hit.node or hit.wire or hit.remark
            if item and item not in scene.selected_items():
                scene.select((item,))
            self._doors.menu(pressed.at, hit)
        elif self._button == LEFT and pressed.alt and hit.port:
            self._break(hit.port, hit.is_input)
        elif self._button == LEFT and pressed.alt and hit.wire:
            self._toggle_dot(hit, pressed)
        elif self._button == LEFT:
            self._pick(hit.node or hit.wire or hit.remark or (hit.port.node if hit.port else ""), pressed)

    def _pick(self, item: str, pressed: Pointer) -> None:
        scene = self._stage.scene
        before = scene.selected_items()
        if not (pressed.shift or pressed.control):
            scene.select((item,) if item else ())
        elif item:
            scene.select([other for other in before if other != item] if item in before else (*before, item))

    def _break(self, port: Port, is_input: bool) -> None:
        """Takes all wires off a port."""
        held = wiring(self._stage.graph).incoming(port.node).get(port.name) if is_input else None
        edges = (held.id,) if held else () if is_input else self._leaving(port)
        if edges:
            self._stage.do(Disconnect(self._stage.graph.id, edges))

    def _toggle_dot(self, hit: Hit, pressed: Pointer) -> None:
        """A new dot on a wire, or one fewer."""
        points = list(self._stage.graph.bends.get(hit.wire, ()))
        if hit.dot >= 0:
            del points[hit.dot]
        else:
            at = self._stage.scene_point(pressed.at)
            points.insert(place_for(self._stage, hit.wire, at), Point(round(at.x), round(at.y)))
        self._stage.do(Bend(self._stage.graph.id, hit.wire, tuple(points)))

    def _leaving(self, port: Port) -> tuple[str, ...]:
        leaving = wiring(self._stage.graph).outgoing(port.node)
        return tuple(edge.id for edge in leaving if edge.source == port)

    def _begin(self, gesture: Gesture) -> None:
        self._hover(NOTHING)
        self._gesture = gesture
        self._stage.view.viewport().setCursor(gesture.cursor)

    def _forget(self) -> None:
        self._gesture = self._pressed = None
        self._stage.view.viewport().unsetCursor()

    # The pointer without a button

    def _hover(self, hit: Hit) -> None:
        if hit != self._hovered:
            self._mark(self._hovered, False)
            self._hovered = hit
            self._mark(hit, True)
            self._stage.view.viewport().setCursor(_cursor(hit))

    def _mark(self, hit: Hit, on: bool) -> None:
        scene = self._stage.scene
        node = hit.node or (hit.port.node if hit.port else "")
        if node in scene.nodes:
            state = scene.nodes[node].state
            state.hovered = on
            state.hot = (hit.port.name, hit.is_input) if on and hit.port else None
            scene.nodes[node].update()
        elif hit.wire in scene.wires:
            scene.wires[hit.wire].hovered = on
            scene.wires[hit.wire].refresh()
        elif hit.remark in scene.remarks:
            scene.remarks[hit.remark].hovered = on
            scene.remarks[hit.remark].update()


def _cursor(hit: Hit) -> Qt.CursorShape:
    if hit.port:
        return Qt.CursorShape.CrossCursor
    if hit.corner:
        return Qt.CursorShape.SizeFDiagCursor
    return Qt.CursorShape.PointingHandCursor if hit.wire else Qt.CursorShape.ArrowCursor

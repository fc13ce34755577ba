"""The items of the scene: a node, a wire. They hold what is painted; the scene decides, gestures act."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.canvas.cards import Card
from app.canvas.geometry import Body, body_of
from app.canvas.lettering import Lettering, lettering
from app.canvas.look import Detail, Look, pen
from app.canvas.paint import paint_node
from app.canvas.states import NodeState, Overlay, Strip
from app.canvas.wires import Course

DOT = 5.0  # reach of a dot on a wire
ANTIALIASING, NO_BRUSH = QPainter.RenderHint.Antialiasing, Qt.BrushStyle.NoBrush


class Setting(Protocol):
    """What all items of one scene share while they are painted."""

    look: Look
    detail: Detail
    hurried: bool
    ratio: float


class NodeItem(QGraphicsItem):
    """One node. Its position is the document's, but for the length of a drag."""

    def __init__(self, node: str, card: Card, setting: Setting) -> None:
        super().__init__()
        self.node = node
        self.setting = setting
        self.state = NodeState()
        self.overlay: Overlay | None = None
        self.strip: Strip | None = None
        self.setZValue(1 + age(node))
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.body = Body(0, 0)
        self.show_card(card)

    def show_card(self, card: Card) -> bool:
        """Whether the ports moved, and the wires with them."""
        body = body_of(card.input_names, card.output_names, card.aside_names)
        moved = body != self.body
        if moved:
            self.prepareGeometryChange()
            self.body = body
            self._bounds = self._measured()
        self.card = card
        self.relabel()
        return moved

    def show_live(self, overlay: Overlay | None, strip: Strip | None) -> None:
        """What a training says: in the card, and in a strip below it."""
        self.overlay, self.strip = overlay, strip
        bounds = self._measured()
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        self.update()

    def _measured(self) -> QRectF:
        bounds = self.body.bounds
        return bounds if self.strip is None else bounds | self.body.strip(self.strip.rows)

    def relabel(self) -> None:
        """Lays the text out again: the card or the fonts have changed."""
        self._letters: Lettering | None = None
        self.update()

    @property
    def letters(self) -> Lettering:
        """Laid out when first painted: of a large graph most is never seen from near."""
        if self._letters is None:
            self._letters = lettering(self.card, self.body.width, self.setting.look)
        return self._letters

    def rect(self) -> QRectF:
        """In the scene's coordinates."""
        return self.body.rect.translated(self.pos())

    def box(self) -> tuple[float, float, float, float]:
        """The same as plain numbers: left, top, right, bottom."""
        x, y = self.x(), self.y()
        return x, y, x + self.body.width, y + self.body.height

    def spot(self, port: str, is_input: bool) -> QPointF:
        """Where a port is in the scene; the middle of the side for one that the node does not have."""
        spots = self.body.inputs if is_input else self.body.outputs
        place = spots.get(port) or QPointF(0 if is_input else self.body.width, self.body.height / 2)
        return self.pos() + place

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None, /
    ) -> None:
        setting = self.setting
        painter.setRenderHint(ANTIALIASING)
        paint_node(painter, self, setting.look, setting.detail, setting.ratio)


class WireItem(QGraphicsItem):
    """One wire."""

    def __init__(self, edge: str, setting: Setting) -> None:
        super().__init__()
        self.edge = edge
        self.setting = setting
        self.tint = ""
        self.width = 1.5
        self.selected = False
        self.hovered = False
        self.failed = False  # it carried what broke a training
        self.proposed = False  # an edit that is only considered would draw it
        self.setZValue(age(edge))
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.bounds = QRectF()
        self._pen = QPen()
        self.course: Course | None = None
        self.dots: tuple[QPointF, ...] = ()

    def lead(self, course: Course, dots: tuple[QPointF, ...] = ()) -> None:
        """A new course, and the dots through which it was led."""
        self.prepareGeometryChange()
        self.course, self.dots = course, dots
        self.bounds = course.bounds.adjusted(-DOT, -DOT, DOT, DOT)

    def dress(self, tint: str, width: float) -> None:
        self.tint, self.width = tint, width
        self.refresh()

    def refresh(self) -> None:
        """After selection, pointer or theme has changed."""
        theme = self.setting.look.theme
        tint = (
            theme.accent
            if self.selected or self.proposed
            else theme.text
            if self.hovered and not self.tint and not self.failed
            else self.base_tint()
        )
        wide = self.selected or self.hovered or self.failed
        self._pen = pen(tint, self.width + (0.8 if wide else 0.0), self.proposed)
        self.update()

    def base_tint(self) -> str:
        theme = self.setting.look.theme
        if self.failed:
            return theme.bad
        return theme.family(self.tint) if self.tint else theme.wire

    def boundingRect(self) -> QRectF:
        return self.bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None, /
    ) -> None:
        if self.course is None:
            return
        painter.setRenderHint(ANTIALIASING, not self.setting.hurried)
        painter.setPen(self._pen)
        painter.setBrush(NO_BRUSH)
        painter.drawPath(self.course.path)
        if self.dots:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(self._pen.color())
            for dot in self.dots:
                painter.drawEllipse(dot, DOT - 2.0, DOT - 2.0)


def age(item: str) -> float:
    """0 to 1 by the number in an id, which only grows: what came later lies above, also after reopening."""
    digits = item.lstrip("abcdefghijklmnopqrstuvwxyz")
    return min(int(digits), 10**9) / 10**9 if digits.isdecimal() else 0.0

"""The graph from far away: wires and nodes in bulk, one stroke and one fill a colour, without a call per item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from app.canvas.look import color, pen

if TYPE_CHECKING:
    from app.canvas.scene import CanvasScene

STRIPE_SHARE = 0.12  # of a node's width: wider than near by, or the family could not be told


class Overview:
    """Prepared when first painted after a change; until then it costs nothing."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._wires: dict[str, QPainterPath] | None = None
        self._cards: list[QRectF] = []
        self._stripes: dict[str, list[QRectF]] = {}
        self._bounds = QRectF()

    def forget(self) -> None:
        self._wires = None

    @property
    def bounds(self) -> QRectF:
        """Around all there is."""
        self._prepared()
        return self._bounds

    def paint(self, painter: QPainter) -> None:
        """In scene coordinates, clipped by the caller to what is exposed."""
        wires = self._prepared()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._paint_remarks(painter)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for tint, path in wires.items():
            painter.setPen(pen(tint, 1.0, cosmetic=True))
            painter.drawPath(path)
        theme = self._scene.look.theme
        painter.setPen(pen(theme.node_line, 1.0, cosmetic=True))
        painter.setBrush(color(theme.node))
        painter.drawRects(self._cards)
        painter.setPen(Qt.PenStyle.NoPen)
        for family, rects in self._stripes.items():
            painter.setBrush(color(theme.family(family)))
            painter.drawRects(rects)
        self._paint_marked(painter)

    def _paint_remarks(self, painter: QPainter) -> None:
        theme = self._scene.look.theme
        for remark in self._scene.remarks.values():
            tint = theme.families.get(remark.record.colour, theme.dim) if remark.is_frame else theme.dim  # type: ignore[union-attr]  # only frames have a colour
            painter.setPen(pen(theme.accent if remark.selected else theme.line, 1.0, cosmetic=True))
            painter.setBrush(color(tint, 0.09))
            painter.drawRect(remark.rect())

    def _prepared(self) -> dict[str, QPainterPath]:
        if self._wires is None:
            self._wires = {}
            for wire in self._scene.wires.values():
                if wire.course:
                    self._wires.setdefault(wire.base_tint(), QPainterPath()).addPath(wire.course.path)
            self._cards, self._stripes = [], {}
            for node in self._scene.nodes.values():
                rect = node.rect()
                self._cards.append(rect)
                stripe = QRectF(rect.left(), rect.top(), rect.width() * STRIPE_SHARE, rect.height())
                self._stripes.setdefault(node.card.family, []).append(stripe)
            self._bounds = self._measured()
        return self._wires

    def _measured(self) -> QRectF:
        found = QRectF()
        for rect in (*self._cards, *(remark.rect() for remark in self._scene.remarks.values())):
            found |= rect
        for path in (self._wires or {}).values():
            found |= path.controlPointRect()
        return found

    def _paint_marked(self, painter: QPainter) -> None:
        """Few at a time: selection, problems, what is running, what the pointer is on."""
        theme = self._scene.look.theme
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for node in self._scene.nodes.values():
            state = node.state
            if state.selected or state.target:
                painter.setPen(pen(theme.accent, 2.0, cosmetic=True))
            elif node.card.problem == "error":
                painter.setPen(pen(theme.bad, 2.0, cosmetic=True))
            elif state.running or state.hovered:
                painter.setPen(pen(theme.accent if state.running else theme.dim, 1.0, cosmetic=True))
            else:
                continue
            painter.drawRect(node.rect())
        for wire in self._scene.wires.values():
            if (wire.selected or wire.hovered) and wire.course:
                painter.setPen(pen(theme.accent, 2.0, cosmetic=True))
                painter.drawPath(wire.course.path)

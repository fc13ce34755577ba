"""The whole graph in a corner, and where the view is; a press or drag goes there."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap, QTransform
from PySide6.QtWidgets import QWidget

from app.canvas.look import color, pen
from app.canvas.scene import CanvasScene
from app.canvas.view import CanvasView

SIZE = QSize(148, 92)
ROOM = 8.0
SMALLEST = 5.0, 3.0  # of a node, in pixels
MANY = 200  # nodes, past which round corners could not be seen


class Minimap(QWidget):
    """Nodes are painted once after a change and kept as a picture; moving the view only moves the frame."""

    def __init__(self, scene: CanvasScene, view: CanvasView, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(SIZE)
        self._scene, self._view = scene, view
        self._picture: QPixmap | None = None
        self._map = QTransform()
        self._later = QTimer(self, singleShot=True, interval=60)  # while nodes are dragged, now and then
        self._later.timeout.connect(self._draw_again)
        scene.shown.connect(self._later.start)
        view.viewMoved.connect(self.update)
        view.zoomChanged.connect(self.update)

    def redress(self) -> None:
        """After the theme has changed."""
        self._draw_again()

    def _draw_again(self) -> None:
        self._picture = None
        self.update()

    def _drawn(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        self._map = self._fitting(self._scene.bounds(list(self._scene.nodes)))
        painter = QPainter(picture)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(self._scene.nodes) <= MANY)
        for family, places in self._places().items():
            painter.setBrush(color(self._scene.look.theme.family(family)))
            if len(self._scene.nodes) > MANY:
                painter.drawRects(places)
            else:
                for place in places:
                    painter.drawRoundedRect(place, 1.5, 1.5)
        painter.end()
        return picture

    def _places(self) -> dict[str, list[QRectF]]:
        """Where the nodes of each family lie on the map."""
        found: dict[str, list[QRectF]] = {}
        scale, dx, dy = self._map.m11(), self._map.dx(), self._map.dy()
        for node in self._scene.nodes.values():
            left, top, right, bottom = node.box()
            width, height = max(SMALLEST[0], (right - left) * scale), max(SMALLEST[1], (bottom - top) * scale)
            x, y = (left + right) / 2 * scale + dx, (top + bottom) / 2 * scale + dy
            found.setdefault(node.card.family, []).append(
                QRectF(x - width / 2, y - height / 2, width, height)
            )
        return found

    def _fitting(self, bounds: QRectF) -> QTransform:
        room = QRectF(self.rect()).adjusted(ROOM, ROOM, -ROOM, -ROOM)
        if bounds.isEmpty():
            bounds = self._view.visible()
        scale = min(room.width() / bounds.width(), room.height() / bounds.height(), 0.12)
        result = QTransform.fromTranslate(room.center().x(), room.center().y())
        return result.scale(scale, scale).translate(-bounds.center().x(), -bounds.center().y())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture is None:
            self._picture = self._drawn()
        theme = self._scene.look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen(theme.line))
        painter.setBrush(color(theme.panel, 0.94))
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, 5, 5)
        painter.drawPixmap(0, 0, self._picture)
        seen = self._map.mapRect(self._view.visible()).intersected(frame.adjusted(3, 3, -3, -3))
        painter.setPen(pen(theme.accent))
        painter.setBrush(color(theme.accent, 0.08))
        painter.drawRect(seen)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go(event)

    def _go(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._view.center(self._map.inverted()[0].map(event.position()))
        event.accept()

"""The whole graph in a corner, and where the view is; a press or drag goes there."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap, QTransform
from PySide6.QtWidgets import QWidget

from app.canvas.look import color, pen
from app.canvas.scene import CanvasScene
from app.canvas.view import CanvasView

SIZE = QSize(148, 92)
ROOM = 8.0
SMALLEST = 5.0, 3.0  # of a node, in pixels


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
        theme = self._scene.look.theme
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for node in self._scene.nodes.values():
            place = self._map.mapRect(node.rect())
            width, height = max(SMALLEST[0], place.width()), max(SMALLEST[1], place.height())
            painter.setBrush(color(theme.family(node.card.family)))
            corner = place.center() - QPointF(width / 2, height / 2)
            painter.drawRoundedRect(QRectF(corner.x(), corner.y(), width, height), 1.5, 1.5)
        painter.end()
        return picture

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

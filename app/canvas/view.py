"""The view: zoom, pan, and painting of what is no item. What a pointer does is decided by `Hands`."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTransform
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from app.canvas.backdrop import paint_backdrop
from app.canvas.look import Detail, detail_at
from app.canvas.scene import CanvasScene

SMALLEST, LARGEST = 0.03, 4.0
REACH = 2.0e7  # the canvas has no edge that anyone could reach
MANY_WIRES = 150  # with more than that in sight, wires are painted roughly while the view moves
REST_MS = 120


class Decoration(Protocol):
    """Something a gesture paints over the drawing, in the view's coordinates."""

    def bounds(self) -> QRectF: ...

    def paint(self, painter: QPainter) -> None: ...


class CanvasView(QGraphicsView):
    zoomChanged = Signal(float)
    viewMoved = Signal()

    def __init__(self, scene: CanvasScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self._scene = scene
        self._decorations: list[Decoration] = []
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._come_to_rest)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSceneRect(-REACH, -REACH, 2 * REACH, 2 * REACH)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)

    @property
    def scale_now(self) -> float:
        return self.transform().m11()

    # Moving about

    def pan(self, by: QPoint) -> None:
        """Moves the drawing by so many pixels."""
        self._hurry()
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() - by.x())
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() - by.y())
        self.viewMoved.emit()

    def zoom_to(self, scale: float, fixed: QPointF | None = None) -> None:
        """To a scale, with one point of the view staying where it is: the pointer, or else the middle."""
        scale = max(SMALLEST, min(LARGEST, scale))
        fixed = fixed if fixed is not None else QPointF(self.viewport().rect().center())
        anchor = self.scene_point(fixed)
        self._hurry()
        self._set_scale(scale)
        self._bring(anchor, fixed)

    def frame(self, rect: QRectF, largest: float = 1.0) -> None:
        """Shows a rectangle whole, with room around it, never larger than 100 % unless asked."""
        if rect.isEmpty():
            return
        room = self.viewport().rect().adjusted(40, 56, -40, -40)
        fitting = min(room.width() / rect.width(), room.height() / rect.height())
        self._set_scale(max(SMALLEST, min(fitting, largest)))
        self._bring(rect.center(), QPointF(room.center()))

    def frame_start(self, rect: QRectF, scale: float) -> None:
        """Shows a rectangle whole if that takes no smaller scale than this one; else its left end at that scale."""
        room = self.viewport().rect().adjusted(40, 56, -40, -40)
        if rect.isEmpty() or min(room.width() / rect.width(), room.height() / rect.height()) >= scale:
            self.frame(rect)
            return
        self._set_scale(scale)
        left = QPointF(rect.left(), rect.center().y())
        self._bring(left, QPointF(room.left(), room.center().y()))

    def center(self, point: QPointF) -> None:
        self._bring(point, QPointF(self.viewport().rect().center()))

    def scene_point(self, point: QPointF) -> QPointF:
        return self.viewportTransform().inverted()[0].map(point)

    def view_point(self, point: QPointF) -> QPointF:
        return self.viewportTransform().map(point)

    def visible(self) -> QRectF:
        """What of the scene can be seen."""
        return self.viewportTransform().inverted()[0].mapRect(QRectF(self.viewport().rect()))

    def _set_scale(self, scale: float) -> None:
        self._scene.detail = detail_at(scale)
        self.setTransform(QTransform.fromScale(scale, scale))
        self.zoomChanged.emit(scale)

    def _bring(self, point: QPointF, to: QPointF) -> None:
        """Scrolls so that a point of the scene lies at a point of the view."""
        off = self.view_point(point) - to
        self.horizontalScrollBar().setValue(round(self.horizontalScrollBar().value() + off.x()))
        self.verticalScrollBar().setValue(round(self.verticalScrollBar().value() + off.y()))
        self.viewMoved.emit()

    def _hurry(self) -> None:
        self._scene.hurried = self._wires_in_sight > MANY_WIRES
        self._rest.start()

    def _come_to_rest(self) -> None:
        if self._scene.hurried:
            self._scene.hurried = False
            self.viewport().update()

    _wires_in_sight = 0

    def hurry(self) -> None:
        """A drag is under way: paint roughly if there is much to paint, until things rest."""
        self._hurry()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        self._scene.ratio = self.scale_now * self.devicePixelRatioF()
        if self._scene.detail is Detail.FAR:
            self._paint_far(event)
        else:
            super().paintEvent(event)
        if self._decorations:
            painter = QPainter(self.viewport())
            painter.setClipRegion(event.region())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for decoration in self._decorations:
                decoration.paint(painter)
            painter.end()

    def _paint_far(self, event: QPaintEvent) -> None:
        """Past the items: from far away even asking each of them costs more than painting all."""
        painter = QPainter(self.viewport())
        painter.setClipRegion(event.region())
        painter.setTransform(self.viewportTransform())
        exposed = self.viewportTransform().inverted()[0].mapRect(QRectF(event.rect()))
        self.drawBackground(painter, exposed)
        self._scene.overview.paint(painter)
        painter.end()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        paint_backdrop(painter, QRectF(rect), self.scale_now, self._scene.look)

    @property
    def decorations(self) -> tuple[Decoration, ...]:
        """What gestures paint at the moment."""
        return tuple(self._decorations)

    def decorate(self, decoration: Decoration) -> None:
        self._decorations.append(decoration)
        self.touch(decoration.bounds())

    def undecorate(self, decoration: Decoration) -> None:
        if decoration in self._decorations:
            self._decorations.remove(decoration)
            self.touch(decoration.bounds())

    def touch(self, bounds: QRectF) -> None:
        """Paints a part of the view again; call with a decoration's old and new bounds."""
        self.viewport().update(bounds.toAlignedRect().adjusted(-3, -3, 3, 3))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.viewMoved.emit()

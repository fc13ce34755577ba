"""The whole graph as a picture, at any resolution and whatever the zoom of the window."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from app.canvas.backdrop import paint_backdrop
from app.canvas.look import Detail
from app.canvas.scene import CanvasScene

MARGIN = 32.0
LARGEST = 16_000  # pixels along a side; more is neither shown nor printed by most programs


def picture(scene: CanvasScene, scale: float) -> QImage:
    """``scale``: pixels per unit, less for a graph too large for that."""
    bounds = scene.bounds().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
    scale = min(scale, LARGEST / bounds.width(), LARGEST / bounds.height())
    image = QImage(round(bounds.width() * scale), round(bounds.height() * scale), QImage.Format.Format_RGB32)
    shown = scene.detail, scene.hurried, scene.ratio
    scene.detail, scene.hurried, scene.ratio = Detail.FULL, False, scale
    painter = QPainter(image)
    try:
        painter.scale(scale, scale)
        painter.translate(-bounds.topLeft())
        paint_backdrop(painter, bounds, scale, scene.look)
        painter.resetTransform()
        scene.render(painter, QRectF(image.rect()), bounds)
    finally:
        painter.end()
        scene.detail, scene.hurried, scene.ratio = shown
    return image

"""The graph, or a part of it, as a picture or a drawing, at any resolution and whatever the zoom of the window."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QGraphicsItem

from app.canvas.backdrop import paint_backdrop
from app.canvas.look import Detail, color
from app.canvas.scene import CanvasScene
from graph_engine.values import LayerloomError

MARGIN = 32.0
LARGEST = 16_000  # pixels along a side; more is neither shown nor printed by most programs
ICONS = 4.0  # pixels per unit of the icons in a drawing, which are pictures there, too


def picture(scene: CanvasScene, scale: float, only: Collection[str] = ()) -> QImage:
    """``scale``: pixels per unit, less for a graph too large for that. ``only``: these items, none other."""
    bounds = _bounds(scene, only)
    scale = min(scale, LARGEST / bounds.width(), LARGEST / bounds.height())
    image = QImage(round(bounds.width() * scale), round(bounds.height() * scale), QImage.Format.Format_RGB32)
    with _shown(scene, only, scale):
        painter = QPainter(image)
        try:
            painter.scale(scale, scale)
            painter.translate(-bounds.topLeft())
            paint_backdrop(painter, bounds, scale, scene.look)
            painter.resetTransform()
            scene.render(painter, QRectF(image.rect()), bounds)
        finally:
            painter.end()
    return image


def draw(scene: CanvasScene, path: Path, title: str, only: Collection[str] = ()) -> None:
    """An SVG file: words are words in it, and lines are lines. Raises LayerloomError where it cannot be written."""
    bounds = _bounds(scene, only)
    area = QRectF(0.0, 0.0, bounds.width(), bounds.height())
    drawing = QSvgGenerator()
    drawing.setFileName(str(path))
    drawing.setSize(area.size().toSize())
    drawing.setViewBox(area)
    drawing.setTitle(title)
    painter = QPainter()
    with _shown(scene, only, ICONS, vector=True):
        if not painter.begin(drawing):
            raise LayerloomError(f"{path.name} could not be written there.")
        try:
            painter.fillRect(area, color(scene.look.theme.canvas))
            scene.render(painter, area, bounds)
        finally:
            painter.end()


def _bounds(scene: CanvasScene, only: Collection[str]) -> QRectF:
    bounds = scene.bounds(only).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
    return QRectF(bounds.topLeft(), bounds.size().expandedTo(QSizeF(1.0, 1.0)))


@contextmanager
def _shown(
    scene: CanvasScene, only: Collection[str], ratio: float, *, vector: bool = False
) -> Iterator[None]:
    """With every detail, nothing selected, and what is not wanted out of sight; afterwards all is as it was."""
    look = scene.look
    before = scene.detail, scene.hurried, scene.ratio, look.vector
    selected, out = scene.selected_items(), _others(scene, only)
    scene.blockSignals(True)
    scene.detail, scene.hurried, scene.ratio, look.vector = Detail.FULL, False, ratio, vector
    scene.select(())
    for item in out:
        item.setVisible(False)
    try:
        yield
    finally:
        for item in out:
            item.setVisible(True)
        scene.select(selected)
        scene.detail, scene.hurried, scene.ratio, look.vector = before
        scene.blockSignals(False)


def _others(scene: CanvasScene, only: Collection[str]) -> list[QGraphicsItem]:
    """All items but those that are wanted, and the wires between these."""
    if not only:
        return []
    edges = scene.graph.edges
    inside = {name for name, edge in edges.items() if edge.source.node in only and edge.target.node in only}
    items = {**scene.nodes, **scene.wires, **scene.remarks}
    return [item for name, item in items.items() if name not in only and name not in inside]

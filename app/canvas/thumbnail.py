"""A document's main graph at the size of a stamp: blocks in the colours of their families, and wires."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform

from app.canvas.cards import family_of
from app.canvas.geometry import NODE_WIDTH
from app.canvas.look import color, pen
from app.canvas.wires import direct
from app.theme import current
from graph_engine.document import Document, Graph
from graph_engine.layout import NODE_HEIGHT, layout

ROOM = 16.0
LARGEST = 0.4  # a model of three layers is not blown up
SMALLEST = 8.0, 5.0  # of a block, in pixels


def thumbnail(document: Document, size: QSize, ratio: float) -> QPixmap:
    """Reads records alone: cheap enough to be made for every template whenever the start page is shown."""
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(color(current().canvas))
    graph = document.main
    places = graph.positions if graph.positions.keys() >= graph.nodes.keys() else layout(graph)
    boxes = {node: QRectF(point.x, point.y, NODE_WIDTH, NODE_HEIGHT) for node, point in places.items()}
    if boxes:
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint(painter, document, graph, boxes, _fitting(boxes, size))
        painter.end()
    return picture


def _paint(
    painter: QPainter, document: Document, graph: Graph, boxes: dict[str, QRectF], way: QTransform
) -> None:
    theme = current()
    painter.setPen(pen(theme.wire, 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for edge in graph.edges.values():
        start, end = boxes[edge.source.node], boxes[edge.target.node]
        begins, ends = QPointF(start.right(), start.center().y()), QPointF(end.left(), end.center().y())
        painter.drawPath(direct(way.map(begins), way.map(ends)).path)
    painter.setPen(Qt.PenStyle.NoPen)
    for node, box in boxes.items():
        painter.setBrush(color(theme.family(family_of(document.layer_of(graph.id, node).type))))
        place = way.mapRect(box)
        width, height = max(SMALLEST[0], place.width()), max(SMALLEST[1], place.height())
        corner = place.center() - QPointF(width / 2, height / 2)
        painter.drawRoundedRect(QRectF(corner.x(), corner.y(), width, height), 2, 2)


def _fitting(boxes: dict[str, QRectF], size: QSize) -> QTransform:
    around = QRectF()
    for box in boxes.values():
        around = around.united(box)
    room = QRectF(0, 0, size.width(), size.height()).adjusted(ROOM, ROOM, -ROOM, -ROOM)
    scale = min(room.width() / around.width(), room.height() / around.height(), LARGEST)
    way = QTransform.fromTranslate(room.center().x(), room.center().y())
    return way.scale(scale, scale).translate(-around.center().x(), -around.center().y())

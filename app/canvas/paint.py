"""How a node is painted. Reads what was prepared; makes no paths and lays out no text."""

from __future__ import annotations

from functools import lru_cache
from math import ceil
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPixmap, QTransform

from app.canvas.cards import Card, PortCard
from app.canvas.geometry import ASIDE_RADIUS, PAD, PORT_RADIUS, RADIUS, STRIPE, Body
from app.canvas.lettering import BADGE, LINE_ROW, RIGHT, TITLE_ROW, Lettering
from app.canvas.look import Detail, Look, color, pen
from app.canvas.states import NodeState, Overlay, Strip

ICON = 14
KEPT = 400  # pictures of card bodies
# Asked for with every card: an enum of Qt costs more to look up than a small thing to paint.
TRANSPARENT, NO_PEN, NO_BRUSH = Qt.GlobalColor.transparent, Qt.PenStyle.NoPen, Qt.BrushStyle.NoBrush
UPRIGHT = QTransform()


class Painted(Protocol):
    """What a node keeps ready for painting."""

    card: Card
    body: Body
    state: NodeState
    overlay: Overlay | None
    strip: Strip | None

    @property
    def letters(self) -> Lettering: ...


def paint_node(painter: QPainter, node: Painted, look: Look, detail: Detail, ratio: float) -> None:
    """``ratio``: device pixels per unit, for pictures that must be sharp."""
    faded = 0.45 if node.card.bypassed or node.state.refusing else 1.0
    if faded < 1.0:
        painter.setOpacity(faded)
    _body(painter, node, look, detail, ratio)
    if detail is Detail.FULL:
        if node.strip is not None:
            _strip(painter, node, node.strip, look)
        _words(painter, node, look, ratio)
        _badges(painter, node, look, ratio)
        _ports(painter, node, look)
    else:
        _word_near(painter, node, look)
    if faded < 1.0:
        painter.setOpacity(1.0)


def _body(painter: QPainter, node: Painted, look: Look, detail: Detail, ratio: float) -> None:
    """Shadow, card and stripe: the most expensive part, so it is kept as a picture for each of the few kinds there are,
    and put down pixel by pixel. Pictures that are made of lines get lines."""
    outline = _outline(node, look)
    if detail is not Detail.FULL or look.vector:
        _paint_body(painter, node.body.rect, node.card, outline, look, detail)
    else:
        shape = node.body.width, node.body.height, node.card.family, node.card.nested
        key = (*shape, outline.color().rgba(), outline.widthF(), node.card.bypassed, ratio)
        kept = look.bodies.get(key)
        if kept is None:
            kept = look.bodies[key] = _kept_body(node, outline, look, ratio)
        _put(painter, kept, ratio)
    if node.state.failed:  # around the outline, which may say that it is selected
        painter.setPen(pen(look.theme.bad, 2.0))
        painter.setBrush(NO_BRUSH)
        painter.drawRoundedRect(node.body.rect.adjusted(-3, -3, 3, 3), RADIUS + 3, RADIUS + 3)
    if node.state.running:
        rect, tint = node.body.rect, color(look.theme.accent)
        painter.fillRect(QRectF(STRIPE + 6, rect.bottom() - 4, rect.width() - STRIPE - 14, 2), tint)


def _kept_body(node: Painted, outline: QPen, look: Look, ratio: float) -> QPixmap:
    if len(look.bodies) > KEPT:  # every step of a zoom has its own
        look.bodies.clear()
    bounds = node.body.bounds
    picture = QPixmap(ceil(bounds.width() * ratio), ceil(bounds.height() * ratio))
    picture.fill(TRANSPARENT)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(ratio, ratio)
    painter.translate(-bounds.topLeft())
    _paint_body(painter, node.body.rect, node.card, outline, look, Detail.FULL)
    painter.end()
    return picture


def _put(painter: QPainter, picture: QPixmap, ratio: float) -> None:
    """Without scaling: a picture that was made for this zoom."""
    world = painter.worldTransform()
    device = ratio / world.m11()
    picture.setDevicePixelRatio(device)
    corner = world.map(QPointF(-PAD, -PAD))
    painter.setWorldTransform(UPRIGHT)
    painter.drawPixmap(
        QPointF(round(corner.x() * device) / device, round(corner.y() * device) / device), picture
    )
    painter.setWorldTransform(world)


def _paint_body(
    painter: QPainter, rect: QRectF, card: Card, outline: QPen, look: Look, detail: Detail
) -> None:
    theme = look.theme
    painter.setPen(NO_PEN)
    if detail is Detail.FULL:
        for spread, drop, alpha in look.shadows:
            painter.setBrush(color(theme.shadow, alpha))
            painter.drawRoundedRect(rect.adjusted(-spread, drop, spread, drop), RADIUS + 1, RADIUS + 1)
    if card.nested:
        painter.setPen(pen(theme.node_line))
        painter.setBrush(color(theme.node))
        painter.drawRoundedRect(rect.translated(4, 4), RADIUS, RADIUS)
    painter.setPen(outline)
    painter.setBrush(color(theme.node))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
    painter.fillPath(_stripe(rect.height()), color(look.family(card.family)))


def _outline(node: Painted, look: Look) -> QPen:
    theme, state = look.theme, node.state
    dashed = node.card.bypassed
    if state.proposed:
        return pen(theme.accent, 2.0, True)
    if state.selected:
        return pen(theme.accent, 2.0, dashed)
    if node.card.problem == "error":
        return pen(theme.bad, 1.5, dashed)
    if state.target:
        return pen(theme.accent, 1.5, dashed)
    return pen(theme.dim if state.hovered else theme.node_line, 1.0, dashed)


@lru_cache(maxsize=64)
def _stripe(height: float) -> QPainterPath:
    card, edge = QPainterPath(), QPainterPath()
    card.addRoundedRect(QRectF(0.5, 1.0, 40.0, height - 2.0), RADIUS - 1, RADIUS - 1)
    edge.addRect(QRectF(0.0, 0.0, STRIPE + 0.5, height))
    return card.intersected(edge)


def _words(painter: QPainter, node: Painted, look: Look, ratio: float) -> None:
    theme, letters, card = look.theme, node.letters, node.card
    tint = look.family(card.family)
    name = card.family if card.family in theme.families else "unknown"
    icon = QRectF(LEFT_ICON, TITLE_ROW - ICON / 2, ICON, ICON)
    picture = look.picture(name, tint, ICON, ratio)
    painter.drawPixmap(icon, picture, QRectF(picture.rect()))
    painter.setFont(look.title)
    painter.setPen(color(theme.text))
    painter.drawStaticText(letters.title.at, letters.title.text)
    if node.overlay is None or not node.overlay.tall:
        painter.setFont(look.line)
        painter.setPen(color(theme.dim))
        painter.drawStaticText(letters.line.at, letters.line.text)
    if node.overlay is not None:
        node.overlay.paint(painter, _overlay_place(node), look)
    elif letters.count.width:
        painter.setFont(look.count)
        painter.setPen(color(theme.faint))
        painter.drawStaticText(letters.count.at, letters.count.text)
    if letters.shape.width:
        painter.setPen(look.chip_edge)
        painter.setBrush(look.chip)
        painter.drawRoundedRect(letters.chip, 4, 4)
        painter.setFont(look.shape)
        painter.setPen(color(theme.text if card.shape else theme.faint))
        painter.drawStaticText(letters.shape.at, letters.shape.text)


def _strip(painter: QPainter, node: Painted, strip: Strip, look: Look) -> None:
    place = node.body.strip(strip.rows)
    painter.setPen(pen(look.theme.node_line))
    painter.setBrush(color(look.theme.node))
    painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), STRIP_RADIUS, STRIP_RADIUS)
    strip.paint(painter, place, look)


LEFT_ICON = 12.0
STRIP_RADIUS = 4.0
TALL_ABOVE = 8.0  # from the middle of the line to the top of a tall overlay


def _overlay_place(node: Painted) -> QRectF:
    """The foot of the card, left of the shape; with the line above where the overlay is tall."""
    letters = node.letters
    if node.overlay is not None and node.overlay.tall:
        top, foot = LINE_ROW - TALL_ABOVE, letters.chip.bottom()
        return QRectF(LEFT_ICON, top, node.body.width - LEFT_ICON - RIGHT, foot - top)
    return QRectF(LEFT_ICON, letters.chip.top(), letters.chip.left() - LEFT_ICON - 6, letters.chip.height())


def _badges(painter: QPainter, node: Painted, look: Look, ratio: float) -> None:
    card, letters = node.card, node.letters
    right = node.body.width - RIGHT
    badges: list[tuple[str, str]] = []
    if card.problem == "error" or node.state.failed:
        badges.append(("problem", look.theme.bad))
    elif card.problem:
        badges.append(("warn", look.theme.warn))
    if card.frozen:
        badges.append(("frozen", look.theme.dim))
    for name, tint in badges:
        right -= _badge(painter, name, tint, right, look, ratio) + 3
    if card.shared > 1:
        tint = look.mark(card.mark)
        right -= letters.sharing.width
        painter.setFont(look.count)
        painter.setPen(color(tint))
        painter.drawStaticText(QPointF(right, letters.sharing.at.y()), letters.sharing.text)
        _badge(painter, "link", tint, right - 2, look, ratio)


def _badge(painter: QPainter, name: str, tint: str, right: float, look: Look, ratio: float) -> float:
    picture = look.picture(name, tint, int(BADGE), ratio)
    painter.drawPixmap(
        QRectF(right - BADGE, TITLE_ROW - BADGE / 2, BADGE, BADGE), picture, QRectF(picture.rect())
    )
    return BADGE


def _word_near(painter: QPainter, node: Painted, look: Look) -> None:
    painter.setFont(look.far_title)
    painter.setPen(color(look.theme.text))
    painter.drawStaticText(node.letters.far_title.at, node.letters.far_title.text)


def _ports(painter: QPainter, node: Painted, look: Look) -> None:
    tint = look.family(node.card.family)
    painter.setPen(pen(tint, 1.6))
    for cards, spots, is_input in (
        (node.card.inputs, node.body.inputs, True),
        (node.card.outputs, node.body.outputs, False),
    ):
        for port in cards:
            _port(painter, node, port, spots[port.name], look, is_input)


def _port(
    painter: QPainter, node: Painted, port: PortCard, spot: QPointF, look: Look, is_input: bool
) -> None:
    hot = node.state.hot == (port.name, is_input)
    tint = look.theme.accent if hot else look.theme.node_line if port.aside else look.family(node.card.family)
    painter.setPen(pen(tint, 1.6))
    painter.setBrush(color(tint if port.connected else look.theme.canvas))
    radius = (ASIDE_RADIUS if port.aside else PORT_RADIUS) + (1.5 if hot else 0.0)
    radius -= 0.0 if port.connected or hot else 0.4
    painter.drawEllipse(spot, radius, radius)

"""What search offers at a place, and what becomes of the choice: a new layer, another one, or a look at one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QWidget

from app.canvas.fitting import Loose, offers, spec_of
from app.canvas.placing import adding, following, free_place, place_around, place_behind
from app.canvas.replacing import replacements, replacing
from app.canvas.search import FindPopup, SearchPopup, layer_offers, node_offers, part_offers
from app.canvas.stage import Stage
from app.canvas.stock import Part
from graph_engine.document import OUTPUT, Point
from graph_engine.layers.base import LAYERS
from graph_engine.layout import NODE_HEIGHT, NODE_WIDTH


class Searching:
    """Opens the popup; a choice becomes one command."""

    def __init__(self, stage: Stage, parent: QWidget) -> None:
        self._stage = stage
        self.popup = SearchPopup(parent)
        self.finder = FindPopup(parent)

    def at(
        self, at: QPointF | None, loose: Loose | None = None, closed: Callable[[], None] = lambda: None
    ) -> None:
        """At a point of the view, or in its middle; ``loose``: for the end of this wire."""
        point = at if at is not None else QPointF(self._stage.view.viewport().rect().center())
        below = point.toPoint() + QPoint(8, 8)
        offered = [*layer_offers(self._offers(loose)), *part_offers(self._parts())]
        self.popup.open_at(below, offered, lambda kind: self._add(kind, at, loose), closed)

    def replace(self, node: str) -> None:
        """Below a node, for what could stand in its place."""
        rect = self._stage.scene.nodes[node].rect()
        at = self._stage.view.view_point(QPointF(rect.left(), rect.bottom() + 6)).toPoint()
        offered = layer_offers(replacements(self._stage, node))
        self.popup.open_at(at, offered, lambda kind: self._replace(node, kind))

    def _replace(self, node: str, kind: str) -> None:
        self._stage.do(replacing(self._stage, node, kind))

    def find(self, chosen: Callable[[str], None]) -> None:
        """Among the nodes of this graph, at the top of the canvas."""
        room = self._stage.view.viewport().rect()
        at = QPoint(room.center().x() - self.finder.width() // 2, room.top() + 56)
        self.finder.open_at(at, node_offers(self._stage.scene), chosen)

    def _offers(self, loose: Loose | None) -> Mapping[str, str]:
        if loose is None:
            rare = {name: "" for name, kind in LAYERS.items() if kind.in_search}
            return {name: "" for name, kind in LAYERS.items() if kind.in_library} | rare
        if loose.source is not None:
            return offers(spec_of(self._stage, loose.source))
        return {
            name: "" for name, kind in LAYERS.items() if kind.in_library and kind.outputs and name != OUTPUT
        }

    def _parts(self) -> list[Part]:
        """Models fit anything until they are tried: their inputs say what arrives, not what must."""
        stage = self._stage
        return list(stage.stock.parts(stage.document, stage.graph.id))

    def _add(self, kind: str, at: QPointF | None, loose: Loose | None) -> None:
        stage = self._stage
        if loose is not None and at is not None:
            stage.do(adding(stage, kind, self._beside(stage.scene_point(at), loose.forward), loose))
            return
        fed = following(stage, kind)
        middle = stage.scene_point(QPointF(stage.view.viewport().rect().center()))
        corner = place_around(stage, stage.scene_point(at) if at is not None else middle)
        if at is None and fed is not None:
            corner = place_behind(stage, fed.node)
        stage.do(adding(stage, kind, corner, fed))

    def _beside(self, end: Point, forward: bool) -> Point:
        """So that the port the wire goes to lies where the wire was dropped."""
        return free_place(self._stage, Point(end.x - (0 if forward else NODE_WIDTH), end.y - NODE_HEIGHT / 2))

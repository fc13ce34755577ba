"""Keeps wire items in step with the document: their ends, their course, their colour and width."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from app.canvas.arcs import SHORTEST, Levels, Span
from app.canvas.items import NodeItem, WireItem
from app.canvas.residuals import Shortcuts, shortcuts
from app.canvas.wires import arc, direct, thickness, through
from graph_engine.analysis import GraphInfo
from graph_engine.document import Edge, Graph, Point, wiring
from graph_engine.layout import NODE_HEIGHT, NODE_WIDTH
from graph_engine.values import TensorSpec

if TYPE_CHECKING:
    from app.canvas.scene import CanvasScene

FARTHEST = 8  # nodes beside or below each other that a branch is led around
AROUND = 300.0  # of what is seen: a node may reach into it, and a wire swing out of its ends

_Dress = tuple[str, TensorSpec | None]


class WireKeeper:
    """Wire items by edge id."""

    def __init__(self, scene: CanvasScene, nodes: Mapping[str, NodeItem]) -> None:
        self.items: dict[str, WireItem] = {}
        self._scene = scene
        self._nodes = nodes
        self._graph = scene.graph
        self._edges: dict[str, Edge] = {}
        self._dresses: dict[str, _Dress] = {}
        self._levels: dict[str, float] = {}
        self._shortcuts = Shortcuts()
        self._joining: tuple[str, ...] = ()  # wires that may arc: shortcuts, and what comes to a merge
        self._info: GraphInfo | None = None  # by which wires were dressed last
        self._arcs = Levels()
        self._boxed = False  # whether the arcs know where nodes are

    def update(self, graph: Graph, info: GraphInfo, touched: Collection[str]) -> None:
        rewired = graph.edges is not self._graph.edges or graph.nodes is not self._graph.nodes
        bends, self._graph = self._graph.bends, graph
        for gone in [edge for edge in self.items if edge not in graph.edges] if rewired else ():
            self._remove(gone)
        if rewired:
            joins, wires = self._joins(), wiring(graph)
            self._shortcuts = shortcuts(graph, joins)
            coming = [edge.id for node in joins for edge in wires.incoming(node).values()]
            self._joining = tuple(dict.fromkeys((*self._shortcuts.merge, *coming)))
        stale = (
            {edge for edge, record in graph.edges.items() if self._edges.get(edge) is not record}
            if rewired
            else set()
        )
        stale |= self._rebent(bends)
        stale |= self._edges_at(touched)
        if rewired or touched:
            stale |= self._update_levels(touched)
        for edge in stale:
            self._lead(graph.edges[edge])
        if rewired or info is not self._info:
            self._info = info
            for edge, record in graph.edges.items():
                source = info.nodes[record.source.node].output(record.source.name)
                self._dress(edge, source.spec if source else None)

    def _rebent(self, before: Mapping[str, tuple[Point, ...]]) -> set[str]:
        now = self._graph.bends
        if now is before:
            return set()
        changed = {edge for edge in now.keys() | before.keys() if now.get(edge) != before.get(edge)}
        return changed & self._graph.edges.keys()

    def bend(self, edge: str, points: Sequence[Point]) -> None:
        """Leads a wire through points for the length of a drag."""
        self._lead(self._graph.edges[edge], points)

    def follow(self, nodes: Iterable[str], seen: QRectF | None = None) -> None:
        """Leads the wires of nodes that are being dragged. Arcs over them wait until they are put down, and so do
        those that are not ``seen``."""
        for edge in self._edges_at(nodes):
            if seen is None or self._is_near(edge, seen):
                self._lead(self._graph.edges[edge])

    def _is_near(self, edge: str, seen: QRectF) -> bool:
        """Whether a wire is in sight, or one of its ends is about to be."""
        record, wide = self._graph.edges[edge], seen.adjusted(-AROUND, -AROUND, AROUND, AROUND)
        ends = (self._nodes[record.source.node].pos(), self._nodes[record.target.node].pos())
        return self.items[edge].bounds.intersects(seen) or QRectF(*ends).normalized().intersects(wide)

    def clear(self) -> None:
        for edge in list(self.items):
            self._remove(edge)
        self._levels, self._arcs, self._boxed = {}, Levels(), False

    def _edges_at(self, nodes: Iterable[str]) -> set[str]:
        wires = wiring(self._graph)
        return {edge.id for node in nodes for edge in (*wires.incoming(node).values(), *wires.outgoing(node))}

    def _joins(self) -> dict[str, bool]:
        return {name: item.card.merge == "join" for name, item in self._nodes.items() if item.card.merge}

    def _update_levels(self, touched: Collection[str]) -> set[str]:
        """Which arcs changed their height."""
        spans = []
        for edge in self._joining:
            if edge in self._graph.bends:
                continue
            record = self._graph.edges[edge]
            start, end = self._ends(record)
            across, down = end.x() - start.x(), abs(end.y() - start.y())
            near = NODE_WIDTH <= across <= FARTHEST * NODE_WIDTH and down <= FARTHEST * NODE_HEIGHT
            if not near and edge not in self._shortcuts.merge:
                continue  # nothing fits between, or so much that no way is free
            ends = (start.x(), start.y(), end.x(), end.y())
            spans.append(Span(edge, ends, (record.source.node, record.target.node)))
        moved = touched if self._boxed else self._nodes
        boxes = {name: item.box() for name, item in self._nodes.items()} if spans else {}
        found = self._arcs.update(spans, boxes, moved) if spans else {}
        self._boxed = bool(spans)
        changed = {
            edge for edge in found.keys() | self._levels.keys() if found.get(edge) != self._levels.get(edge)
        }
        self._levels = found
        return changed & self._graph.edges.keys()

    def _ends(self, edge: Edge) -> tuple[QPointF, QPointF]:
        return (
            self._nodes[edge.source.node].spot(edge.source.name, is_input=False),
            self._nodes[edge.target.node].spot(edge.target.name, is_input=True),
        )

    def _lead(self, edge: Edge, points: Sequence[Point] | None = None) -> None:
        start, end = self._ends(edge)
        level = self._levels.get(edge.id)
        bent = level is not None and end.x() - start.x() >= SHORTEST
        item = self.items.get(edge.id)
        if item is None:
            self.items[edge.id] = item = WireItem(edge.id, self._scene)
            self._scene.addItem(item)
        points = self._graph.bends.get(edge.id, ()) if points is None else points
        if points:
            away = self._away(edge)
            dots = tuple(QPointF(*point) + away for point in points)
            item.lead(through(start, dots, end), dots)
        else:
            item.lead(arc(start, end, level) if bent and level is not None else direct(start, end))
        self._edges[edge.id] = edge

    def _away(self, edge: Edge) -> QPointF:
        """How far both ends have been dragged from where the document has them; nothing where they go apart."""
        homes = self._graph.positions
        ways = {
            (self._nodes[node].x() - homes[node].x, self._nodes[node].y() - homes[node].y)
            for node in (edge.source.node, edge.target.node)
            if node in homes
        }
        return QPointF(*ways.pop()) if len(ways) == 1 else QPointF()

    def _dress(self, edge: str, spec: TensorSpec | None) -> None:
        merge = self._shortcuts.merge.get(edge)
        dress = (self._nodes[merge].card.family if merge else "", spec)
        if self._dresses.get(edge) != dress:
            self._dresses[edge] = dress
            self.items[edge].dress(dress[0], thickness(spec))

    def _remove(self, edge: str) -> None:
        self._edges.pop(edge, None)
        self._dresses.pop(edge, None)
        self._scene.removeItem(self.items.pop(edge))

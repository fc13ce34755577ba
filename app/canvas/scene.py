"""The scene: items kept in step with one graph of the document, by comparing what is shown with what is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtWidgets import QGraphicsScene

from app.canvas.hits import Hit, hit_at, inside, wire_at
from app.canvas.items import NodeItem, WireItem
from app.canvas.look import Detail, Look
from app.canvas.nodes import NodeKeeper
from app.canvas.overview import Overview
from app.canvas.remarks import RemarkItem, RemarkKeeper
from app.canvas.states import Overlay, Strip
from app.canvas.wiring import WireKeeper
from app.theme import current
from graph_engine.analysis import Analysis
from graph_engine.document import MAIN, Document, Graph, Point

MARGIN = 2000.0


class CanvasScene(QGraphicsScene):
    """Shows one graph. Nothing in it is true by itself: `show_graph` brings everything back to the document."""

    selectionEdited = Signal()
    shown = Signal()  # after items were brought in step

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.look = Look(current())
        self.detail = Detail.FULL
        self.hurried = False  # wires are painted roughly while the view moves
        self.ratio = 1.0
        self.graph: Graph = Graph(MAIN, MAIN)
        self._nodes = NodeKeeper(self)
        self._wires = WireKeeper(self, self._nodes.items)
        self._remarks = RemarkKeeper(self)
        self.overview = Overview(self)
        self._selected: dict[str, None] = {}
        self._proposed = False

    @property
    def nodes(self) -> Mapping[str, NodeItem]:
        return self._nodes.items

    @property
    def wires(self) -> Mapping[str, WireItem]:
        return self._wires.items

    @property
    def remarks(self) -> Mapping[str, RemarkItem]:
        """Frames and notes."""
        return self._remarks.items

    def show_graph(self, document: Document, analysis: Analysis, graph: str) -> None:
        """Brings the items in step. Costs what changed, after one comparison per node and wire."""
        if graph != self.graph.id:
            self._clear()
        self.graph = document.graphs[graph]
        touched = self._nodes.update(document, analysis, self.graph)
        self._wires.update(self.graph, analysis.graphs[graph], touched)
        remarked = self._remarks.update(self.graph)
        self._forget_gone()
        if touched or remarked:
            self._grow()
        self.overview.forget()
        self.shown.emit()

    def redress(self) -> None:
        """After the theme has changed."""
        self.look = Look(current())
        for node in self.nodes.values():
            node.relabel()
        for wire in self.wires.values():
            wire.refresh()
        for remark in self.remarks.values():
            remark.redress()
        self.overview.forget()

    def place(self, positions: Mapping[str, Point], seen: QRectF | None = None) -> None:
        """Moves nodes, frames and notes for the length of a drag. The document hears of it when the drag ends.

        ``seen``: what is in sight; wires elsewhere wait until things are settled.
        """
        for name, point in positions.items():
            if name in self.nodes:
                self._nodes.place(name, point)
            else:
                self.remarks[name].setPos(*point)
        self._wires.follow((name for name in positions if name in self._nodes.items), seen)
        self.overview.forget()

    def bend(self, edge: str, points: Sequence[Point]) -> None:
        """Leads a wire through points for the length of a drag."""
        self._wires.bend(edge, points)
        self.overview.forget()

    def settle(self, items: Iterable[str]) -> None:
        """Puts what was dragged back where the document has it: a drag has ended."""
        homes = dict(self._nodes.homes(self.graph))
        for name, remark in self.remarks.items():
            homes[name] = Point(remark.record.x, remark.record.y)
        self.place({name: homes[name] for name in items if name in homes})

    # Selection: ids of nodes and wires. It is no part of the document and never an undo step.

    def selected_nodes(self) -> tuple[str, ...]:
        return tuple(item for item in self._selected if item in self.nodes)

    def selected_wires(self) -> tuple[str, ...]:
        return tuple(item for item in self._selected if item in self.wires)

    def selected_remarks(self) -> tuple[str, ...]:
        return tuple(item for item in self._selected if item in self.remarks)

    def selected_items(self) -> tuple[str, ...]:
        return tuple(self._selected)

    def select(self, items: Iterable[str], *, keep: bool = False) -> None:
        wanted = dict.fromkeys(item for item in items if self._has(item))
        if keep:
            wanted = self._selected | wanted
        if list(wanted) != list(self._selected):
            for item in self._selected.keys() ^ wanted.keys():
                self._mark(item, item in wanted)
            self._selected = wanted
            self.selectionEdited.emit()

    def _mark(self, item: str, selected: bool) -> None:
        if item in self.nodes:
            self.nodes[item].state.selected = selected
            self.nodes[item].update()
        elif item in self.wires:
            self.wires[item].selected = selected
            self.wires[item].refresh()
        elif item in self.remarks:
            self.remarks[item].selected = selected
            self.remarks[item].update()

    def _has(self, item: str) -> bool:
        return item in self.nodes or item in self.wires or item in self.remarks

    def _forget_gone(self) -> None:
        kept = {item: None for item in self._selected if self._has(item)}
        if len(kept) < len(self._selected):
            self._selected = kept
            self.selectionEdited.emit()

    # Finding

    def hit(self, x: float, y: float, reach: float, *, wires: bool = True) -> Hit:
        return hit_at(self, x, y, reach, wires=wires)

    def wire_at(self, x: float, y: float, reach: float) -> str:
        """The nearest wire, whatever lies over it."""
        return wire_at(self, x, y, reach)

    def inside(self, rect: QRectF) -> list[str]:
        return inside(self, rect)

    def bounds(self, items: Collection[str] = ()) -> QRectF:
        """The rectangle around some nodes, frames and notes, or around everything."""
        result = QRectF()
        for name in items:
            item = self.nodes.get(name) or self.remarks.get(name)
            if item is not None:
                result |= item.rect()
        return result if items else self.overview.bounds

    def set_overlay(self, node: str, overlay: Overlay | None, strip: Strip | None = None) -> None:
        if node in self.nodes:
            self.nodes[node].show_live(overlay, strip)

    def set_failed(self, nodes: Collection[str], wires: Collection[str]) -> None:
        """Where training broke, until it is told otherwise."""
        for name, node in self.nodes.items():
            if node.state.failed != (name in nodes):
                node.state.failed = name in nodes
                node.update()
        for name, wire in self.wires.items():
            if wire.failed != (name in wires):
                wire.failed = name in wires
                wire.refresh()

    def set_proposed(self, nodes: Collection[str], wires: Collection[str]) -> None:
        """What an edit that is only considered would make or change, until it is told otherwise."""
        if not (self._proposed or nodes or wires):
            return
        self._proposed = bool(nodes or wires)
        for name, node in self.nodes.items():
            if node.state.proposed != (name in nodes):
                node.state.proposed = name in nodes
                node.update()
        for name, wire in self.wires.items():
            if wire.proposed != (name in wires):
                wire.proposed = name in wires
                wire.refresh()

    def set_running(self, nodes: Collection[str]) -> None:
        for name, item in self.nodes.items():
            if item.state.running != (name in nodes):
                item.state.running = name in nodes
                item.update()

    def _clear(self) -> None:
        self._wires.clear()
        self._nodes.clear()
        self._remarks.clear()
        self._forget_gone()

    def _grow(self) -> None:
        """The index covers what there is, with room, so that it is not rebuilt at every move."""
        bounds = QRectF()
        places = self._nodes.homes(self.graph).values()
        if places:
            left, top = min(point[0] for point in places), min(point[1] for point in places)
            right, bottom = max(point[0] for point in places), max(point[1] for point in places)
            bounds = QRectF(left, top, right - left + 1, bottom - top + 1)
        for remark in self.remarks.values():
            bounds = bounds.united(remark.rect())
        bounds = bounds.adjusted(-400, -400, 400, 400)
        if not self.sceneRect().contains(bounds):
            self.setSceneRect(bounds.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN))

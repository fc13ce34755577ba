"""Keeps node items in step with the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.canvas.cards import Card, card_of, problems_by_node
from app.canvas.items import NodeItem
from graph_engine.analysis import Analysis, NodeInfo, Problem
from graph_engine.document import Document, Graph, Layer, Node, Point, wiring
from graph_engine.layout import layout

if TYPE_CHECKING:
    from app.canvas.scene import CanvasScene

# All that a card is made of. Equal ingredients mean the card need not even be made.
_Ingredients = tuple[Layer, Node, NodeInfo, frozenset[str], tuple[Problem, ...]]
_NONE: frozenset[str] = frozenset()


class _Same:
    """Equal to what stands for the very same table: those of a document are never changed."""

    __slots__ = ("table",)

    def __init__(self, table: object) -> None:
        self.table = table

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.table is other.table

    __hash__ = None  # type: ignore[assignment]  # compared, never looked up


class NodeKeeper:
    """Node items by id, each with what its card was made of."""

    def __init__(self, scene: CanvasScene) -> None:
        self.items: dict[str, NodeItem] = {}
        self._scene = scene
        self._made_of: dict[str, _Ingredients] = {}
        self._shown: tuple[object, ...] = ()  # what cards were last made from
        self._away: set[str] = set()  # items that may not be where the document has them
        self._homes: Mapping[str, Point] = {}
        self._homes_of: Graph | None = None

    def update(self, document: Document, analysis: Analysis, graph: Graph) -> set[str]:
        """The nodes that are new, have moved or whose ports have moved."""
        for gone in [node for node in self.items if node not in graph.nodes]:
            self._remove(gone)
        touched = self._update_cards(document, analysis, graph)
        before, homes = self._homes, self.homes(graph)
        moved = {node for node, point in homes.items() if before.get(node) is not point} | self._away
        for node in moved & homes.keys():
            self.items[node].setPos(*homes[node])
            touched.add(node)
        self._away.clear()
        return touched

    def place(self, node: str, point: Point) -> None:
        """Moves an item for the length of a drag."""
        self._away.add(node)
        self.items[node].setPos(*point)

    def homes(self, graph: Graph) -> Mapping[str, Point]:
        """Where each node stands. Those without a position are laid out below the others."""
        if graph is not self._homes_of:
            self._homes, self._homes_of = _with_missing(graph), graph
        return self._homes

    def clear(self) -> None:
        self._shown = ()
        for node in list(self.items):
            self._remove(node)

    def _update_cards(self, document: Document, analysis: Analysis, graph: Graph) -> set[str]:
        infos = analysis.graphs[graph.id].nodes
        shown = (
            _Same(document.layers),
            _Same(graph.nodes),
            _Same(graph.edges),
            _Same(infos),
            analysis.problems,
        )
        if self._shown == shown:
            return set()  # it was only moved
        self._shown = shown
        problems = problems_by_node(analysis.problems, graph.id)
        wires = wiring(graph)
        touched: set[str] = set()
        for name, node in graph.nodes.items():
            leaving = wires.outgoing(name)
            fed = frozenset([edge.source.name for edge in leaving]) if leaving else _NONE
            made_of = (document.layers[node.layer], node, infos[name], fed, problems.get(name, ()))
            if self._made_of.get(name) != made_of:
                self._made_of[name] = made_of
                if self._show(name, card_of(*made_of)):
                    touched.add(name)
        return touched

    def _show(self, node: str, card: Card) -> bool:
        item = self.items.get(node)
        if item is not None:
            return item.card != card and item.show_card(card)
        self.items[node] = item = NodeItem(node, card, self._scene)
        self._scene.addItem(item)
        return True

    def _remove(self, node: str) -> None:
        self._made_of.pop(node, None)
        self._scene.removeItem(self.items.pop(node))


def _with_missing(graph: Graph) -> Mapping[str, Point]:
    missing = [node for node in graph.nodes if node not in graph.positions]
    if not missing:
        return graph.positions
    laid = layout(graph)
    below = max((point.y + 140 for point in graph.positions.values()), default=0.0)
    return {**graph.positions, **{node: Point(laid[node].x, laid[node].y + below) for node in missing}}

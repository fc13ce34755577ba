"""The rows of the outline: the nodes of a graph in the order in which they compute; under a model, those of its own."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from app.bridge.session import Session
from app.theme import appearance, current, family_icon, icon
from graph_engine.analysis import Problem
from graph_engine.document import MAIN, nested_graph
from graph_engine.layers.base import LAYERS

NAME, SHAPE = range(2)
NOWHERE: Final = QModelIndex()
ASIDE: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

Index = QModelIndex | QPersistentModelIndex


class Place:
    """A row: one node, seen from one of the ways that lead to its graph. The root stands for the main graph."""

    __slots__ = ("graph", "inner", "node", "parent", "row", "under")

    def __init__(self, graph: str, node: str, inner: str, parent: Place | None = None, row: int = 0) -> None:
        self.graph, self.node, self.inner = graph, node, inner
        self.parent, self.row = parent, row
        self.under: list[Place] | None = None  # filled when it is opened first

    @property
    def way(self) -> tuple[str, ...]:
        """The nodes that lead to it, itself included."""
        return () if self.parent is None else (*self.parent.way, self.node)


class Tree(QAbstractItemModel):
    """Follows the session while it is watched. Rows are made when a model is unfolded, not before."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: object = None
        self._read()
        appearance().changed.connect(self._redress)

    def refresh(self) -> bool:
        """Brings the rows in step with the document; whether they are others than before."""
        if self._shown == self._facts():
            return False
        self.beginResetModel()
        self._read()
        self.endResetModel()
        return True

    def _facts(self) -> object:
        """What rows are made of: places, frames and notes are not among it."""
        document, graphs = self._session.document, self._session.document.graphs
        records = [
            (graph.id, graph.nodes, graph.edges, graph.inputs, graph.outputs) for graph in graphs.values()
        ]
        return document.layers, records, self._session.analysis.problems

    def _read(self) -> None:
        self._shown = self._facts()
        self._root = Place("", "", MAIN)
        self._problems: dict[tuple[str, str], Problem] = {}
        for problem in self._session.analysis.problems:
            self._problems.setdefault((problem.graph, problem.node), problem)

    # Finding

    def place(self, index: Index) -> Place:
        found = index.internalPointer() if index.isValid() else self._root
        assert isinstance(found, Place)
        return found

    def index_of(self, way: tuple[str, ...]) -> QModelIndex:
        """Of the row that a way leads to; not valid where it is gone."""
        index = NOWHERE
        for node in way:
            found = next(
                (row for row, under in enumerate(self._under(self.place(index))) if under.node == node), -1
            )
            if found < 0:
                return NOWHERE
            index = self.index(found, NAME, index)
        return index

    def way_of(self, graph: str, node: str) -> tuple[str, ...]:
        """The shortest way to a node; empty where none leads to its graph."""
        todo, seen = [self._root], set[str]()
        while todo:
            place = todo.pop(0)
            if place.inner == graph:
                return (*place.way, node)
            if place.inner not in seen:
                seen.add(place.inner)
                todo += [under for under in self._under(place) if under.inner]
        return ()

    def _under(self, place: Place) -> list[Place]:
        if place.under is None:
            document = self._session.document
            graph, info = document.graphs.get(place.inner), self._session.analysis.graphs.get(place.inner)
            nodes = [] if graph is None else [*(info.order if info else ()), *graph.nodes]
            place.under = [
                Place(place.inner, node, nested_graph(document.layer_of(place.inner, node)) or "", place, row)
                for row, node in enumerate(dict.fromkeys(nodes))
            ]
        return place.under

    # Qt's questions

    def index(self, row: int, column: int, parent: Index = NOWHERE) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return NOWHERE
        return self.createIndex(row, column, self._under(self.place(parent))[row])

    def parent(self, index: Index = NOWHERE) -> QModelIndex:  # type: ignore[override]  # QObject's has no index
        above = self.place(index).parent
        if above is None or above is self._root:
            return NOWHERE
        return self.createIndex(above.row, NAME, above)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return len(self._under(self.place(parent))) if parent.column() <= NAME else 0

    def hasChildren(self, parent: Index = NOWHERE) -> bool:
        """Asked of every row: none is made for the answer."""
        return parent.column() <= NAME and bool(self.place(parent).inner)

    def columnCount(self, _parent: Index = NOWHERE) -> int:
        return 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        place = self.place(index)
        problem = self._problems.get((place.graph, place.node))
        if role == Qt.ItemDataRole.ToolTipRole:
            return problem.message if problem else self._kind(place)
        if index.column() == NAME:
            return self._name(place, role)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._shape(place)
            case Qt.ItemDataRole.DecorationRole if problem:
                return icon("problem" if problem.severity == "error" else "warn")
            case Qt.ItemDataRole.TextAlignmentRole:
                return ASIDE
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(current().dim)
        return None

    def _name(self, place: Place, role: int) -> Any:
        layer = self._session.document.layer_of(place.graph, place.node)
        if role == Qt.ItemDataRole.DisplayRole:
            return layer.name
        if role == Qt.ItemDataRole.DecorationRole:
            kind = LAYERS.get(layer.type)
            return family_icon("model" if place.inner or kind is None else kind.family)
        return None

    def _kind(self, place: Place) -> str:
        kind = self._session.document.layer_of(place.graph, place.node).type
        return LAYERS[kind].title if kind in LAYERS else kind

    def _shape(self, place: Place) -> str:
        outputs = self._session.analysis.node(place.graph, place.node).outputs
        return str(outputs[0].spec) if outputs and outputs[0].spec else ""

    def _redress(self) -> None:
        self.beginResetModel()
        self.endResetModel()

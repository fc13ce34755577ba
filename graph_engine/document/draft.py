"""A document in the making: tables copied when first written, so that an edit shares all it leaves alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Generic, TypeVar

from graph_engine.document.queries import Wiring, wiring, wiring_of
from graph_engine.document.records import (
    MODEL,
    Data,
    Document,
    Edge,
    Frame,
    Graph,
    Layer,
    Node,
    Note,
    Point,
    Port,
    Training,
)
from graph_engine.values import LayerloomError

V = TypeVar("V")


class Refused(LayerloomError):
    """An edit cannot be made. The message says why, for a person; commands turn it into a Refusal."""


class Table(Generic[V]):
    """A mapping that is shared with the original until it is first written."""

    __slots__ = ("_owned", "rows")

    def __init__(self, rows: Mapping[str, V]) -> None:
        self.rows = rows
        self._owned: dict[str, V] | None = None

    @property
    def changed(self) -> bool:
        return self._owned is not None

    def put(self, key: str, value: V) -> None:
        if key not in self.rows or self.rows[key] != value:
            self._own()[key] = value

    def drop(self, key: str) -> None:
        if key in self.rows:
            del self._own()[key]

    def keep(self, wanted: Mapping[str, object] | set[str]) -> None:
        """Drop every row that is not wanted."""
        for key in [key for key in self.rows if key not in wanted]:
            self.drop(key)

    def _own(self) -> dict[str, V]:
        if self._owned is None:
            self._owned = dict(self.rows)
            self.rows = self._owned
        return self._owned


class GraphDraft:
    """One graph of a draft."""

    def __init__(self, original: Graph) -> None:
        self.id = original.id
        self.name = original.name
        self.inputs = original.inputs
        self.outputs = original.outputs
        self.nodes: Table[Node] = Table(original.nodes)
        self.edges: Table[Edge] = Table(original.edges)
        self.positions: Table[Point] = Table(original.positions)
        self.frames: Table[Frame] = Table(original.frames)
        self.notes: Table[Note] = Table(original.notes)
        self.bends: Table[tuple[Point, ...]] = Table(original.bends)
        self.original = original

    def wires(self) -> Wiring:
        """The wires as they are now. Only untouched ones may enter the cache, which goes by identity."""
        return wiring_of(self.edges.rows.values()) if self.edges.changed else wiring(self.original)

    def done(self) -> Graph:
        tables = (self.nodes, self.edges, self.positions, self.frames, self.notes, self.bends)
        before = self.original
        same_header = (self.name, self.inputs, self.outputs) == (before.name, before.inputs, before.outputs)
        if same_header and not any(table.changed for table in tables):
            return before
        return Graph(
            self.id,
            self.name,
            self.nodes.rows,
            self.edges.rows,
            self.inputs,
            self.outputs,
            self.positions.rows,
            self.frames.rows,
            self.notes.rows,
            self.bends.rows,
        )


class Draft:
    """A document being edited. ``done`` gives the new one, or the very same where nothing changed."""

    def __init__(self, document: Document) -> None:
        self.layers: Table[Layer] = Table(document.layers)
        self.data: Data = document.data
        self.training: Training = document.training
        self.description = document.description
        self.next_id = document.next_id
        self.original = document
        self._graphs: dict[str, GraphDraft] = {}

    def fresh(self, prefix: str) -> str:
        """An id that was never used in this document."""
        self.next_id += 1
        return f"{prefix}{self.next_id - 1}"

    def graph(self, graph: str) -> GraphDraft:
        """Raises Refused when the graph is gone."""
        if graph not in self._graphs:
            if graph not in self.original.graphs:
                raise Refused("This model is no longer part of the project.")
            self._graphs[graph] = GraphDraft(self.original.graphs[graph])
        return self._graphs[graph]

    def new_graph(self, name: str) -> GraphDraft:
        draft = GraphDraft(Graph(self.fresh("g"), name))
        self._graphs[draft.id] = draft
        return draft

    def has_graph(self, graph: str) -> bool:
        return graph in self._graphs or graph in self.original.graphs

    def graph_ids(self) -> list[str]:
        return list(dict.fromkeys([*self.original.graphs, *self._graphs]))

    def layer_of(self, graph: GraphDraft, node: str) -> Layer:
        """Raises Refused when the node is gone."""
        if node not in graph.nodes.rows:
            raise Refused("This layer is no longer on the canvas.")
        return self.layers.rows[graph.nodes.rows[node].layer]

    def nested(self, graph: GraphDraft, node: str) -> GraphDraft | None:
        """The graph that a call of a Model layer enters; None for other layers."""
        layer = self.layer_of(graph, node)
        return self.graph(layer.config["graph"]) if layer.type == MODEL else None

    def put_edge(self, graph: GraphDraft, source: Port, target: Port) -> str:
        edge = self.fresh("e")
        graph.edges.put(edge, Edge(edge, source, target))
        return edge

    def done(self) -> Document:
        """The document so far. The draft must not be written to any more."""
        before = self.original
        done = {key: draft.done() for key, draft in self._graphs.items()}
        changed = {key: graph for key, graph in done.items() if graph is not before.graphs.get(key)}
        settings = (self.data, self.training, self.description)
        same_settings = settings == (before.data, before.training, before.description)
        if not changed and not self.layers.changed and same_settings:
            return before  # ids that were taken and not used are given back
        graphs = {**before.graphs, **changed} if changed else before.graphs
        return Document(self.layers.rows, graphs, *settings, next_id=self.next_id)

    def peek(self) -> Document:
        """The document so far, to ask questions about layers and calls; the draft goes on."""
        graphs = {graph: self.graph(graph).done() for graph in self.graph_ids()}
        return replace(self.original, layers=self.layers.rows, graphs=graphs)

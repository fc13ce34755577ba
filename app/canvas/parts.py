"""Parts of the stock as commands: placed, wired to what is in hand, put into a wire."""

from __future__ import annotations

from dataclasses import dataclass

from graph_engine.document import (
    MODEL,
    AddNode,
    Command,
    Configure,
    Connect,
    Disconnect,
    Document,
    Edit,
    Fragment,
    Paste,
    Point,
    Port,
    Refusal,
    Sequence,
    nested_graph,
)
from graph_engine.values import TensorSpec


@dataclass(frozen=True, slots=True)
class AddPart(Command):
    """A model layer from a fragment, or of a graph that the document has, wired by its first input and output.

    ``source`` feeds it, and ``spec`` is what that carries: a model that is new to the document takes just that.
    ``target`` is fed by it; ``edge`` is a wire between the two that it takes the place of.
    """

    graph: str
    title: str
    part: Fragment | str  # a fragment to paste, or the id of a graph
    at: Point | None = None
    source: Port | None = None
    target: Port | None = None
    edge: str = ""
    spec: TensorSpec | None = None

    @property
    def label(self) -> str:
        return f"Add {self.title}"

    def apply(self, document: Document) -> Edit | Refusal:
        added = self._added().apply(document)
        if isinstance(added, Refusal):
            return added
        wires = [*self._declare(added, document), *self._wires(added)]
        wired = Sequence(self.label, tuple(wires)).apply(added.document)
        return wired if isinstance(wired, Refusal) else Edit(wired.document, added.created)

    def _added(self) -> Command:
        if isinstance(self.part, str):
            return AddNode(self.graph, MODEL, {"graph": self.part}, self.at)
        corners = self.part.document.main.positions.values()
        first = min(corners, default=Point(0.0, 0.0))
        at = self.at or first
        return Paste(self.graph, self.part, Point(at.x - first.x, at.y - first.y))

    def _declare(self, added: Edit, before: Document) -> list[Command]:
        inner = nested_graph(added.document.layer_of(self.graph, added.created[0])) or ""
        if self.spec is None or inner in before.graphs or not added.document.graphs[inner].inputs:
            return []
        layer = added.document.layer_of(inner, added.document.graphs[inner].inputs[0]).id
        shape = list(self.spec.sample_shape)
        return [Configure((layer,), "shape", shape), Configure((layer,), "dtype", self.spec.dtype)]

    def _wires(self, added: Edit) -> list[Command]:
        node, document = added.created[0], added.document
        inner = nested_graph(document.layer_of(self.graph, node))
        graph = document.graphs.get(inner or "")
        wires: list[Command] = [Disconnect(self.graph, (self.edge,))] if self.edge else []
        if graph is not None and self.source is not None and graph.inputs:
            wires.append(Connect(self.graph, self.source, Port(node, graph.inputs[0])))
        if graph is not None and self.target is not None and graph.outputs:
            wires.append(Connect(self.graph, Port(node, graph.outputs[0]), self.target))
        return wires

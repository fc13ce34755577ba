"""Commands on wires."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from graph_engine.document.commands.base import DraftCommand, counted
from graph_engine.document.draft import Draft, GraphDraft, Refused
from graph_engine.document.edits import calls, wires
from graph_engine.document.edits.nesting import middle
from graph_engine.document.queries import reaches
from graph_engine.document.records import Config, Edge, Point, Port


@dataclass(frozen=True, slots=True)
class Connect(DraftCommand):
    """A wire from an output port to an input port; what the input port held is replaced."""

    graph: str
    source: Port
    target: Port

    @property
    def label(self) -> str:
        return "Connect"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        graph = draft.graph(self.graph)
        held = wires.held_by(graph, self.target)
        if held is not None and held.source == self.source:
            start, end = (draft.layer_of(graph, port.node).name for port in (self.source, self.target))
            raise Refused(f"{start} is already connected to {end} here.")
        wires.connect(draft, graph, self.source, self.target)
        return ()


@dataclass(frozen=True, slots=True)
class Disconnect(DraftCommand):
    graph: str
    edges: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"Disconnect {counted(len(self.edges), 'wire')}"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        graph = draft.graph(self.graph)
        for edge in dict.fromkeys(self.edges):
            graph.edges.drop(wires.require_edge(graph, edge).id)
        return ()


@dataclass(frozen=True, slots=True)
class MoveWire(DraftCommand):
    """Lead a wire's end to another input port."""

    graph: str
    edge: str
    target: Port

    @property
    def label(self) -> str:
        return "Move wire"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        graph = draft.graph(self.graph)
        edge = wires.require_edge(graph, self.edge)
        if edge.target == self.target:
            raise Refused("The wire already ends here.")
        wires.move_wire(draft, graph, edge, self.target)
        return ()


@dataclass(frozen=True, slots=True)
class MoveWires(DraftCommand):
    """Lead all wires that leave one output port out of another instead."""

    graph: str
    source: Port
    to: Port

    @property
    def label(self) -> str:
        return "Move wires"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        graph = draft.graph(self.graph)
        leaving = [edge for edge in graph.wires().outgoing(self.source.node) if edge.source == self.source]
        if not leaving or self.to == self.source:
            raise Refused("There is no wire to move.")
        for edge in leaving:
            graph.edges.drop(edge.id)  # first: none of them must count as a way round
        for edge in leaving:
            wires.require_wire(draft, graph, self.to, edge.target)
            graph.edges.put(edge.id, replace(edge, source=self.to))
        return ()


@dataclass(frozen=True, slots=True)
class Bend(DraftCommand):
    """Lead a wire through some points, in order; through none makes it go by itself again."""

    graph: str
    edge: str
    points: tuple[Point, ...]

    @property
    def label(self) -> str:
        return "Bend wire" if self.points else "Straighten wire"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        graph = draft.graph(self.graph)
        edge = wires.require_edge(graph, self.edge)
        if self.points:
            graph.bends.put(edge.id, tuple(calls.checked_point(point) for point in self.points))
        else:
            graph.bends.drop(edge.id)
        return ()


@dataclass(frozen=True, slots=True)
class InsertOnEdge(DraftCommand):
    """A new layer in the middle of a wire; without a position it stands between the wire's ends."""

    graph: str
    edge: str
    type: str
    config: Config = field(default_factory=dict)
    position: Point | None = None
    input_port: str = "input"
    output_port: str = "output"

    @property
    def label(self) -> str:
        return f"Insert {self.type}"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        graph = draft.graph(self.graph)
        edge = wires.require_edge(graph, self.edge)
        layer = calls.add_layer(draft, self.graph, self.type, self.config)
        node = calls.add_call(draft, graph, layer.id, self.position or _between(graph, edge))
        wires.put_through(draft, graph, edge, node, self.input_port, self.output_port)
        return (node,)


@dataclass(frozen=True, slots=True)
class InsertNodeOnEdge(DraftCommand):
    """Lead a wire through a node that is already there."""

    graph: str
    edge: str
    node: str
    input_port: str = "input"
    output_port: str = "output"

    @property
    def label(self) -> str:
        return "Insert on wire"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        graph = draft.graph(self.graph)
        edge = wires.require_edge(graph, self.edge)
        if self.node in (edge.source.node, edge.target.node):
            raise Refused(f"{draft.layer_of(graph, self.node).name} is an end of this wire.")
        wires.put_through(draft, graph, edge, self.node, self.input_port, self.output_port)
        return (self.node,)


@dataclass(frozen=True, slots=True)
class MergeOnEdge(DraftCommand):
    """A new merge layer in a wire, fed by the wire's source and by ``source``: a residual in one gesture."""

    graph: str
    source: Port
    edge: str
    type: str
    config: Config = field(default_factory=dict)
    position: Point | None = None

    @property
    def label(self) -> str:
        return f"Merge by {self.type}"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        graph = draft.graph(self.graph)
        edge = wires.require_edge(graph, self.edge)
        source = draft.layer_of(graph, self.source.node)
        if reaches(graph.wires(), edge.target.node, self.source.node):
            end = draft.layer_of(graph, edge.target.node)
            raise Refused(f"{end.name} already leads to {source.name}; merging it here would close a loop.")
        layer = calls.add_layer(draft, self.graph, self.type, self.config)
        node = calls.add_call(draft, graph, layer.id, self.position or _between(graph, edge))
        wires.put_through(draft, graph, edge, node, "0", "output")
        wires.connect(draft, graph, self.source, Port(node, "1"))
        return (node,)


@dataclass(frozen=True, slots=True)
class ReorderPorts(DraftCommand):
    """A port list's wires, or a Model layer's inputs, in another order. ``order``: the ports' old names."""

    graph: str
    node: str
    order: tuple[str, ...]

    @property
    def label(self) -> str:
        return "Reorder inputs"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        graph = draft.graph(self.graph)
        layer = draft.layer_of(graph, self.node)
        inner = draft.nested(graph, self.node)
        if inner is not None:
            require_permutation(self.order, inner.inputs, layer.name)
            inner.inputs = self.order
            return ()
        edges = {edge.target.name: edge for edge in wires.port_list(graph, self.node)}
        require_permutation(self.order, tuple(edges), layer.name)
        wires.number(graph, self.node, [edges[name] for name in self.order])
        return ()


def require_permutation(order: tuple[str, ...], ports: tuple[str, ...], name: str) -> None:
    if sorted(order) != sorted(ports):
        raise Refused(f"The order must name each of the {len(ports)} ports of {name} once.")


def _between(graph: GraphDraft, edge: Edge) -> Point | None:
    ends = [graph.positions.rows.get(port.node) for port in (edge.source, edge.target)]
    known = [end for end in ends if end is not None]
    return middle(known) if len(known) == len(ends) else None

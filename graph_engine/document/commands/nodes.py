"""Commands on nodes: added, moved, removed, replaced."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace

from graph_engine.document.commands.base import DraftCommand, counted
from graph_engine.document.draft import Draft, GraphDraft, Refused
from graph_engine.document.edits import calls, removal, wires
from graph_engine.document.edits.replacing import replace_node
from graph_engine.document.records import INPUT, OUTPUT, Config, Point, Port


@dataclass(frozen=True, slots=True)
class AddNode(DraftCommand):
    """A new layer and its first call, fed by ``source`` when given. Without a name it gets its type's."""

    graph: str
    type: str
    config: Config = field(default_factory=dict)
    position: Point | None = None
    name: str | None = None
    source: Port | None = None
    target_port: str = "input"

    @property
    def label(self) -> str:
        return f"Add {self.type}"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        graph = draft.graph(self.graph)
        layer = calls.add_layer(draft, self.graph, self.type, self.config, self.name)
        node = calls.add_call(draft, graph, layer.id, self.position)
        if self.source is not None:
            wires.connect(draft, graph, self.source, Port(node, self.target_port))
        return (node,)


@dataclass(frozen=True, slots=True)
class AddCall(DraftCommand):
    """One more call of a layer: a second node with the same weights."""

    graph: str
    layer: str
    position: Point | None = None

    @property
    def label(self) -> str:
        return "Use layer again"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        return (calls.call_again(draft, draft.graph(self.graph), self.layer, self.position),)


@dataclass(frozen=True, slots=True)
class Unlink(DraftCommand):
    """Give calls of shared layers layers of their own, alike in everything but their weights.

    Several of the nodes that call one layer get one each; a layer's last call keeps it.
    """

    graph: str
    nodes: tuple[str, ...]

    @property
    def label(self) -> str:
        return "Give weights of its own" if len(self.nodes) == 1 else f"Unlink {len(self.nodes)} layers"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        graph = draft.graph(self.graph)
        nodes = calls.require_nodes(draft, graph, self.nodes)
        parted = [node for node in nodes if calls.call_alone(draft, graph, node)]
        if not parted:
            raise Refused("Nothing that is selected shares its weights.")
        return tuple(nodes)


@dataclass(frozen=True, slots=True)
class Remove(DraftCommand):
    """Take nodes, wires, frames and notes away; wires of the nodes go with them."""

    graph: str
    nodes: tuple[str, ...] = ()
    edges: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        kinds = (("layer", self.nodes), ("wire", self.edges), ("frame", self.frames), ("note", self.notes))
        return "Remove " + " and ".join(counted(len(ids), thing) for thing, ids in kinds if ids)

    def edit(self, draft: Draft) -> tuple[str, ...]:
        graph = draft.graph(self.graph)
        if not (self.nodes or self.edges or self.frames or self.notes):
            raise Refused("Nothing is selected.")
        if self.nodes:
            removal.remove_nodes(graph, calls.require_nodes(draft, graph, self.nodes))
        for edge in self.edges:
            wires.require_edge(graph, edge)
        _drop_all(graph, self)
        return ()


def _drop_all(graph: GraphDraft, command: Remove) -> None:
    for edge in command.edges:
        graph.edges.drop(edge)
    for frame in command.frames:
        graph.frames.drop(frame)
    for note in command.notes:
        graph.notes.drop(note)


@dataclass(frozen=True, slots=True)
class RemoveReconnect(DraftCommand):
    """Take nodes away and wire what fed them to what they fed."""

    graph: str
    nodes: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"Remove {counted(len(self.nodes), 'layer')} and reconnect"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        graph = draft.graph(self.graph)
        nodes = calls.require_nodes(draft, graph, self.nodes)
        removal.bridge(draft, graph, set(nodes))
        removal.remove_nodes(graph, nodes)
        return ()


@dataclass(frozen=True, slots=True)
class Move(DraftCommand):
    """New places of nodes, frames and notes. Moves of one ``gesture`` become one undo step."""

    graph: str
    positions: Mapping[str, Point]
    gesture: str = ""

    @property
    def label(self) -> str:
        return f"Move {counted(len(self.positions), 'item')}"

    @property
    def merge_key(self) -> Hashable | None:
        return ("move", self.graph, frozenset(self.positions), self.gesture) if self.gesture else None

    def edit(self, draft: Draft) -> tuple[str, ...]:
        graph = draft.graph(self.graph)
        _move_bends(graph, self.positions)
        for item, position in self.positions.items():
            _move(draft, graph, item, calls.checked_point(position))
        return ()


def _move_bends(graph: GraphDraft, positions: Mapping[str, Point]) -> None:
    """A bent wire goes along where both its ends go the same way."""
    for key, points in list(graph.bends.rows.items()):
        edge, ways = graph.edges.rows[key], set()
        for node in (edge.source.node, edge.target.node):
            before, after = graph.positions.rows.get(node), positions.get(node)
            ways.add((after.x - before.x, after.y - before.y) if before and after else None)
        way = ways.pop()
        if way and not ways:
            graph.bends.put(key, tuple(calls.checked_point(Point(x + way[0], y + way[1])) for x, y in points))


def _move(draft: Draft, graph: GraphDraft, item: str, point: Point) -> None:
    if item in graph.frames.rows:
        graph.frames.put(item, replace(graph.frames.rows[item], x=point.x, y=point.y))
    elif item in graph.notes.rows:
        graph.notes.put(item, replace(graph.notes.rows[item], x=point.x, y=point.y))
    else:
        draft.layer_of(graph, item)  # refuses when the node is gone
        graph.positions.put(item, point)


@dataclass(frozen=True, slots=True)
class Bypass(DraftCommand):
    """Let nodes pass on what they get, or work again. Inputs and outputs among them are left as they are."""

    graph: str
    nodes: tuple[str, ...]
    bypassed: bool

    @property
    def label(self) -> str:
        return f"{'Bypass' if self.bypassed else 'Switch on'} {counted(len(self.nodes), 'layer')}"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        graph = draft.graph(self.graph)
        nodes = calls.require_nodes(draft, graph, self.nodes)
        able = [node for node in nodes if draft.layer_of(graph, node).type not in (INPUT, OUTPUT)]
        if not able:
            raise Refused("Inputs and outputs cannot be bypassed.")
        for node in able:
            graph.nodes.put(node, replace(graph.nodes.rows[node], bypassed=self.bypassed))
        return ()


@dataclass(frozen=True, slots=True)
class Replace(DraftCommand):
    """Give a node another layer; its wires stay, a name the person chose stays, a default one changes.

    Ports that are called differently on the new layer are given by ``inputs`` and ``outputs``: old name to
    new. To and from a Model layer they are matched in order by themselves.
    """

    graph: str
    node: str
    type: str
    config: Config = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return f"Replace by {self.type}"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        graph = draft.graph(self.graph)
        replace_node(draft, graph, self.node, self.type, self.config, self.inputs, self.outputs)
        return (self.node,)

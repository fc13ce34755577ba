"""Parts of one document brought into another, or into the same, under fresh ids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from graph_engine.document.draft import Draft, GraphDraft
from graph_engine.document.edits.calls import checked_point, free_name
from graph_engine.document.queries import nested_in
from graph_engine.document.records import INPUT, MODEL, OUTPUT, Document, Graph, Layer, Point, Port

ORIGIN = Point(0.0, 0.0)


class Copier:
    """Copies graphs and the layers they call from ``source`` into a draft.

    ``keep`` names layers of the draft that copied calls go on calling; ``link`` says which nested graphs
    stay as they are, so that an edit of the definition changes all its uses. Layers of any other scope
    than a copied graph's come to belong to ``home``.
    """

    def __init__(
        self,
        draft: Draft,
        source: Document,
        home: str,
        keep: Callable[[Layer], bool],
        link: Callable[[str], bool],
    ) -> None:
        self.draft, self.source, self.home, self.keep, self.link = draft, source, home, keep, link
        self.nodes: dict[str, str] = {}
        self._graphs: dict[str, str] = {}
        self._layers: dict[str, str] = {}

    def copy_into(self, original: Graph, target: GraphDraft, offset: Point = ORIGIN) -> tuple[str, ...]:
        """The ids of the new nodes, frames and notes."""
        self._graphs.setdefault(original.id, target.id)
        draft = self.draft
        nodes = {node: draft.fresh("n") for node in original.nodes}
        self.nodes |= nodes
        for node in original.nodes.values():
            target.nodes.put(nodes[node.id], replace(node, id=nodes[node.id], layer=self._layer(node.layer)))
        for node_id, point in original.positions.items():
            target.positions.put(nodes[node_id], checked_point(Point(point.x + offset.x, point.y + offset.y)))
        for edge in original.edges.values():
            source, goal = self.port(original, edge.source), self.port(original, edge.target)
            copied = draft.put_edge(target, source, goal)
            if edge.id in original.bends:
                target.bends.put(copied, shifted(original.bends[edge.id], offset))
        return (*nodes.values(), *self._copy_remarks(original, target, offset))

    def _copy_remarks(self, original: Graph, target: GraphDraft, offset: Point) -> list[str]:
        made = []
        for frame in original.frames.values():
            x, y = checked_point(Point(frame.x + offset.x, frame.y + offset.y))
            made.append(self.draft.fresh("f"))
            target.frames.put(made[-1], replace(frame, id=made[-1], x=x, y=y))
        for note in original.notes.values():
            x, y = checked_point(Point(note.x + offset.x, note.y + offset.y))
            made.append(self.draft.fresh("t"))
            target.notes.put(made[-1], replace(note, id=made[-1], x=x, y=y))
        return made

    def port(self, graph: Graph, port: Port) -> Port:
        """The copy's port. A Model layer's are named by the nodes inside, which may have been copied too."""
        layer = self.source.layers[graph.nodes[port.node].layer]
        name = self.nodes.get(port.name, port.name) if layer.type == MODEL else port.name
        return Port(self.nodes[port.node], name)

    def _layer(self, layer_id: str) -> str:
        layer = self.source.layers[layer_id]
        if layer.type not in (INPUT, OUTPUT) and self.keep(layer):
            return layer_id
        if layer_id not in self._layers:
            self._layers[layer_id] = self._copied_layer(layer).id
        return self._layers[layer_id]

    def _copied_layer(self, layer: Layer) -> Layer:
        config = layer.config
        if layer.type == MODEL:
            config = {**config, "graph": self._nested(config["graph"])}
        scope = self._graphs.get(layer.scope, self.home)
        name = free_name(self.draft, scope, layer.type, layer.name)
        copied = replace(layer, id=self.draft.fresh("l"), name=name, scope=scope, config=config)
        self.draft.layers.put(copied.id, copied)
        return copied

    def _nested(self, graph: str) -> str:
        if self.link(graph):
            return graph
        if graph not in self._graphs:
            original = self.source.graphs[graph]
            copied = self.draft.new_graph(original.name)
            self.copy_into(original, copied)
            copied.inputs = tuple(self.nodes[node] for node in original.inputs)
            copied.outputs = tuple(self.nodes[node] for node in original.outputs)
        return self._graphs[graph]


def shifted(points: tuple[Point, ...], offset: Point) -> tuple[Point, ...]:
    """Where a copied or lifted wire bends."""
    return tuple(checked_point(Point(point.x + offset.x, point.y + offset.y)) for point in points)


def is_self_contained(document: Document, graph: str) -> bool:
    """Whether a model and all it nests call no layer that belongs to a place outside of it."""
    inside = nested_in(document, graph)
    return all(
        document.layers[node.layer].scope in inside
        for one in inside
        for node in document.graphs[one].nodes.values()
    )


def same_definition(one: Document, other: Document, graph: str) -> bool:
    """Whether a model and all it nests are defined alike in two documents, ids included."""
    inside = nested_in(one, graph)
    calls = {node.layer for name in inside for node in one.graphs[name].nodes.values()}
    return all(one.graphs[name] == other.graphs.get(name) for name in inside) and all(
        one.layers[layer] == other.layers.get(layer) for layer in calls
    )

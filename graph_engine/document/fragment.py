"""The clipboard: a part of a drawing as a small document of its own, and as text that survives a chat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from graph_engine.document import codec
from graph_engine.document.json_text import dump
from graph_engine.document.migrations import migrate
from graph_engine.document.plain import DecodeError
from graph_engine.document.queries import called_graphs, names_in_use, nested_in, unique_name
from graph_engine.document.records import MAIN, Document, Edge, Frame, Graph, Layer, Point
from graph_engine.document.schema import decode_record, encode_record
from graph_engine.document.settle import settle

FORMAT: Final = "layerloom-fragment"


@dataclass(frozen=True, slots=True)
class Fragment:
    """Copied nodes are the main graph of ``document``, with their layers and the models they call.

    ``incoming`` holds the wires that came from nodes left behind, and ``feeds`` the names of those nodes'
    layers, by which a paste that keeps inputs makes sure that it found the same nodes again.
    """

    document: Document
    incoming: tuple[Edge, ...] = ()
    feeds: Mapping[str, str] = field(default_factory=dict)

    def to_text(self) -> str:
        feeds = {node: self.feeds[node] for node in sorted(self.feeds)}
        incoming = [encode_record(edge) for edge in self.incoming]
        content = {"document": codec.encode(self.document), "incoming": incoming, "feeds": feeds}
        return dump({"format": FORMAT, "version": codec.VERSION, **content})

    @staticmethod
    def from_text(text: str) -> Fragment:
        """A copied fragment, or a whole document. Raises DecodeError when the text is something else."""
        try:
            value = codec.parse(text)
            if isinstance(value, dict) and value.get("format") == codec.FORMAT:
                return Fragment(codec.decode(value))
            fields = migrate(value, FORMAT, codec.VERSION)
            document = codec.decode(fields.pop("document", None))
            return _checked(decode_record(_Rest, fields), document)
        except DecodeError as error:
            raise DecodeError(f"The clipboard holds no layers that can be pasted ({error})") from error


@dataclass(frozen=True, slots=True)
class _Rest:
    incoming: tuple[Edge, ...] = ()
    feeds: Mapping[str, str] = field(default_factory=dict)


def _checked(rest: _Rest, document: Document) -> Fragment:
    for index, edge in enumerate(rest.incoming):
        if edge.target.node not in document.main.nodes or edge.source.node not in rest.feeds:
            raise DecodeError("leads nowhere", f"incoming[{index}]")
    return Fragment(document, rest.incoming, rest.feeds)


def copy(document: Document, graph: str, items: Iterable[str]) -> Fragment:
    """The given nodes, frames and notes, and frames around these nodes alone. Unknown ids are ignored."""
    whole, wanted = document.graphs[graph], set(items)
    nodes = {key: node for key, node in whole.nodes.items() if key in wanted}
    frames = {
        key: frame for key, frame in whole.frames.items() if key in wanted or comes_along(whole, frame, nodes)
    }
    notes = {
        key: note
        for key, note in whole.notes.items()
        if key in wanted or any(_inside(frame, Point(note.x, note.y)) for frame in frames.values())
    }
    entering = {key: edge for key, edge in whole.edges.items() if edge.target.node in nodes}
    part = Graph(
        MAIN,
        whole.name,
        nodes,
        {key: edge for key, edge in entering.items() if edge.source.node in nodes},
        tuple(node for node in whole.inputs if node in nodes),
        tuple(node for node in whole.outputs if node in nodes),
        {key: point for key, point in whole.positions.items() if key in nodes},
        frames,
        notes,
        {
            key: whole.bends[key]
            for key, edge in entering.items()
            if edge.source.node in nodes and key in whole.bends
        },
    )
    incoming = [edge for edge in entering.values() if edge.source.node not in nodes]
    feeds = {edge.source.node: document.layer_of(graph, edge.source.node).name for edge in incoming}
    return Fragment(_self_contained(document, part), tuple(incoming), feeds)


def comes_along(graph: Graph, frame: Frame, nodes: Mapping[str, object]) -> bool:
    """Whether a frame holds some nodes, and none but the given ones."""
    held = [node for node, point in graph.positions.items() if _inside(frame, point)]
    return bool(held) and all(node in nodes for node in held)


def _inside(frame: Frame, point: Point) -> bool:
    return frame.x <= point.x <= frame.x + frame.width and frame.y <= point.y <= frame.y + frame.height


def _self_contained(document: Document, part: Graph) -> Document:
    """A document of the part alone: layers that belong to places outside of it belong to it now."""
    bare = replace(document, graphs={**document.graphs, MAIN: part})
    entered = {inner for called in called_graphs(bare, MAIN) for inner in nested_in(document, called)}
    graphs = {MAIN: part, **{key: graph for key, graph in document.graphs.items() if key in entered}}
    calls = {node.layer for graph in graphs.values() for node in graph.nodes.values()}
    layers: dict[str, Layer] = {}
    for key in (key for key in document.layers if key in calls):
        layer = document.layers[key]
        if layer.scope not in entered:
            name = unique_name(layer.name, names_in_use(layers.values(), MAIN, layer.type))
            layer = replace(layer, scope=MAIN, name=name)
        layers[key] = layer
    return settle(Document(), Document(layers, graphs, next_id=document.next_id))

"""Where nodes stand when nobody has placed them: layers from left to right, the main path on one straight row.

`layout` answers for one graph; `laid_out` gives every graph of a document that lacks positions its own.
Pure: knows records and sizes, neither layer types nor Qt. Equal graphs get equal pictures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from graph_engine.document import Document, Graph, Point, is_numbered, wiring
from graph_engine.layout.net import Net, parts
from graph_engine.layout.order import ordered_columns
from graph_engine.layout.place import Box, place

NODE_WIDTH: Final = 142.0
NODE_HEIGHT: Final = 70.0
PORT_STEP: Final = 16.0  # between two ports on one side of a node
PORT_MARGIN: Final = 14.0  # above the first and below the last port
PART_GAP: Final = 66.0  # between parts of a graph that no wire connects

Size = tuple[float, float]
Sizes = Mapping[str, Size]


def node_size(ports: int) -> Size:
    """The size of a node with so many ports on its fuller side: a growing list makes it taller."""
    return NODE_WIDTH, max(NODE_HEIGHT, PORT_STEP * (ports - 1) + 2 * PORT_MARGIN)


def expected_sizes(graph: Graph) -> dict[str, Size]:
    """Sizes told from the wires alone: a port list shows its filled slots and a free one."""
    wires = wiring(graph)
    lists = {node: sum(map(is_numbered, wires.incoming(node))) for node in graph.nodes}
    return {node: node_size(count + 1 if count else 1) for node, count in lists.items()}


def layout(graph: Graph, sizes: Sizes | None = None) -> dict[str, Point]:
    """The top left corner of every node. Parts that no wire connects are stacked, single nodes side by side."""
    sizes = sizes if sizes is not None else expected_sizes(graph)
    boxes = [_lay_out_part(net) for net in parts(graph, sizes)]
    return _stacked(boxes)


def part_of(graph: Graph, nodes: Iterable[str]) -> Graph:
    """Some nodes of a graph with the wires between them, to be laid out by themselves."""
    chosen = {node: graph.nodes[node] for node in nodes}
    edges = {
        key: edge
        for key, edge in graph.edges.items()
        if {edge.source.node, edge.target.node} <= chosen.keys()
    }
    return replace(graph, nodes=chosen, edges=edges)


def laid_out(document: Document) -> Document:
    """The document with positions in every graph that lacks some, as a model drawn by code does."""
    graphs = {
        key: graph
        if graph.positions.keys() >= graph.nodes.keys()
        else replace(graph, positions=layout(graph))
        for key, graph in document.graphs.items()
    }
    changed = any(graphs[key] is not graph for key, graph in document.graphs.items())
    return replace(document, graphs=graphs) if changed else document


def _lay_out_part(net: Net) -> Box:
    return place(net, ordered_columns(net))


def _stacked(boxes: list[Box]) -> dict[str, Point]:
    """Boxes below each other; single nodes share rows as wide as the widest part."""
    positions: dict[str, Point] = {}
    width = max((box.width for box in boxes), default=0.0)
    width = max(width, 8 * NODE_WIDTH)
    x = y = row = 0.0
    for box in sorted(
        boxes, key=lambda box: len(box.positions) == 1
    ):  # stable: larger parts keep their order
        single = len(box.positions) == 1
        if x and (not single or x + box.width > width):
            x, y, row = 0.0, y + row + PART_GAP, 0.0
        positions |= {node: Point(x + point.x, y + point.y) for node, point in box.positions.items()}
        x += box.width + PART_GAP / 2 if single else width
        row = max(row, box.height)
    return positions


__all__ = [
    "NODE_HEIGHT",
    "NODE_WIDTH",
    "PORT_MARGIN",
    "PORT_STEP",
    "Size",
    "Sizes",
    "expected_sizes",
    "laid_out",
    "layout",
    "node_size",
    "part_of",
]

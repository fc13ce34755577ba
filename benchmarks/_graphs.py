"""Large graphs to draw: written down at once, for by commands thousands of nodes would take minutes."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any, Final

from graph_engine.document import MAIN, Document, Edge, Graph, Layer, Node, Point, Port

FEATURES: Final = 16
CHANNELS: Final = 4  # of each branch of an Inception module
REACH: Final = 40  # how far back a random node looks for what feeds it
ACROSS: Final = 200.0  # between columns
DOWN: Final = 120.0  # between rows


def residual(count: int) -> Document:
    """One Input that feeds rows of Dense layers, every third of which is added to what came before it."""
    draft = _Draft()
    image = draft.node("Input", {"shape": [FEATURES]}, (), Point(0, 0))
    rows = max(1, round(count**0.5 / 1.4))  # about as wide as a window
    length = -(-count // rows)
    for row in range(rows):
        trunk = [image]
        for column in range(1, length):
            at = Point(ACROSS * column, DOWN * row)
            if column % 3 == 0 and column > 3:
                trunk.append(draft.node("Add", {}, (trunk[-3], trunk[-1]), at))
            else:
                trunk.append(draft.node("Dense", {"units": FEATURES}, (trunk[-1],), at))
    return draft.document()


def inception(count: int) -> Document:
    """Rows of modules of eight nodes: four branches of convolutions and pooling, concatenated."""
    draft = _Draft()
    image = draft.node("Input", {"shape": [8, 8, 4 * CHANNELS]}, (), Point(0, 0))
    modules = max(1, (count - 1) // 8)
    rows = max(1, round(modules**0.5 / 1.2))
    for row in range(rows):
        fed = image
        for module in range(row * modules // rows, (row + 1) * modules // rows):
            place = module - row * modules // rows
            fed = _module(draft, fed, Point(4 * ACROSS * place + ACROSS, 5 * DOWN * row))
    return draft.document()


def _module(draft: _Draft, fed: str, at: Point) -> str:
    """Szegedy et al., "Going Deeper with Convolutions" (2015), figure 2b."""

    def convolution(size: int, source: str, column: int, row: int) -> str:
        config = {"filters": CHANNELS, "kernel_size": [size, size], "padding": "same"}
        return draft.node("Conv2D", config, (source,), _beside(at, column, row))

    pooling = {"pool_size": [3, 3], "strides": [1, 1], "padding": "same"}
    pooled = draft.node("MaxPooling2D", pooling, (fed,), _beside(at, 0, 3))
    branches = (
        convolution(1, fed, 1, 0),
        convolution(3, convolution(1, fed, 0, 1), 1, 1),
        convolution(5, convolution(1, fed, 0, 2), 1, 2),
        convolution(1, pooled, 1, 3),
    )
    return draft.node("Concatenate", {}, branches, _beside(at, 2, 1))


def _beside(at: Point, column: int, row: int) -> Point:
    return Point(at.x + ACROSS * column, at.y + DOWN * row)


def scattered(count: int) -> Document:
    """Layers and sums whose sources are drawn at random among those not far before them."""
    draft, draw = _Draft(), random.Random(count)  # noqa: S311
    nodes = [draft.node("Input", {"shape": [FEATURES]}, (), Point(0, 0))]
    columns = max(1, round(1.4 * count**0.5))
    while len(nodes) < count:
        at = Point(ACROSS * (len(nodes) % columns), DOWN * (len(nodes) // columns))
        near = nodes[-REACH:]
        if len(near) > 1 and draw.random() < 0.3:
            nodes.append(draft.node("Add", {}, tuple(draw.sample(near, 2)), at))
        else:
            nodes.append(draft.node("Dense", {"units": FEATURES}, (draw.choice(near),), at))
    return draft.document()


KINDS: Final[Mapping[str, Callable[[int], Document]]] = {
    "residual": residual,
    "inception": inception,
    "random": scattered,
}


class _Draft:
    """A document, node by node."""

    def __init__(self) -> None:
        self._layers: dict[str, Layer] = {}
        self._nodes: dict[str, Node] = {}
        self._edges: dict[str, Edge] = {}
        self._positions: dict[str, Point] = {}

    def node(self, kind: str, config: dict[str, Any], sources: tuple[str, ...], at: Point) -> str:
        number = len(self._nodes)
        layer, node = f"l{number}", f"n{number}"
        self._layers[layer] = Layer(layer, kind, f"{kind.lower()}_{number}", MAIN, config)
        self._nodes[node] = Node(node, layer)
        self._positions[node] = at
        for index, source in enumerate(sources):
            port = str(index) if len(sources) > 1 else "input"
            edge = f"e{len(self._edges)}"
            self._edges[edge] = Edge(edge, Port(source, "output"), Port(node, port))
        return node

    def document(self) -> Document:
        graph = Graph(MAIN, MAIN, self._nodes, self._edges, ("n0",), positions=self._positions)
        return Document(self._layers, {MAIN: graph}, next_id=10 * len(self._nodes))

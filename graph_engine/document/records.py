"""The records a person edits. Immutable: every edit gives a new Document that shares what did not change.

The document knows no layer type but the three that are structure: ``Input`` and ``Output`` nodes are the
ordered ports of their graph, and a ``Model`` layer names another graph of the same document.
Mappings are plain dicts by convention never mutated; ``edits`` is the only place that makes new ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

INPUT: Final = "Input"
OUTPUT: Final = "Output"
MODEL: Final = "Model"

MAIN: Final = "main"  # the id of every document's outermost graph
Config = Mapping[str, Any]  # JSON values by parameter name


class Point(NamedTuple):
    """Canvas coordinates in logical pixels: the top left corner of a node."""

    x: float
    y: float


class Port(NamedTuple):
    """One input or output of one node.

    Ports whose name is a number form an ordered list, as on merge layers: the document keeps such
    lists without gaps. Ports of a Model layer are named by the inner Input or Output node's id, so
    that renaming inside breaks no wire outside.
    """

    node: str
    name: str


@dataclass(frozen=True, slots=True)
class Layer:
    """A configured operation with its weights. Several nodes that name one layer share its weights.

    ``scope`` is the graph whose every use owns one set of these weights: nodes may call the layer in
    that graph and in graphs nested in it.
    """

    id: str
    type: str
    name: str
    scope: str = MAIN
    config: Config = field(default_factory=dict)
    trainable: bool = True


@dataclass(frozen=True, slots=True)
class Node:
    """One call of a layer. ``training``: how this call behaves whatever the model does; None: as the model does."""

    id: str
    layer: str
    bypassed: bool = False
    training: bool | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A wire from an output port to an input port. An input port holds at most one wire."""

    id: str
    source: Port
    target: Port


@dataclass(frozen=True, slots=True)
class Frame:
    """A titled rectangle behind nodes."""

    id: str
    title: str
    x: float
    y: float
    width: float
    height: float
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A piece of text (markdown) on the canvas."""

    id: str
    text: str
    x: float
    y: float
    width: float = 240.0


@dataclass(frozen=True, slots=True)
class Graph:
    """A directed acyclic graph of nodes. ``inputs`` and ``outputs`` order its Input and Output nodes.

    ``bends``: the points that a wire is led through, by the edge's id; like positions, they only arrange.
    """

    id: str
    name: str
    nodes: Mapping[str, Node] = field(default_factory=dict)
    edges: Mapping[str, Edge] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    positions: Mapping[str, Point] = field(default_factory=dict)
    frames: Mapping[str, Frame] = field(default_factory=dict)
    notes: Mapping[str, Note] = field(default_factory=dict)
    bends: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """A configurable thing by name and parameters: an optimizer, a loss, a metric, a callback."""

    type: str
    config: Config = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Objective:
    """What one output is trained for. The total loss is the weighted sum over all outputs with a loss."""

    loss: Choice | None = None
    weight: float = 1.0
    metrics: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A file with data: ``kind`` names the reader, ``path`` is relative to the project or ``sample:NAME``."""

    id: str
    kind: str
    path: str
    options: Config = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Binding:
    """Which columns of a source feed an Input (or are an Output's target), through which ordered steps."""

    source: str
    columns: tuple[str, ...]
    steps: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """How rows are parted into training and validation; ``column`` of ``source``: groups, or the time, to part by."""

    kind: str = "random"
    validation: float = 0.2
    seed: int = 0
    source: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class Data:
    """Sources by id, bindings by the id of the Input or Output node of the main graph."""

    sources: Mapping[str, Source] = field(default_factory=dict)
    bindings: Mapping[str, Binding] = field(default_factory=dict)
    split: Split = field(default_factory=Split)


@dataclass(frozen=True, slots=True)
class Training:
    """Objectives by Output node id, and how to train; ``from_weights``: on from those there are, not fresh ones.

    ``recompute_activations``: computed again for the gradients rather than kept, for less memory and the same numbers.
    """

    objectives: Mapping[str, Objective] = field(default_factory=dict)
    optimizer: Choice = field(default_factory=lambda: Choice("Adam"))
    callbacks: tuple[Choice, ...] = ()
    epochs: int = 10
    batch_size: int = 32
    seed: int = 0
    from_weights: bool = False
    recompute_activations: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """Everything a person edits, and so everything undo covers. Weights and runs live outside it.

    ``next_id`` only grows, so an id never means two things, not even across undo and paste.
    """

    layers: Mapping[str, Layer] = field(default_factory=dict)
    graphs: Mapping[str, Graph] = field(default_factory=lambda: {MAIN: Graph(MAIN, MAIN)})
    data: Data = field(default_factory=Data)
    training: Training = field(default_factory=Training)
    description: str = ""
    next_id: int = 1

    @property
    def main(self) -> Graph:
        return self.graphs[MAIN]

    def layer_of(self, graph: str, node: str) -> Layer:
        return self.layers[self.graphs[graph].nodes[node].layer]

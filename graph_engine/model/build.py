"""Symbols -> Document: the calls between a model's inputs and outputs become nodes, layers and edges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph_engine.document import (
    INPUT,
    MAIN,
    MODEL,
    OUTPUT,
    Document,
    Edge,
    Graph,
    Layer,
    Node,
    Port,
    unique_name,
)
from graph_engine.layers.base import LAYERS
from graph_engine.model.structure import leaves
from graph_engine.model.symbols import Recorded, Symbol, require_symbols
from graph_engine.params import snake_case
from graph_engine.values import LayerloomError

Key = tuple[Recorded, int]  # a symbol, whichever object stands for it


def key_of(symbol: Symbol) -> Key:
    return symbol.call, symbol.index


@dataclass(frozen=True, slots=True)
class Definition:
    """A model as code wrote it: ordered inputs and named outputs. ``each_step``: called for every step."""

    name: str
    inputs: tuple[Symbol, ...]
    outputs: Mapping[str, Symbol]
    each_step: bool = False


@dataclass(frozen=True, slots=True)
class Built:
    """The document, and the Layer instance or Model of every layer id in it."""

    document: Document
    objects: Mapping[str, Any]


def build(definition: Definition) -> Built:
    """Raises LayerloomError when an output depends on an Input that the model does not list."""
    builder = _Builder()
    main = builder.graph(MAIN, definition)
    builder.graphs[MAIN] = main
    graphs = {MAIN: main, **builder.graphs}
    layers = {record.id: record for record in builder.layers.values()}
    document = Document(layers=layers, graphs=graphs, next_id=builder.next_id)
    return Built(document, {builder.layers[id(item)].id: item for item in builder.objects})


def named_outputs(outputs: Any) -> dict[str, Symbol]:
    """Outputs by name: the keys of a mapping (joined, where mappings are nested), else the layer that computes it.

    Repeated names are numbered.
    """
    found = list(leaves(outputs))
    require_symbols(tuple(symbol for _, symbol in found), "Model")
    named: dict[str, Symbol] = {}
    for place, symbol in found:
        keys = [str(key) for key in place if not isinstance(key, int)]
        last = [] if place and isinstance(place[-1], str) else [_title(symbol.call.target)]
        named[unique_name("_".join([*keys, *last]), list(named))] = symbol
    return named


@dataclass(slots=True)
class _Builder:
    next_id: int = 1
    graphs: dict[str, Graph] = field(default_factory=dict)
    layers: dict[int, Layer] = field(default_factory=dict)
    objects: list[Any] = field(default_factory=list)
    graph_ids: dict[int, str] = field(default_factory=dict)

    def new_id(self, prefix: str) -> str:
        self.next_id += 1
        return f"{prefix}{self.next_id - 1}"

    def graph(self, graph_id: str, definition: Definition) -> Graph:
        nodes: dict[str, Node] = {}
        edges: dict[str, Edge] = {}
        made: dict[Key, Port] = {}
        for symbol in definition.inputs:
            layer = self.layer(graph_id, _entrance(symbol))
            node = self.new_id("n")
            nodes[node] = Node(node, layer.id)
            made[key_of(symbol)] = Port(node, "output")
        ordered = tuple(port.node for port in made.values())
        for call in calls_of(definition):
            layer = self.layer(graph_id, call.target)
            node = self.new_id("n")
            nodes[node] = Node(node, layer.id, training=call.training)
            for index, port in enumerate(self.output_ports(layer, call.target)):
                made.setdefault((call, index), Port(node, port))
            for port, entering in zip(self.input_ports(layer, call), call.inputs, strict=True):
                if entering is not None:
                    self.connect(edges, made[key_of(entering)], Port(node, port))
        outputs = []
        for name, symbol in definition.outputs.items():
            outputs.append(self.output(graph_id, name, nodes))
            self.connect(edges, made[key_of(symbol)], Port(outputs[-1], "input"))
        return Graph(graph_id, definition.name, nodes, edges, ordered, tuple(outputs))

    def connect(self, edges: dict[str, Edge], source: Port, target: Port) -> None:
        edge = self.new_id("e")
        edges[edge] = Edge(edge, source, target)

    def output(self, graph_id: str, name: str, nodes: dict[str, Node]) -> str:
        layer = Layer(self.new_id("l"), OUTPUT, name, graph_id)
        self.layers[id(layer)] = layer
        self.objects.append(layer)
        node = self.new_id("n")
        nodes[node] = Node(node, layer.id)
        return node

    def layer(self, graph_id: str, target: Any) -> Layer:
        """The record of a Layer instance or Model. Called from a second graph, it moves to the outermost scope."""
        known = self.layers.get(id(target))
        if known is None:
            known = self.new_layer(graph_id, target)
        elif known.scope not in (graph_id, MAIN):
            known = Layer(known.id, known.type, known.name, MAIN, known.config, known.trainable)
        self.layers[id(target)] = known
        return known

    def new_layer(self, graph_id: str, target: Any) -> Layer:
        self.objects.append(target)
        definition = getattr(target, "definition", None)
        kind = MODEL if isinstance(definition, Definition) else type(target).__name__
        config = self.called(definition) if isinstance(definition, Definition) else target.config()
        taken = [
            layer.name for layer in self.layers.values() if layer.scope == graph_id and layer.type != OUTPUT
        ]
        wanted = _title(target)
        if target.name and target.name in taken:
            raise LayerloomError(
                f"the name {target.name!r} is used by two layers; names are unique in a model"
            )
        return Layer(self.new_id("l"), kind, unique_name(wanted, taken), graph_id, config, target.trainable)

    def called(self, definition: Definition) -> dict[str, Any]:
        each_step = {"each_step": True} if definition.each_step else {}
        return {"graph": self.nested(definition), **each_step}

    def nested(self, definition: Definition) -> str:
        if id(definition) not in self.graph_ids:
            graph_id = self.graph_ids[id(definition)] = self.new_id("g")
            self.graphs[graph_id] = self.graph(graph_id, definition)
        return self.graph_ids[id(definition)]

    def input_ports(self, layer: Layer, call: Recorded) -> Sequence[str]:
        if layer.type == MODEL:
            return self.graphs[layer.config["graph"]].inputs
        ports = call.target.input_ports()
        return [str(index) for index in range(len(call.inputs))] if ports.is_list else ports.all

    def output_ports(self, layer: Layer, target: Any) -> tuple[str, ...]:
        return self.graphs[layer.config["graph"]].outputs if layer.type == MODEL else target.output_ports()


def _entrance(symbol: Symbol) -> Any:
    """The Input layer of a model's input: its own, or a new one where a tensor from inside another graph enters."""
    if not symbol.call.inputs:
        return symbol.call.target
    shape, dtype = symbol.spec.sample_shape, symbol.spec.dtype
    return LAYERS[INPUT](shape=shape, dtype=dtype, name=_title(symbol.call.target))


def _title(target: Any) -> str:
    """A layer's name, else what Keras calls one of its kind: ``dense``, ``conv2d``, ``get_item``."""
    keras = getattr(target, "keras", None)
    return str(target.name or snake_case((keras and keras.name) or type(target).__name__))


def calls_of(definition: Definition) -> Iterator[Recorded]:
    """Every call between the model's inputs and outputs, each after what it depends on.

    Raises LayerloomError where one depends on an Input that the model does not list.
    """
    entering = {key_of(symbol) for symbol in definition.inputs}
    seen: set[Recorded] = set()
    todo = [(symbol, False) for symbol in definition.outputs.values()][::-1]
    while todo:
        symbol, ready = todo.pop()
        call = symbol.call
        if ready:
            yield call
        elif key_of(symbol) not in entering and call not in seen:
            if not call.inputs:
                raise LayerloomError(
                    f"{definition.name} depends on the input {_title(call.target)!r}, "
                    "which is not among the model's inputs"
                )
            seen.add(call)
            todo.append((symbol, True))
            todo.extend((source, False) for source in reversed(call.sources))

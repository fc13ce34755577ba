"""Symbols -> Document: the calls between a model's inputs and outputs become nodes, layers and edges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph_engine.document import (
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
from graph_engine.model.symbols import Recorded, Symbol, require_symbols
from graph_engine.params import snake_case
from graph_engine.values import LayerloomError


@dataclass(frozen=True, slots=True)
class Definition:
    """A model as code wrote it: ordered inputs and named outputs."""

    name: str
    inputs: tuple[Symbol, ...]
    outputs: Mapping[str, Symbol]


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
    """Outputs by name. A nameless one is called after the layer that computes it; repeated names are numbered."""
    if isinstance(outputs, Mapping):
        require_symbols(tuple(outputs.values()), "Model")
        return dict(outputs)
    named: dict[str, Symbol] = {}
    for symbol in require_symbols(
        tuple(outputs) if isinstance(outputs, (list, tuple)) else (outputs,), "Model"
    ):
        target = symbol.call.target
        named[unique_name(target.name or _plain_name(target), list(named))] = symbol
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
        made: dict[Recorded, tuple[str, tuple[str, ...]]] = {}
        inputs = {symbol.call for symbol in definition.inputs}
        for call in _calls(definition):
            if not call.inputs and call not in inputs:
                raise LayerloomError(
                    f"{definition.name} depends on the input {call.target.name or 'Input'!r}, "
                    "which is not among the model's inputs"
                )
            layer = self.layer(graph_id, call.target)
            node = self.new_id("n")
            nodes[node] = Node(node, layer.id, training=call.training)
            made[call] = (node, self.output_ports(layer, call.target))
            for port, symbol in zip(self.input_ports(layer, call), call.inputs, strict=True):
                if symbol is None:
                    continue
                source, ports = made[symbol.call]
                self.connect(edges, Port(source, ports[symbol.index]), Port(node, port))
        outputs = []
        for name, symbol in definition.outputs.items():
            source, ports = made[symbol.call]
            outputs.append(self.output(graph_id, name, nodes))
            self.connect(edges, Port(source, ports[symbol.index]), Port(outputs[-1], "input"))
        ordered = tuple(made[symbol.call][0] for symbol in definition.inputs)
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
        config = {"graph": self.nested(definition)} if isinstance(definition, Definition) else target.config()
        taken = [
            layer.name for layer in self.layers.values() if layer.scope == graph_id and layer.type != OUTPUT
        ]
        wanted = target.name or _plain_name(target)
        if target.name and target.name in taken:
            raise LayerloomError(
                f"the name {target.name!r} is used by two layers; names are unique in a model"
            )
        return Layer(self.new_id("l"), kind, unique_name(wanted, taken), graph_id, config, target.trainable)

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


def _plain_name(target: Any) -> str:
    """As Keras calls a layer without a name: ``dense``, ``conv2d``, ``get_item``."""
    keras = getattr(target, "keras", None)
    return snake_case((keras and keras.name) or type(target).__name__)


def _calls(definition: Definition) -> Iterator[Recorded]:
    """Every call the model needs, inputs first, each after what it depends on."""
    seen: set[Recorded] = set()
    todo: list[tuple[Recorded, bool]] = [(symbol.call, False) for symbol in definition.outputs.values()][::-1]
    for symbol in definition.inputs:
        seen.add(symbol.call)
        yield symbol.call
    while todo:
        call, ready = todo.pop()
        if ready:
            yield call
        elif call not in seen:
            seen.add(call)
            todo.append((call, True))
            todo.extend((symbol.call, False) for symbol in reversed(call.sources))

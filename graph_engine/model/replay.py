"""Document -> symbols: a model that was drawn or loaded can be called and cut like one that was coded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graph_engine.analysis import Analysis
from graph_engine.document import MODEL, Document, Port, nested_graph, wiring
from graph_engine.layers.base import LAYERS
from graph_engine.model.build import Definition
from graph_engine.model.symbols import Recorded, Symbol
from graph_engine.values import LayerloomError, TensorSpec


@dataclass(frozen=True, slots=True)
class Replayed:
    """The main graph's definition, its symbols by port, and the object of every layer id."""

    definition: Definition
    symbols: Mapping[Port, Symbol]
    objects: Mapping[str, Any]


@dataclass(frozen=True, eq=False, slots=True)
class NestedModel:
    """A graph called as a layer, as far as building documents and sharing weights need it."""

    name: str
    trainable: bool
    definition: Definition


def replay(document: Document, analysis: Analysis) -> Replayed:
    """Raises LayerloomError for layers that could not be decoded."""
    player = _Player(document, analysis)
    definition, symbols = player.graph(document.main.id)
    return Replayed(definition, symbols, player.objects)


@dataclass(slots=True)
class _Player:
    document: Document
    analysis: Analysis
    objects: dict[str, Any] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)

    def graph(self, graph_id: str) -> tuple[Definition, dict[Port, Symbol]]:
        graph = self.document.graphs[graph_id]
        wires = wiring(graph)
        symbols: dict[Port, Symbol] = {}
        for node in (*graph.inputs, *self.analysis.graphs[graph_id].order):
            if Port(node, "output") in symbols or node in graph.outputs:
                continue
            info = self.analysis.node(graph_id, node)
            incoming = wires.incoming(node)
            arriving = tuple(symbols[incoming[port.name].source] for port in info.inputs if port.connected)
            call = Recorded(self.object(graph.nodes[node].layer), arriving)
            for index, port in enumerate(info.outputs):
                symbols[Port(node, port.name)] = Symbol(call, index, port.spec or TensorSpec(()))
        outputs = {
            self.document.layer_of(graph_id, node).name: symbols[wires.incoming(node)["input"].source]
            for node in graph.outputs
        }
        inputs = tuple(symbols[Port(node, "output")] for node in graph.inputs)
        return Definition(graph.name, inputs, outputs), symbols

    def object(self, layer_id: str) -> Any:
        if layer_id not in self.objects:
            self.objects[layer_id] = self._new_object(layer_id)
        return self.objects[layer_id]

    def _new_object(self, layer_id: str) -> Any:
        record = self.document.layers[layer_id]
        inner = nested_graph(record)
        if record.type == MODEL and inner:
            if inner not in self.definitions:
                self.definitions[inner] = self.graph(inner)[0]
            return NestedModel(record.name, record.trainable, self.definitions[inner])
        if record.type not in LAYERS:
            raise LayerloomError(f"{record.name}: this program has no layer type {record.type!r}")
        config = LAYERS[record.type].from_config(record.config).config()
        return LAYERS[record.type](**config, name=record.name, trainable=record.trainable)

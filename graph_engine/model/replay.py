"""Document -> symbols: a model that was drawn or loaded can be called and cut like one that was coded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graph_engine.analysis import Analysis
from graph_engine.compiler import Scope
from graph_engine.document import Document, Layer, Port, each_step, nested_graph, wiring
from graph_engine.layers.base import LAYERS
from graph_engine.model.build import Definition
from graph_engine.model.symbols import Symbol, record
from graph_engine.values import LayerloomError, TensorSpec


@dataclass(frozen=True, slots=True)
class Replayed:
    """The main graph's definition, its symbols by port, and the object that owns the weights below each path.

    A path is layer ids joined by ``/``, as in weight paths: each use of a graph has objects of its own.
    """

    definition: Definition
    symbols: Mapping[Port, Symbol]
    objects: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class NestedModel:
    """A graph called as a layer, as far as building documents and sharing weights need it."""

    name: str
    trainable: bool
    definition: Definition


def replay(document: Document, analysis: Analysis) -> Replayed:
    """Raises LayerloomError for layers that could not be decoded."""
    player = _Player(document, analysis)
    main = document.main.id
    definition, symbols = player.graph(Scope((main,), (), True))
    return Replayed(definition, symbols, player.objects)


@dataclass(slots=True)
class _Player:
    document: Document
    analysis: Analysis
    objects: dict[str, Any] = field(default_factory=dict)

    def graph(self, scope: Scope) -> tuple[Definition, dict[Port, Symbol]]:
        graph = self.document.graphs[scope.graphs[-1]]
        wires = wiring(graph)
        symbols: dict[Port, Symbol] = {}
        for node in (*graph.inputs, *self.analysis.graphs[graph.id].order):
            if Port(node, "output") in symbols or node in graph.outputs:
                continue
            info = self.analysis.node(graph.id, node)
            incoming = wires.incoming(node)
            arriving = tuple(
                symbols[incoming[port.name].source] if port.connected else None
                for port in info.inputs
                if port.enters
            )
            if graph.nodes[node].bypassed and arriving[0] is not None:
                symbols |= {Port(node, port.name): arriving[0] for port in info.outputs[:1]}
                continue
            specs = tuple(port.spec or TensorSpec(()) for port in info.outputs)
            called = graph.nodes[node]
            found = record(self.object(called.layer, scope), arriving, specs, called.training)
            made = found if isinstance(found, tuple) else (found,)
            symbols |= {Port(node, port.name): made[index] for index, port in enumerate(info.outputs)}
        outputs = {
            self.document.layer_of(graph.id, node).name: symbols[wires.incoming(node)["input"].source]
            for node in graph.outputs
        }
        inputs = tuple(symbols[Port(node, "output")] for node in graph.inputs)
        return Definition(graph.name, inputs, outputs), symbols

    def object(self, layer_id: str, scope: Scope) -> Any:
        record = self.document.layers[layer_id]
        path = scope.path(layer_id, record.scope)
        if path not in self.objects:
            self.objects[path] = self._new_object(record, scope)
        return self.objects[path]

    def _new_object(self, record: Layer, scope: Scope) -> Any:
        inner = nested_graph(record)
        if inner:
            definition, _ = self.graph(scope.enter(inner, record))
            definition = replace(definition, each_step=each_step(record))
            return NestedModel(record.name, record.trainable, definition)
        if record.type not in LAYERS:
            raise LayerloomError(f"{record.name}: this program has no layer type {record.type!r}")
        config = LAYERS[record.type].from_config(record.config).config()
        return LAYERS[record.type](**config, name=record.name, trainable=record.trainable)

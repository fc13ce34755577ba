"""The layers of a model by name, in Keras' order, and symbols inside of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph_engine.analysis import Analysis
from graph_engine.compiler import Scope
from graph_engine.document import MAIN, OUTPUT, Document, nested_graph
from graph_engine.model.build import Definition
from graph_engine.model.symbols import Recorded, Symbol
from graph_engine.values import LayerloomError


@dataclass(frozen=True, slots=True)
class LayerPlace:
    """A layer in place: ``path`` of ids as in weight paths, ``name`` joined by ``/`` through nested models."""

    path: str
    name: str
    layer: str  # its id


def layer_places(document: Document, analysis: Analysis) -> list[LayerPlace]:
    """Every layer but Outputs, each once, nested ones after the model they stand in."""
    found: dict[str, LayerPlace] = {}
    for place in _places(document, analysis, Scope((MAIN,), (), True), ""):
        found.setdefault(place.path, place)
    return list(found.values())


def layer_order(definition: Definition) -> list[Any]:
    """Layer objects as Keras lists them (``map_graph_network``): deepest first, then as they are met from the outputs.

    The depth of a layer is the longest way from any of its calls to an output.
    """
    met: dict[Any, int] = {}
    order: list[Recorded] = []
    for symbol in definition.outputs.values():
        _meet(symbol.call, met, order, set(order), set(definition.inputs))
    depths: dict[Any, int] = {}
    call_depths: dict[Recorded, int] = {}
    for call in reversed(order):
        depth = max(call_depths.setdefault(call, 0), depths.get(call.target, 0))
        depths[call.target] = call_depths[call] = depth
        for symbol in call.sources:
            call_depths[symbol.call] = max(depth + 1, call_depths.get(symbol.call, 0))
    for symbol in definition.inputs:
        depths.setdefault(symbol.call.target, 0)
    return sorted(depths, key=lambda target: (-depths[target], met.get(target, -1)))


def find_layer(places: Sequence[LayerPlace], objects: Mapping[str, Any], name: str, model: str) -> Any:
    """The layer object of that name, ``inner/dense`` inside of nested models; the last name alone if it is unique."""
    exact = [place for place in places if place.name == name]
    inside = [place for place in places if place.name.rpartition("/")[2] == name]
    if not exact and len(inside) > 1:
        told = ", ".join(repr(place.name) for place in inside)
        raise LayerloomError(f"{model} has several layers {name!r}: say which of {told}")
    if not exact and not inside:
        told = ", ".join(repr(place.name) for place in places)
        raise LayerloomError(f"{model} has no layer {name!r}; it has {told}")
    return objects[(exact or inside)[0].path]


def _meet(
    call: Recorded, met: dict[Any, int], order: list[Recorded], done: set[Recorded], inputs: set[Symbol]
) -> None:
    if call in done:
        return
    met.setdefault(call.target, len(met))
    done.add(call)
    for symbol in call.sources:
        _meet(symbol.call, met, order, done, inputs)
    order.append(call)


def _places(document: Document, analysis: Analysis, scope: Scope, names: str) -> Iterator[LayerPlace]:
    graph = document.graphs[scope.graphs[-1]]
    ordered = analysis.graphs[graph.id].order
    for node_id in dict.fromkeys((*graph.inputs, *ordered)):
        record = document.layer_of(graph.id, node_id)
        if record.type == OUTPUT:
            continue
        name = f"{names}{record.name}"
        yield LayerPlace(scope.path(record.id, record.scope), name, record.id)
        inner = nested_graph(record)
        if inner:
            yield from _places(document, analysis, scope.enter(inner, record), f"{name}/")

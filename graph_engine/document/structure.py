"""How the graphs of a document may call each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from graph_engine.document.queries import called_graphs, nested_in
from graph_engine.document.records import MAIN, MODEL, Document, Layer

MAX_NESTING: Final = 32
MAX_CALLS: Final = 1_000_000  # of layers, with every nested model written out


def has_models(document: Document) -> bool:
    return any(layer.type == MODEL for layer in document.layers.values())


def self_calling(document: Document) -> str | None:
    """A graph that calls itself, at any depth."""
    if not has_models(document):
        return None
    calls = {graph: called_graphs(document, graph) for graph in document.graphs}
    waiting = dict.fromkeys(document.graphs, 0)
    for called in calls.values():
        for inner in called:
            waiting[inner] += 1
    free = [graph for graph, count in waiting.items() if count == 0]
    for graph in free:  # grows while it is walked
        for inner in calls[graph]:
            waiting[inner] -= 1
            if waiting[inner] == 0:
                free.append(inner)
    behind = [graph for graph, count in waiting.items() if count > 0]
    return next((graph for graph in behind if graph in _beyond(document, graph)), None)


def _beyond(document: Document, graph: str) -> set[str]:
    found: set[str] = set()
    for inner in called_graphs(document, graph):
        if inner not in found:
            found |= nested_in(document, inner)
    return found


def strays(document: Document) -> Iterator[tuple[Layer, str]]:
    """Layers that are called in a graph which can be entered without entering their scope, and that graph."""
    reached: dict[str, set[str]] = {}
    for graph in document.graphs.values():
        for node in graph.nodes.values():
            layer = document.layers[node.layer]
            if layer.scope in (graph.id, MAIN):
                continue
            if layer.scope not in reached:
                reached[layer.scope] = nested_in(document, MAIN, avoiding=layer.scope)
            if graph.id in reached[layer.scope]:
                yield layer, graph.id


def size_fault(document: Document) -> str:
    """Why the models of a document are nested too deeply or too often to be ever computed, or an empty text.

    A few graphs that each call the next one twice would stand for more layers than memory holds. The
    graphs must not call themselves.
    """
    if not has_models(document):
        return ""
    sizes: dict[str, tuple[int, int]] = {}
    for graph in _innermost_first(document):
        inner = [sizes[called] for called in called_graphs(document, graph)]
        depth = 1 + max((depth for depth, _ in inner), default=0)
        sizes[graph] = depth, len(document.graphs[graph].nodes) + sum(calls for _, calls in inner)
    depth, calls = max(size[0] for size in sizes.values()), max(size[1] for size in sizes.values())
    if depth > MAX_NESTING:
        return f"Models would be nested {depth} levels deep; at most {MAX_NESTING} are possible."
    if calls > MAX_CALLS:
        return (
            f"With nested models written out there would be {calls} layers; at most {MAX_CALLS} are possible."
        )
    return ""


def _innermost_first(document: Document) -> list[str]:
    order: list[str] = []
    seen: set[str] = set()
    for root in document.graphs:
        todo = [(root, False)]
        while todo:
            graph, ready = todo.pop()
            if ready:
                order.append(graph)
            elif graph not in seen:
                seen.add(graph)
                todo.append((graph, True))
                todo.extend((inner, False) for inner in set(called_graphs(document, graph)) - seen)
    return order

"""A model as text: a table of its layers, and totals."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from graph_engine.analysis import Analysis
from graph_engine.compiler import ModelError, WeightEntry, flops_per_sample, weight_table
from graph_engine.document import Document, Graph, Wiring, nested_graph, wiring
from graph_engine.model.tables import table


def summary(document: Document, analysis: Analysis) -> str:
    """A table per graph (layer, output shape, parameters, connections), then totals."""
    parts = []
    for graph in document.graphs.values():
        if len(document.graphs) > 1:
            parts.append(f"{graph.name}:")
        parts.append(_graph_table(document, analysis, graph))
    parts.append(_totals(weight_table(document, analysis).values()))
    with suppress(ModelError):  # the drawing has errors, which are listed anyway
        parts.append(f"{sum(flops_per_sample(document, analysis).values()):,} FLOP per sample, forward")
    return "\n".join(parts)


def _totals(entries: Iterable[WeightEntry]) -> str:
    """Of the weights themselves: what several graphs share is there once."""
    kept = [entry for entry in entries if not entry.weight.carried]
    total = sum(entry.weight.size for entry in kept)
    trainable = sum(entry.weight.size for entry in kept if entry.trainable)
    return f"{total:,} parameters, {trainable:,} trainable, {total - trainable:,} not"


def _graph_table(document: Document, analysis: Analysis, graph: Graph) -> str:
    wires = wiring(graph)
    order = analysis.graphs[graph.id].order
    nodes = [*order, *(node for node in graph.nodes if node not in set(order))]
    rows = [_row(document, analysis, graph, wires, node) for node in nodes]
    return table(("layer", "type", "output", "parameters", "connected to"), rows, right=(3,))


def _row(document: Document, analysis: Analysis, graph: Graph, wires: Wiring, node: str) -> tuple[str, ...]:
    info = analysis.node(graph.id, node)
    record = document.layer_of(graph.id, node)
    inner = nested_graph(record)
    kind = f"Model {document.graphs[inner].name}" if inner in document.graphs and inner else record.type
    shapes = ", ".join(str(port.spec) if port.spec else "?" for port in info.outputs)
    sources = [document.layer_of(graph.id, edge.source.node).name for edge in wires.ordered_incoming(node)]
    shared = f" (shared by {info.shared} calls)" if info.shared > 1 else ""
    return record.name + shared, kind, shapes, f"{info.parameters:,}", ", ".join(sources)

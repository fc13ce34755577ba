"""A model as text: a table of its layers, and totals."""

from __future__ import annotations

from contextlib import suppress

from graph_engine.analysis import Analysis
from graph_engine.compiler import ModelError, flops_per_sample
from graph_engine.document import Document, Graph, Wiring, nested_graph, wiring
from graph_engine.model.tables import table


def summary(document: Document, analysis: Analysis) -> str:
    """A table per graph (layer, output shape, parameters, connections), then totals."""
    parts = []
    for graph in document.graphs.values():
        if len(document.graphs) > 1:
            parts.append(f"{graph.name}:")
        parts.append(_graph_table(document, analysis, graph))
    main = analysis.graphs[document.main.id]
    frozen = main.parameters - main.trainable_parameters
    parts.append(f"{main.parameters:,} parameters, {main.trainable_parameters:,} trainable, {frozen:,} not")
    with suppress(ModelError):  # the drawing has errors, which are listed anyway
        parts.append(f"{sum(flops_per_sample(document, analysis).values()):,} FLOP per sample, forward")
    return "\n".join(parts)


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

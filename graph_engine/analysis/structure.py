"""Problems of the drawing as a whole: cycles, repeated names, parts that lead nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence, Set as AbstractSet

from graph_engine.analysis.records import Problem
from graph_engine.document import OUTPUT, Document, Graph, Wiring, upstream


def live_nodes(graph: Graph, wires: Wiring) -> set[str]:
    """Nodes that some output depends on; all of them while the graph has no output."""
    return upstream(graph, graph.outputs, wires) if graph.outputs else set(graph.nodes)


def structural_problems(
    document: Document, graph: Graph, live: AbstractSet[str], looping: Sequence[str], troubled: Iterable[str]
) -> list[Problem]:
    """``looping``: nodes on or behind a cycle. ``troubled``: nodes that have problems of their own."""
    return [
        *_cycle(document, graph, looping),
        *_repeated_names(document, graph),
        *_no_output(document, graph),
        *_unused(document, graph, live, set(troubled) | set(looping)),
    ]


def _cycle(document: Document, graph: Graph, looping: Sequence[str]) -> list[Problem]:
    if not looping:
        return []
    names = [document.layer_of(graph.id, node).name for node in looping]
    shown = ", ".join(names[:6]) + (" ..." if len(names) > 6 else "")
    message = f"The wires between {shown} form a cycle; remove one so that data flows one way"
    return [Problem("cycle", "error", graph.id, looping[0], "", message)]


def _repeated_names(document: Document, graph: Graph) -> list[Problem]:
    layers = {node.layer: node.id for node in graph.nodes.values()}
    names = Counter((document.layers[layer].name, document.layers[layer].type == OUTPUT) for layer in layers)
    return [
        Problem(
            "repeated-name",
            "error",
            graph.id,
            node,
            "",
            f"The name {document.layers[layer].name!r} is used twice",
        )
        for layer, node in layers.items()
        if names[(document.layers[layer].name, document.layers[layer].type == OUTPUT)] > 1
    ]


def _no_output(document: Document, graph: Graph) -> list[Problem]:
    if graph.outputs or not graph.nodes:
        return []
    message = "Nothing leaves this graph yet: wire an Output layer to what the model should compute"
    return [Problem("no-output", "warning", graph.id, "", "", message)]


def _unused(document: Document, graph: Graph, live: AbstractSet[str], troubled: set[str]) -> list[Problem]:
    return [
        Problem(
            "unused",
            "warning",
            graph.id,
            node,
            "",
            f"{document.layer_of(graph.id, node).name} leads to no output, so the model leaves it out",
        )
        for node in graph.nodes
        if node not in live and node not in troubled
    ]

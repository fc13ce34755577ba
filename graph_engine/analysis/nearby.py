"""One node of a document that is not analysed as a whole: what a wire in hand would make of it."""

from __future__ import annotations

from graph_engine.analysis.infer import NodeResult, Surroundings, infer_node
from graph_engine.analysis.records import Analysis
from graph_engine.document import Document, Edge, nested_graph
from graph_engine.values import TensorSpec


def node_after(document: Document, analysis: Analysis, graph: str, node: str) -> NodeResult:
    """The node's ports, shapes and problems.

    ``analysis``: of a document that differs from this one in nothing that lies upstream of the node. `analyze` says
    the same of it; this asks nothing of any other node, however large the graph is.
    """
    here = document.graphs[graph]
    record = document.layer_of(graph, node)
    incoming = {edge.target.name: edge for edge in here.edges.values() if edge.target.node == node}
    inner = analysis.graphs.get(nested_graph(record) or "")
    around = Surroundings(document, here, here.nodes[node], record, incoming, inner)
    arriving = {name: _leaving(analysis, graph, edge) for name, edge in incoming.items()}
    known = analysis.graphs[graph].nodes.get(node)  # None: the edit has made it
    return infer_node(around, arriving, known.shared if known else 1)


def _leaving(analysis: Analysis, graph: str, edge: Edge) -> TensorSpec | None:
    port = analysis.node(graph, edge.source.node).output(edge.source.name)
    return port.spec if port else None

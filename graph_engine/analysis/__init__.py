"""Document + layers -> Analysis: the shape at every port, parameter counts, and Problems with ready fixes."""

from graph_engine.analysis.analyze import analyze
from graph_engine.analysis.infer import NodeResult
from graph_engine.analysis.nearby import node_after
from graph_engine.analysis.records import Analysis, Fix, GraphInfo, NodeInfo, PortInfo, Problem, Severity

__all__ = [
    "Analysis",
    "Fix",
    "GraphInfo",
    "NodeInfo",
    "NodeResult",
    "PortInfo",
    "Problem",
    "Severity",
    "analyze",
    "node_after",
]

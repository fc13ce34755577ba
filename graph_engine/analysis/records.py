"""What analysis says about a document. Derived, never stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from graph_engine.document import Command
from graph_engine.layers.base import Layer, Weight
from graph_engine.values import TensorSpec

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Fix:
    """A ready edit that removes a problem: what the button says, and the command it dispatches."""

    label: str
    command: Command


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps a model from being built (error) or that a person should know (warning).

    ``code`` names the kind; ``node`` and ``port`` are empty when the problem concerns the whole graph.
    """

    code: str
    severity: Severity
    graph: str
    node: str
    port: str
    message: str
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True)
class PortInfo:
    """A port as drawn. ``spec`` is None while nothing with a known shape reaches it.

    ``free`` marks the empty slot that a growing list offers next; an ``optional`` port needs no wire.
    """

    name: str
    label: str
    spec: TensorSpec | None = None
    connected: bool = False
    free: bool = False
    optional: bool = False

    @property
    def enters(self) -> bool:
        """Whether the layer is given something for this port: a tensor, or None for an optional one."""
        return self.connected or self.optional


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """One node: its decoded layer (None when the type is unknown or its parameters are wrong), ports and cost.

    ``parameters`` counts the weights of the node's layer once per call; sums over a graph count a shared
    layer once. ``shared`` is the number of calls of the layer in the document.
    ``makes_mask``: a mask leaves though none arrives.
    """

    layer: Layer | None
    line: str
    inputs: tuple[PortInfo, ...]
    outputs: tuple[PortInfo, ...]
    weights: tuple[Weight, ...] = ()
    parameters: int = 0
    shared: int = 1
    makes_mask: bool = False

    def output(self, name: str) -> PortInfo | None:
        return next((port for port in self.outputs if port.name == name), None)

    def input(self, name: str) -> PortInfo | None:
        return next((port for port in self.inputs if port.name == name), None)


@dataclass(frozen=True, slots=True)
class GraphInfo:
    """One graph. ``order``: the nodes that outputs depend on, sources first. Parameters count shared layers once."""

    nodes: Mapping[str, NodeInfo] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    parameters: int = 0
    trainable_parameters: int = 0


@dataclass(frozen=True, slots=True)
class Analysis:
    graphs: Mapping[str, GraphInfo] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")

    def node(self, graph: str, node: str) -> NodeInfo:
        return self.graphs[graph].nodes[node]

    def problems_at(self, graph: str, node: str) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if (problem.graph, problem.node) == (graph, node))

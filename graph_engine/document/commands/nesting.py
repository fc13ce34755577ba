"""Commands on models within models."""

from __future__ import annotations

from dataclasses import dataclass, field

from graph_engine.document.commands.base import DraftCommand
from graph_engine.document.commands.wires import require_permutation
from graph_engine.document.draft import Draft
from graph_engine.document.edits import calls, nesting
from graph_engine.document.edits.ungrouping import ungroup
from graph_engine.document.records import Port


@dataclass(frozen=True, slots=True)
class Group(DraftCommand):
    """Make nodes into one Model layer: an Input for each port that feeds them, an Output for each in use.

    ``shapes``: the sample shape (no batch axis) and dtype of the ports that feed the group, for its Inputs.
    ``expose_inputs`` and ``expose_outputs``: unconnected ports of the nodes that become the model's, too.
    """

    graph: str
    nodes: tuple[str, ...]
    name: str = "model"
    shapes: nesting.Shapes = field(default_factory=dict)
    expose_inputs: tuple[Port, ...] = ()
    expose_outputs: tuple[Port, ...] = ()

    @property
    def label(self) -> str:
        return f"Group as {self.name}"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        graph = draft.graph(self.graph)
        nodes = calls.require_nodes(draft, graph, self.nodes)
        name = calls.clean_name(self.name)
        exposed = (self.expose_inputs, self.expose_outputs)
        return (nesting.group(draft, graph, nodes, name, self.shapes, *exposed),)


@dataclass(frozen=True, slots=True)
class Ungroup(DraftCommand):
    """Replace one call of a Model layer by what the model is made of."""

    graph: str
    node: str

    @property
    def label(self) -> str:
        return "Ungroup"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        return ungroup(draft, draft.graph(self.graph), self.node)


@dataclass(frozen=True, slots=True)
class ReorderTerminals(DraftCommand):
    """The order of a model's inputs and outputs; None leaves them."""

    graph: str
    inputs: tuple[str, ...] | None = None
    outputs: tuple[str, ...] | None = None

    @property
    def label(self) -> str:
        return "Reorder inputs and outputs"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        graph = draft.graph(self.graph)
        if self.inputs is not None:
            require_permutation(self.inputs, graph.inputs, graph.name)
            graph.inputs = self.inputs
        if self.outputs is not None:
            require_permutation(self.outputs, graph.outputs, graph.name)
            graph.outputs = self.outputs
        return ()

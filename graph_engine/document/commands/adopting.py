"""A model with its data and losses brought into the project."""

from __future__ import annotations

from dataclasses import dataclass, replace

from graph_engine.document.commands.base import DraftCommand
from graph_engine.document.draft import Draft
from graph_engine.document.edits.copying import ORIGIN, Copier
from graph_engine.document.records import MAIN, Document, Point


@dataclass(frozen=True, slots=True)
class Adopt(DraftCommand):
    """The main graph of another document with its sources, bindings and objectives, as one step.

    A source keeps its id, so that one the project has already is the same. How to train and how rows are parted
    are taken over by a project that trains for nothing yet.
    """

    other: Document
    offset: Point = ORIGIN

    @property
    def label(self) -> str:
        return "Add a model for the data"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        other, graph = self.other, draft.graph(MAIN)
        copier = Copier(draft, other, MAIN, lambda _layer: False, lambda _graph: False)
        made = copier.copy_into(other.main, graph, self.offset)
        nodes = copier.nodes
        bindings = {nodes[node]: binding for node, binding in other.data.bindings.items()}
        goals = {nodes[node]: goal for node, goal in other.training.objectives.items()}
        fresh = not any(goal.loss for goal in draft.training.objectives.values())
        draft.data = replace(
            draft.data,
            sources={**other.data.sources, **draft.data.sources},
            bindings={**draft.data.bindings, **bindings},
            split=other.data.split if fresh else draft.data.split,
        )
        training = other.training if fresh else draft.training
        draft.training = replace(training, objectives={**draft.training.objectives, **goals})
        return made

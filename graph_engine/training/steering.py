"""What a training that runs takes of an edit of its document, as changes that ``Trainer.change`` makes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from graph_engine.document import Choice, Document, Graph
from graph_engine.training.optimizers import OPTIMIZERS

LEARNING_RATE = "learning_rate"
Change = tuple[str, Any]


def changes_between(before: Document, after: Document) -> list[Change] | None:
    """The changes that lead from one to the other: learning rate, loss weights, what is frozen, callbacks.

    Empty where the edit means nothing to training, such as a node that was moved; None where it is more than a
    training can take before it ends.
    """
    if _computed(steered(before, after)) != _computed(after):
        return None
    return [
        *_rates(before, after),
        *_weights(before, after),
        *_frozen(before, after),
        *_callbacks(before, after),
    ]


def steered(before: Document, after: Document) -> Document:
    """``before`` with all of ``after`` that can be changed while training."""
    layers = {
        key: replace(layer, trainable=after.layers[key].trainable) if key in after.layers else layer
        for key, layer in before.layers.items()
    }
    wanted = after.training.objectives
    objectives = {
        node: replace(goal, weight=wanted[node].weight) if node in wanted else goal
        for node, goal in before.training.objectives.items()
    }
    training = replace(
        before.training,
        objectives=objectives,
        optimizer=_at_rate_of(before.training.optimizer, after.training.optimizer),
        callbacks=after.training.callbacks,
    )
    return replace(before, layers=layers, training=training)


def _at_rate_of(mine: Choice, other: Choice) -> Choice:
    config = {name: value for name, value in mine.config.items() if name != LEARNING_RATE}
    rate = {name: value for name, value in other.config.items() if name == LEARNING_RATE}
    return replace(mine, config={**config, **rate})


def _computed(document: Document) -> object:
    """All that training depends on: not where nodes stand, and what is written beside them."""
    return (
        document.layers,
        [_wired(graph) for graph in document.graphs.values()],
        document.data,
        document.training,
    )


def _wired(graph: Graph) -> object:
    return graph.id, graph.nodes, graph.edges, graph.inputs, graph.outputs


def _rates(before: Document, after: Document) -> Iterator[Change]:
    rates = [_rate(document.training.optimizer) for document in (before, after)]
    if rates[0] != rates[1]:
        yield LEARNING_RATE, rates[1]


def _rate(choice: Choice) -> float:
    return float(OPTIMIZERS.decode({"type": choice.type, **choice.config}).learning_rate)


def _weights(before: Document, after: Document) -> Iterator[Change]:
    for node, goal in after.training.objectives.items():
        if goal.weight != before.training.objectives[node].weight:
            yield f"loss_weights/{after.layer_of(after.main.id, node).name}", goal.weight


def _frozen(before: Document, after: Document) -> Iterator[Change]:
    for key, layer in after.layers.items():
        if layer.trainable != before.layers[key].trainable:
            yield f"trainable/{key}", layer.trainable


def _callbacks(before: Document, after: Document) -> Iterator[Change]:
    if before.training.callbacks != after.training.callbacks:
        yield "callbacks", [{"type": one.type, **one.config} for one in after.training.callbacks]

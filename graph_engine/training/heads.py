"""What each output is trained for, and how its logs are called (exactly as Keras calls them)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graph_engine.document import Choice, Document, Objective
from graph_engine.params import snake_case
from graph_engine.training.losses import LOSSES, Loss
from graph_engine.training.metrics import METRICS, Metric
from graph_engine.values import LayerloomError, TensorSpec


@dataclass(frozen=True, slots=True)
class Head:
    """One output: its loss, the weight of the loss and its metrics, by name."""

    name: str
    loss: Loss | None = None
    weight: float = 1.0
    metrics: Mapping[str, Metric] = field(default_factory=dict)

    @property
    def active(self) -> bool:
        """Whether the output needs a target."""
        return self.loss is not None or bool(self.metrics)


@dataclass(frozen=True, slots=True)
class LogNames:
    """Names of logs: ``losses`` by output (only with several losses), ``metrics`` by output and metric.

    A metric that gives several numbers, such as an F-score for each class, has a name for each of them.
    """

    losses: Mapping[str, str]
    metrics: Mapping[tuple[str, str], tuple[str, ...]]
    directions: Mapping[str, str]

    def all(self, validated: bool) -> dict[str, str]:
        """Every name that will be logged, with the direction in which it improves."""
        val = {f"val_{name}": direction for name, direction in self.directions.items()} if validated else {}
        return {**self.directions, **val}


def heads_of(document: Document, objectives: Mapping[str, Objective] | None = None) -> tuple[Head, ...]:
    """The outputs of the main graph in order. ``objectives`` by Output node id; the document's if not given."""
    chosen = document.training.objectives if objectives is None else objectives
    nodes = document.main.outputs
    return tuple(_head(document.layer_of(document.main.id, node).name, chosen.get(node)) for node in nodes)


def log_names(heads: Sequence[Head], outputs: Mapping[str, TensorSpec]) -> LogNames:
    """``loss``; ``<out>_loss`` with several losses; the metric's name, after ``<out>_`` with several outputs.

    Weighted metrics come last, as in Keras, so that of two with one name the other keeps it.
    """
    taken = {"loss": "down"}
    several = sum(head.loss is not None for head in heads) > 1
    losses = {head.name: _new(f"{head.name}_loss", "down", taken) for head in heads if several and head.loss}
    metrics = {}
    for weighted in (False, True):
        for head in heads:
            for key, metric in head.metrics.items():
                if metric.weighted is weighted:
                    name = f"{head.name}_{key}" if len(heads) > 1 else key
                    metrics[head.name, key] = _names(name, metric, outputs[head.name], taken)
    return LogNames(losses, metrics, taken)


def require_loss(heads: Sequence[Head]) -> None:
    if not any(head.loss for head in heads):
        names = ", ".join(repr(head.name) for head in heads)
        raise LayerloomError(
            f"no output has a loss, so there is nothing to train for: choose one for {names}"
        )


def _head(name: str, objective: Objective | None) -> Head:
    if objective is None:
        return Head(name)
    loss = None if objective.loss is None else LOSSES.decode(_encoded(objective.loss))
    metrics: dict[str, Metric] = {}
    decoded = [(metric_name(choice), METRICS.decode(_encoded(choice))) for choice in objective.metrics]
    for key, metric in sorted(decoded, key=lambda item: item[1].weighted):
        metrics[_free(key, metric, metrics)] = metric
    return Head(name, loss, objective.weight, metrics)


def metric_name(choice: Choice) -> str:
    """Its ``name``, else as it was chosen: ``mae`` stays ``mae``, a class name becomes snake case."""
    named = choice.config.get("name")
    if isinstance(named, str) and named:
        return named
    return METRICS[choice.type].log_name() if choice.type in METRICS else snake_case(choice.type)


def _encoded(choice: Choice) -> dict[str, object]:
    return {"type": choice.type, **choice.config}


def _free(key: str, metric: Metric, taken: Mapping[str, Metric]) -> str:
    """A second metric of a name is numbered; a weighted one is called so first."""
    wanted = f"weighted_{key}" if key in taken and metric.weighted else key
    unique, count = wanted, 1
    while unique in taken:
        unique, count = f"{wanted}_{count}", count + 1
    return unique


def _names(name: str, metric: Metric, output: TensorSpec, taken: dict[str, str]) -> tuple[str, ...]:
    count = metric.entries(output)
    wanted = [name] if count == 1 else [f"{name}_{index}" for index in range(count)]
    return tuple(_new(each, metric.direction, taken) for each in wanted)


def _new(name: str, direction: str, taken: dict[str, str]) -> str:
    """``name``, numbered if another log already has it: names never collapse."""
    unique, count = name, 1
    while unique in taken:
        unique, count = f"{name}_{count}", count + 1
    taken[unique] = direction
    return unique

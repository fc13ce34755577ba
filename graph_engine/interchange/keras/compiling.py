"""Training settings of a document -> ``compile_config``, which Keras compiles the model with when it loads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from graph_engine.document import Choice, Document, Objective
from graph_engine.interchange.keras.compiled import CLASSES, RATE
from graph_engine.interchange.keras.errors import KerasError
from graph_engine.interchange.keras.values import serialized
from graph_engine.params import JSON, Config
from graph_engine.training import LOSSES, METRICS
from graph_engine.training.heads import metric_name
from graph_engine.training.losses import Crossentropy
from graph_engine.training.metrics import Accuracy
from graph_engine.training.optimizers import Optimizer
from graph_engine.training.schedules import PiecewiseConstantDecay, Schedule
from graph_engine.training.trainer import optimizer_of

_OURS: Final = ("name", "weighted")  # of a metric; Keras has lists of their own for weighted ones
_NAMES: Final = {ours: theirs for theirs, ours in CLASSES.items()}
_BY_WORD: Final = {
    Accuracy: "accuracy",
    Crossentropy: "crossentropy",
}  # Keras has a word for them, but no class


def compile_config(document: Document, outputs: Any) -> dict[str, JSON] | None:
    """``outputs``: the main model's, as nested node ids. None where nothing is trained for.

    Raises KerasError naming what has no form in Keras.
    """
    training = document.training
    goals = {node: training.objectives.get(node, Objective()) for node in document.main.outputs}
    if all(goal.loss is None for goal in goals.values()):
        return None
    names = {node: document.layer_of(document.main.id, node).name for node in goals}
    config: dict[str, JSON] = {
        "optimizer": _optimizer(optimizer_of(document)),
        "loss": _mapped(outputs, lambda node: _loss(goals[node], names[node])),
        "loss_weights": None,
    }
    if any(goal.weight != 1.0 for goal in goals.values()):
        config["loss_weights"] = _mapped(outputs, lambda node: goals[node].weight)
    for key, weighted in (("metrics", False), ("weighted_metrics", True)):
        found = {node: _metrics(goal, names[node], weighted) for node, goal in goals.items()}
        config[key] = _mapped(outputs, found.__getitem__) if any(found.values()) else None
    return {**config, "run_eagerly": False, "steps_per_execution": 1, "jit_compile": False}


def _mapped(structure: Any, told: Callable[[str], JSON]) -> JSON:
    """As outputs are nested: by name, in order, or the only one as it is."""
    if isinstance(structure, Mapping):
        return {name: _mapped(part, told) for name, part in structure.items()}
    return [_mapped(part, told) for part in structure] if isinstance(structure, list) else told(structure)


def _optimizer(optimizer: Optimizer) -> JSON:
    config = {name: value for name, value in optimizer.config().items() if name != "schedule"}
    if optimizer.schedule is not None:
        config["learning_rate"] = _schedule(optimizer.schedule, optimizer.learning_rate)
    return serialized("keras.optimizers", type(optimizer).__name__, config)


def _schedule(schedule: Schedule, rate: float) -> JSON:
    """Ours shapes the optimizer's rate; one of Keras' holds the rates themselves."""
    config = schedule.config()
    if isinstance(schedule, PiecewiseConstantDecay):
        del config["factors"]
        config["values"] = [rate, *(rate * factor for factor in schedule.factors)]
    else:
        config[RATE] = rate
    return serialized("keras.optimizers.schedules", type(schedule).__name__, config)


def _loss(goal: Objective, output: str) -> JSON:
    if goal.loss is None:
        return None
    loss = LOSSES.decode({"type": goal.loss.type, **goal.loss.config})
    if type(loss) in _BY_WORD:
        return _word(loss, output, loss.config() == type(loss)().config())
    return serialized("keras.losses", type(loss).__name__, loss.config())


def _metrics(goal: Objective, output: str, weighted: bool) -> list[JSON]:
    found = ((choice, METRICS.decode({"type": choice.type, **choice.config})) for choice in goal.metrics)
    return [_metric(choice, metric, output) for choice, metric in found if metric.weighted == weighted]


def _metric(choice: Choice, metric: Config, output: str) -> JSON:
    name, kind = metric_name(choice), type(metric)
    if kind in _BY_WORD:
        return name if name in kind.aliases else _word(metric, output, name == _BY_WORD[kind])  # type: ignore[attr-defined]  # of metrics
    config = {key: value for key, value in metric.config().items() if key not in _OURS}
    return serialized("keras.metrics", _NAMES.get(kind.__name__, kind.__name__), {"name": name, **config})


def _word(given: Config, output: str, plain: bool) -> str:
    word = _BY_WORD[type(given)]
    if not plain:
        raise KerasError(
            f"the {word} of output {output!r} has settings of its own, but is only a word in Keras: choose the "
            f"binary, categorical or sparse categorical one in its place"
        )
    return word

"""What a model was compiled with: ``compile_config`` -> training settings of a document.

Whatever has no counterpart here, such as a function of the user's own, is left out and said: the model opens anyway.
A loss that is left out takes the others with it, so that nothing is trained for half of what was meant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from graph_engine.document import Choice, Document, Objective, Training
from graph_engine.interchange.keras.errors import KerasError
from graph_engine.interchange.keras.optimizer import GROUP, INNER
from graph_engine.interchange.keras.order import flattened
from graph_engine.interchange.keras.values import class_and_config
from graph_engine.params import Catalogue
from graph_engine.training import LOSSES, METRICS, OPTIMIZERS
from graph_engine.training.arguments import metric_choice, objectives
from graph_engine.training.schedules import SCHEDULES
from graph_engine.values import LayerloomError

_SCALED: Final = "LossScaleOptimizer"
_IDLE: Final = ("name", "dtype", "loss_scale_factor")  # arguments that change no number here
CLASSES: Final = {"Accuracy": "ExactAccuracy"}  # "accuracy" as a word is another metric than the class
RATE: Final = "initial_learning_rate"
_BAD: Final = (LayerloomError, TypeError, ValueError, OverflowError)


@dataclass(slots=True)
class Compiled:
    """``group``: where the file keeps the optimizer's variables; empty where the optimizer was not taken."""

    training: Training
    group: str = ""
    remarks: list[str] = field(default_factory=list)


def compiled(config: Any, document: Document) -> Compiled:
    """The document's training settings as the file has them. Never raises for what is in ``config``."""
    found = Compiled(document.training)
    if not isinstance(config, Mapping) or not config:
        return found
    _take_optimizer(config.get("optimizer"), found)
    try:
        chosen = _objectives(config, _names(document), found.remarks)
    except _BAD as error:
        found.remarks.append(f"its losses and metrics were not taken: {error}; call compile(...)")
        return found
    by_node = dict(zip(document.main.outputs, chosen, strict=True))
    found.training = replace(found.training, objectives=by_node)
    return found


def _take_optimizer(value: Any, found: Compiled) -> None:
    if value is None:
        return
    try:
        optimizer, group = _optimizer(value)
    except _BAD as error:
        stands = found.training.optimizer.type
        found.remarks.append(f"its optimizer was not taken, {stands} stands in its place: {error}")
        return
    found.training, found.group = replace(found.training, optimizer=optimizer), group


def _optimizer(value: Any) -> tuple[Choice, str]:
    kind, config = class_and_config(value, "optimizer")
    if kind == _SCALED:  # guards float16 from underflow, which does not occur here
        return _optimizer(config.get("inner_optimizer"))[0], INNER
    given = dict(config)
    rate = given.get("learning_rate")
    if isinstance(rate, Mapping):
        given |= _scheduled(rate)
    elif isinstance(rate, float):
        given["learning_rate"] = _shortest(rate)
    return _choice(OPTIMIZERS, kind, given), GROUP


def _scheduled(value: Mapping[str, Any]) -> dict[str, Any]:
    """A schedule of Keras' has a rate of its own; ours shapes that of the optimizer."""
    kind, given = class_and_config(value, "schedule")
    config = {name: item for name, item in given.items() if name != "name"}
    if kind == "PiecewiseConstantDecay":
        values = config.pop("values", None)
        if not isinstance(values, list) or not values or not values[0]:
            raise KerasError("a PiecewiseConstantDecay that starts at 0 has no factors to go on by")
        rate = values[0]
        config["factors"] = [later / rate for later in values[1:]]
    else:
        rate = config.pop(RATE, None)
    whole = {
        name: int(item) if isinstance(item, float) and name.endswith("_steps") and item == int(item) else item
        for name, item in config.items()
    }
    schedule = _choice(SCHEDULES, kind, whole)
    return {"learning_rate": rate, "schedule": {"type": schedule.type, **schedule.config}}


def _objectives(config: Mapping[str, Any], outputs: Sequence[str], remarks: list[str]) -> list[Objective]:
    lost: list[str] = []
    loss = _per_output(_walked(config.get("loss"), _taking(_loss, lost)), outputs)
    if lost:
        remarks.append(f"it opens without a loss, call compile(...): {'; '.join(lost)}")
    left: list[str] = []
    metrics, weighted = (
        _of_outputs(_walked(config.get(name), _taking(_metric, left)), outputs)
        for name in ("metrics", "weighted_metrics")
    )
    remarks.extend(f"a metric was not taken: {reason}" for reason in left)
    weights = None if lost else _flat_if_nested(_walked(config.get("loss_weights"), lambda value: value))
    return list(objectives(outputs, None if lost else loss, weights, metrics, weighted).values())


def _loss(value: Any) -> Choice:
    return _choice(LOSSES, *class_and_config(value, "loss"))


def _metric(value: Any) -> Choice:
    """A word or function is called in logs as it is written; an object has its name in its configuration."""
    kind, config = class_and_config(value, "metric")
    if isinstance(value, str) or value.get("class_name") == "function":
        _choice(METRICS, kind, {})  # raises where there is none
        return metric_choice(kind)
    return _choice(METRICS, CLASSES.get(kind, kind), config)


def _choice(catalogue: Catalogue[Any], kind: str, config: Mapping[str, Any]) -> Choice:
    """Raises KerasError for what the catalogue lacks, a class or an argument, and ParamError for a wrong value."""
    name = kind if kind in catalogue else catalogue.aliases.get(kind.lower())
    if name is None:
        reason = getattr(catalogue, "left_out", {}).get(kind)
        raise KerasError(f"there is no {catalogue.kind} {kind!r} here{f', {reason}' if reason else ''}")
    cls = catalogue[name]
    params = cls.params()
    given = {argument: value for argument, value in config.items() if argument in params}
    for argument, value in config.items():
        if argument not in params and argument not in _IDLE and value not in (None, [], {}):
            raise KerasError(
                f"the {catalogue.kind} {kind!r} has {argument}={str(value)[:80]}, which is not here"
            )
    if catalogue is METRICS and given.get("name") == cls.log_name():
        del given["name"]
    return Choice(name, cls.from_config(given).config())


def _taking(read: Callable[[Any], Choice], refused: list[str]) -> Callable[[Any], Choice | None]:
    """``read``, or None and the reason among ``refused``."""

    def take(value: Any) -> Choice | None:
        if value is None:
            return None
        try:
            return read(value)
        except _BAD as error:
            refused.append(str(error))
            return None

    return take


def _walked(value: Any, leaf: Callable[[Any], Any]) -> Any:
    """Lists and mappings as they are nested, serialized objects and words through ``leaf``."""
    match value:
        case {"class_name": "__tuple__", "config": {"value": list(items)}}:
            value = items
    if isinstance(value, list):
        return [_walked(item, leaf) for item in value]
    if isinstance(value, Mapping) and "class_name" not in value:
        return {name: _walked(item, leaf) for name, item in value.items()}
    return leaf(value)


def _per_output(loss: Any, outputs: Sequence[str]) -> Any:
    """Losses that Keras leaves unsaid are said to be None; one output takes whatever single one there is."""
    if not isinstance(loss, Mapping):
        return _flat_if_nested(loss)
    if len(outputs) == 1 and len(loss) == 1:
        return next(iter(loss.values()))
    return {**dict.fromkeys(outputs), **loss}


def _of_outputs(metrics: Any, outputs: Sequence[str]) -> Any:
    """One output takes every metric, however they are nested."""
    return list(flattened(metrics)) if len(outputs) == 1 else metrics


def _flat_if_nested(value: Any) -> Any:
    return list(flattened(value)) if isinstance(value, list) else value


def _names(document: Document) -> list[str]:
    return [document.layer_of(document.main.id, node).name for node in document.main.outputs]


def _shortest(rate: float) -> float:
    """0.001 for the float32 that Keras keeps of it."""
    with np.errstate(over="ignore"):
        kept = np.float32(rate)
    return float(str(kept)) if float(kept) == rate else rate

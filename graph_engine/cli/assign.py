"""``--set KEY=VALUE``: settings and layer parameters changed for one run, through the commands of the window."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from graph_engine.document import (
    Choice,
    Command,
    Configure,
    Document,
    Refusal,
    SetTraining,
)
from graph_engine.layers.base import LAYERS
from graph_engine.training import OPTIMIZERS
from graph_engine.values import LayerloomError

_WHOLE_NUMBERS: Final[Mapping[str, Callable[[int], Command]]] = {
    "epochs": lambda value: SetTraining(epochs=value),
    "batch_size": lambda value: SetTraining(batch_size=value),
    "seed": lambda value: SetTraining(seed=value),
}
_SWITCHES: Final[Mapping[str, Callable[[bool], Command]]] = {
    "from_weights": lambda value: SetTraining(from_weights=value),
    "recompute_activations": lambda value: SetTraining(recompute_activations=value),
}


def assigned(document: Document, assignments: list[str]) -> Document:
    """The document with ``epochs=3``, ``optimizer=SGD``, ``optimizer.learning_rate=0.1`` or ``LAYER.PARAM=VALUE``."""
    for assignment in assignments:
        key, separator, text = assignment.partition("=")
        if not separator or not key:
            raise LayerloomError(f"--set {assignment}: expected KEY=VALUE, such as epochs=3")
        answer = _command(document, key.strip(), _value(text)).apply(document)
        if isinstance(answer, Refusal):
            raise LayerloomError(f"--set {assignment}: {answer.reason}")
        document = answer.document
    return document


def _command(document: Document, key: str, value: Any) -> Command:
    if key in _WHOLE_NUMBERS:
        if not isinstance(value, int) or isinstance(value, bool):
            raise LayerloomError(f"--set {key}: expected a whole number, got {value!r}")
        return _WHOLE_NUMBERS[key](value)
    if key in _SWITCHES:
        if not isinstance(value, bool):
            raise LayerloomError(f"--set {key}: expected true or false, got {value!r}")
        return _SWITCHES[key](value)
    if key == "optimizer":
        return SetTraining(optimizer=Choice(type(OPTIMIZERS.decode(value)).__name__))
    owner, separator, param = key.rpartition(".")
    if owner == "optimizer":
        return _optimizer_param(document.training.optimizer, param, value)
    if separator:
        return _layer_param(document, owner, param, value)
    known = ", ".join((*_WHOLE_NUMBERS, *_SWITCHES, "optimizer", "optimizer.PARAM", "LAYER.PARAM"))
    raise LayerloomError(f"--set {key}: there is no such setting; there are {known}")


def _optimizer_param(optimizer: Choice, param: str, value: Any) -> Command:
    config = {**optimizer.config, param: value}
    checked = OPTIMIZERS.decode({"type": optimizer.type, **config})
    return SetTraining(optimizer=Choice(optimizer.type, {**config, param: checked.config()[param]}))


def _layer_param(document: Document, name: str, param: str, value: Any) -> Command:
    found = [layer for layer in document.layers.values() if layer.name == name]
    if not found:
        raise LayerloomError(f"--set {name}.{param}: there is no layer {name!r} in the project")
    for layer in found:
        if layer.type in LAYERS:  # raises with what the parameter accepts
            value = LAYERS[layer.type].from_config({**layer.config, param: value}).config()[param]
    return Configure(tuple(layer.id for layer in found), param, value)


def _value(text: str) -> Any:
    """JSON where it is JSON, else the text itself: ``same`` needs no quotes."""
    try:
        return json.loads(text)
    except ValueError:
        return text.strip()

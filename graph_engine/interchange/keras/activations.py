"""Layers that Keras saved as the activation of another: ``Dense(3, activation=PReLU())`` becomes two layers.

The second takes over all that the first gave away; its weights lie within the first one's group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from graph_engine.document import unique_name
from graph_engine.interchange.keras.saved import Ref, SavedCall, SavedLayer, SavedModel

ACTIVATION: Final = "activation"
_INSIDE: Final = (
    "recurrent_initializer",
    "activity_regularizer",
)  # what works on results, and goes first there


def parted(model: SavedModel) -> SavedModel:
    """``model``, and those it holds, with a layer of its own for each such activation."""
    layers = [replace(each, model=parted(each.model)) if each.model else each for each in model.layers]
    taken = [layer.name for layer in layers]
    names = {
        layer.name: unique_name(f"{layer.name}_{ACTIVATION}", taken) for layer in layers if _has_layer(layer)
    }
    return replace(model, layers=tuple(_parts(layers, names)), outputs=led(model.outputs, names))


def led(value: Any, names: Mapping[str, str]) -> Any:
    """A structure of arguments, its tensors from the layers that ``names`` has in place of others."""
    if isinstance(value, Ref):
        return value._replace(layer=names.get(value.layer, value.layer))
    if isinstance(value, Mapping):
        return {key: led(item, names) for key, item in value.items()}
    if isinstance(value, list) or type(value) is tuple:
        return type(value)(led(item, names) for item in value)
    return value


def _has_layer(layer: SavedLayer) -> bool:
    given = layer.config.get(ACTIVATION)
    if not isinstance(given, Mapping) or given.get("module") != "keras.layers":
        return False
    return not any(layer.config.get(name) for name in _INSIDE)


def _parts(layers: Sequence[SavedLayer], names: Mapping[str, str]) -> Iterator[SavedLayer]:
    for layer in layers:
        calls = tuple(
            SavedCall(led(call.args, names), {key: led(item, names) for key, item in call.kwargs.items()})
            for call in layer.calls
        )
        if layer.name not in names:
            yield replace(layer, calls=calls)
            continue
        yield replace(layer, calls=calls, config={**layer.config, ACTIVATION: "linear"})
        yield _second(layer, names[layer.name])


def _second(first: SavedLayer, name: str) -> SavedLayer:
    given = first.config[ACTIVATION]
    config = given.get("config")
    config = dict(config) if isinstance(config, Mapping) else {}
    if first.config.get("trainable") is False:
        config["trainable"] = False
    return SavedLayer(
        name,
        "keras.layers",
        str(given.get("class_name")),
        None,
        config,
        tuple(SavedCall((Ref(first.name, place, 0),), {}) for place in range(len(first.calls))),
        None if first.shared is None else ~first.shared,  # a number that no object of Keras' has
        within=first.name,
    )

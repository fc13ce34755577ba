"""How Keras calls the outputs of a model in its logs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graph_engine.interchange.keras.activations import led
from graph_engine.interchange.keras.saved import SavedModel


def output_names(model: SavedModel) -> list[str]:
    """In Keras' order: the key in a dict; in a list, and alone, the layer that computes the output."""
    whole = {layer.name: layer.within for layer in model.layers if layer.within}
    return list(_names(led(model.outputs, whole), ""))


def _names(structure: Any, key: str) -> Iterator[str]:
    if isinstance(structure, Mapping):
        for name in sorted(structure):
            yield from _names(structure[name], f"{key}_{name}" if key else name)
    elif isinstance(structure, list):
        for item in structure:
            if isinstance(item, (list, Mapping)):
                yield from _names(item, key)
            else:
                yield f"{key}_{item.layer}" if key else item.layer
    else:
        yield key or structure.layer

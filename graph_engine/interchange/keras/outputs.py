"""How Keras calls the outputs of a model in its logs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def output_names(structure: Any) -> list[str]:
    """In Keras' order: the key in a dict; in a list, and alone, the layer that computes the output."""
    return list(_names(structure, ""))


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

"""Tensors by path <-> safetensors bytes. The format is a header and raw numbers: nothing in it can run."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from graph_engine.document import DecodeError
from graph_engine.project.records import Array


def to_safetensors(tensors: Mapping[str, Array]) -> bytes:
    content: bytes = save({path: np.ascontiguousarray(tensors[path]) for path in sorted(tensors)})
    return content


def from_safetensors(content: bytes) -> dict[str, Array]:
    """Raises DecodeError for anything but numbers by path. Shapes are checked where they are used."""
    try:
        found: dict[str, Array] = load(content)
    except (SafetensorError, ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise DecodeError(f"the tensors cannot be read: {error}") from None
    for path, array in found.items():
        if array.dtype.kind not in "fiub":
            raise DecodeError(f"tensor {path[:80]!r} holds {array.dtype}, not numbers")
    return found

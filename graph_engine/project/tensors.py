"""Tensors by path <-> safetensors bytes. The format is a header and raw numbers: nothing in it can run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load

from graph_engine.document import DecodeError
from graph_engine.project.records import Array


def to_safetensors(tensors: Mapping[str, Array]) -> bytes:
    return b"".join(safetensors_pieces({path: tensors[path] for path in sorted(tensors)}))


def safetensors_pieces(
    tensors: Mapping[str, Array], metadata: dict[str, str] | None = None
) -> Iterator[bytes | memoryview]:
    """A safetensors file piece by piece, each tensor as it lies in memory: a large model is written without a copy."""
    header: dict[str, Any] = {"__metadata__": metadata} if metadata else {}
    end = 0
    for path, array in tensors.items():
        start, end = end, end + array.nbytes
        header[path] = {"dtype": _kind(array), "shape": list(array.shape), "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    yield len(text).to_bytes(8, "little") + text
    for array in tensors.values():
        yield np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def _kind(array: Array) -> str:
    """``F32``: the format's name of a dtype."""
    kind = array.dtype.kind
    return "BOOL" if kind == "b" else f"{kind.upper()}{8 * array.itemsize}"


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

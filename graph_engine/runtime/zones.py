"""Guard zones: bytes beside tensors that belong to nobody, and whether somebody has written there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod
from typing import Final

import numpy as np

from graph_engine.compiler.memory import ALIGNMENT, GAP
from graph_engine.kernels.program import Array
from graph_engine.runtime.memory import aligned_zeros
from graph_engine.values import DType

PATTERN: Final = 0xA5  # of every byte in a zone


class Zones:
    """What lies within ``GAP`` bytes of the ranges (start, end) that are ``owned`` of ``memory``, and in none of
    them."""

    def __init__(self, name: str, memory: Array, owned: Iterable[tuple[int, int]]) -> None:
        self.name = name
        near, own = np.zeros(memory.size, np.bool_), np.zeros(memory.size, np.bool_)
        for start, end in owned:
            near[max(0, start - GAP) : end + GAP] = True
            own[start:end] = True
        self._memory, self._places = memory, np.flatnonzero(near & ~own)

    def fill(self) -> None:
        self._memory[self._places] = PATTERN

    def written(self) -> str:
        """How much was written since they were filled, and where; they are filled again."""
        found = self._places[self._memory[self._places] != PATTERN]
        if not found.size:
            return ""
        self.fill()
        return f"{found.size} bytes from byte {found[0]} of the {self.name} on"


class Apart:
    """A memory of its own for tensors of these shapes, by path, with zones before and after each of them."""

    def __init__(self, name: str, shapes: Mapping[str, tuple[int, ...]], dtype: DType) -> None:
        places, end = {}, GAP
        for path, shape in shapes.items():
            places[path] = end, end + prod(shape) * np.dtype(dtype).itemsize
            end = -(-(places[path][1] + GAP) // ALIGNMENT) * ALIGNMENT
        self.memory = aligned_zeros(end, "bool").view(np.uint8)
        self.views = {
            path: self.memory[start:stop].view(dtype).reshape(shapes[path])
            for path, (start, stop) in places.items()
        }
        self.zones = Zones(name, self.memory, places.values())
        self.zones.fill()

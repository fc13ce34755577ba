"""Native updates of weights: one pass over each stretch of the flat buffers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from graph_engine.kernels.native.cpu import core_count
from graph_engine.kernels.native.language import bits
from graph_engine.kernels.native.optimizers import UPDATES
from graph_engine.kernels.native.threads import ROW_WORDS
from graph_engine.kernels.program import Array
from graph_engine.runtime.pool import pool

SHARED_SIZE: Final = 50000  # weights; fewer are updated sooner by one thread


class NativeUpdate:
    """The update ``name`` over stretches, each given by its buffers in the kernel's order."""

    def __init__(self, name: str, stretches: Sequence[Sequence[Array]]) -> None:
        self.name = name
        self._kernel = UPDATES[name]
        self._stretches = stretches
        places = self._kernel.parameters
        self._numbers = {name: number for number, name in enumerate(places) if number > places.index("size")}
        self._told: dict[str, float] = {}
        self._blocks = np.zeros((len(stretches), len(places)), np.int64)
        self._table = np.zeros((len(stretches), ROW_WORDS), np.int64)
        for block, row, buffers in zip(self._blocks, self._table, stretches, strict=True):
            block[: len(buffers) + 1] = [*(buffer.ctypes.data for buffer in buffers), buffers[0].size]
            row[:2] = self._kernel.address, block.ctypes.data
        whole = sum(buffers[0].size for buffers in stretches)
        self._pool = pool(core_count() if whole >= SHARED_SIZE else 1)
        self._table[:, 3] = self._pool.count  # one piece for each thread
        self._address = self._table.ctypes.data

    def run(self, numbers: Mapping[str, float]) -> None:
        """Update all stretches with these numbers, by the kernel's names."""
        for name, place in self._numbers.items():
            if self._told.get(name) != numbers[name]:  # most stay as they are
                self._told[name] = numbers[name]
                self._blocks[:, place] = bits(numbers[name])
        self._pool.run(self._address, len(self._table))

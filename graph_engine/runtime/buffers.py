"""Working memory that executors share which run one after the other: of batches of several sizes, and of validation."""

from __future__ import annotations

from typing import Literal

from graph_engine.kernels.program import Array
from graph_engine.runtime.memory import aligned_zeros, require_memory

Use = Literal["arena", "gradients", "workspace"]


class Buffers:
    """For every use the bytes that were asked for last, as long as nobody wants more of them.

    Whoever wants more gets others; who has the old ones keeps them.
    """

    def __init__(self) -> None:
        self._held: dict[Use, Array] = {}

    def take(self, use: Use, nbytes: int) -> Array:
        """``nbytes`` bytes on a 64-byte boundary, zeros where they are new. Raises NotEnoughMemory."""
        if not self._is_held(use, nbytes):
            self._held[use] = aligned_zeros(nbytes, "bool").view("uint8")
        return self._held[use][:nbytes]

    def require(self, wanted: dict[Use, int]) -> None:
        """Raises NotEnoughMemory where so many bytes for each use would not fit."""
        missing = sum(nbytes for use, nbytes in wanted.items() if not self._is_held(use, nbytes))
        require_memory(missing, "a batch calls for")

    def _is_held(self, use: Use, nbytes: int) -> bool:
        return use in self._held and self._held[use].size >= nbytes

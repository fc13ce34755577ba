"""The Plan: frozen, executable, the one thing every executor takes.

A slot is a tensor of the plan and says where its memory is: in the arena, in a flat parameter or
gradient buffer, in a constant, or in another slot (a view). A step applies a primitive to slots and
knows the node of the drawing it came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from graph_engine.kernels.primitive import Primitive, size_of
from graph_engine.kernels.program import Array
from graph_engine.values import ITEMSIZE, TensorSpec

Place = Literal["arena", "parameter", "gradient", "constant", "view"]
Phase = Literal["forward", "again", "backward"]


@dataclass(frozen=True, slots=True)
class Slot:
    """``offset``: bytes into the arena (64-byte aligned). ``key``: path of a parameter or gradient.

    ``base``: the slot a view reads.
    """

    spec: TensorSpec
    place: Place
    offset: int = 0
    key: str = ""
    base: int = -1

    @property
    def nbytes(self) -> int:
        return size_of(self.spec) * ITEMSIZE[self.spec.dtype]


@dataclass(frozen=True, slots=True)
class Step:
    """``stream``: which random numbers it draws, where it draws any. ``phase``: of the results, of the gradients, or
    one of the results' steps computed again for the gradients."""

    primitive: Primitive
    outputs: tuple[int, ...]
    inputs: tuple[int, ...]
    scratch: tuple[int, ...]
    attrs: Mapping[str, Any]
    node: str
    stream: int = 0
    phase: Phase = "forward"


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in order. ``feeds``, ``results`` and ``gradients`` name slots; ``updates`` are the slots whose
    contents replace parameters at the end of the step. ``recomputes``: activations are to be computed again for the
    gradients rather than kept; the pass that sees to it has not run yet."""

    steps: tuple[Step, ...]
    slots: tuple[Slot, ...]
    constants: Mapping[int, Array]
    feeds: Mapping[str, int]
    results: Mapping[str, int]
    gradients: Mapping[str, int]
    updates: Mapping[str, int]
    arena_bytes: int
    recomputes: bool = False

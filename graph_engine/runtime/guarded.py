"""Native kernels under watch: every buffer between guard zones, looked at after every step.

``LAYERLOOM_EXECUTOR=guarded`` runs every plan so. Several times as slow, and without reuse of memory; results are those
of the native executor to the bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from graph_engine.compiler import Plan, PlanError, Step, verify
from graph_engine.compiler.passes.memory import spread_out
from graph_engine.kernels.program import Array
from graph_engine.runtime.native import NativeExecutor
from graph_engine.runtime.parameters import Parameters

PATTERN: Final = 0xA5  # of every byte that belongs to no tensor


class GuardedExecutor(NativeExecutor):
    """Raises PlanError at the first step that writes to what belongs to no tensor of the arena."""

    def __init__(self, plan: Plan, parameters: Parameters, threads: int | None = None) -> None:
        super().__init__(plan, parameters, threads)
        self._zones = self._unowned()
        self._arena[self._zones] = PATTERN

    def run(self, feeds: Mapping[str, Array], *, step: int = 0, seed: int = 0) -> dict[str, Array]:
        """One step, as ``Executor.run``."""
        self._load(feeds)
        for planned, call in self._one_by_one():
            call(step, seed)
            self._look_after(planned)
        self._apply_updates()
        return {name: self._arrays[slot] for name, slot in self.plan.results.items()}

    def _planned(self, plan: Plan) -> Plan:
        found = spread_out(super()._planned(plan))
        verify(found)
        return found

    def _unowned(self) -> Array:
        """Which bytes of the arena lie between tensors: also the rest of each tensor's last line."""
        free = np.ones(self.plan.arena_bytes, np.bool_)
        for slot in self.plan.slots:
            if slot.place == "arena":
                free[slot.offset : slot.offset + slot.nbytes] = False
        return np.flatnonzero(free)

    def _look_after(self, step: Step) -> None:
        written = np.flatnonzero(self._arena[self._zones] != PATTERN)
        if written.size:
            self._arena[self._zones] = PATTERN
            raise PlanError(
                f"{step.primitive.name} of node {step.node!r} writes outside of all tensors: {written.size} bytes "
                f"from byte {self._zones[written[0]]} of the arena on"
            )

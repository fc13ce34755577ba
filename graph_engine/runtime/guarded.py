"""Native kernels under watch: every buffer between guard zones, looked at after every step.

``LAYERLOOM_EXECUTOR=guarded`` runs every plan so, and every update of weights. Several times as slow, and without reuse
of memory; results are those of the native executor to the bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from graph_engine.compiler import Plan, PlanError, Slot, Step, verify
from graph_engine.compiler.passes.memory import spread_out
from graph_engine.kernels.program import Array
from graph_engine.runtime.native import NativeExecutor
from graph_engine.runtime.parameters import Parameters
from graph_engine.runtime.updates import NativeUpdate
from graph_engine.runtime.zones import Apart, Zones


class GuardedExecutor(NativeExecutor):
    """Raises PlanError at the first step that writes to what belongs to no tensor.

    Tensors of the arena, weights, gradients and the working memory of threads lie apart from each other. Weights and
    gradients are copies: those of ``parameters`` enter before a run, and ``gradients`` are filled after it.
    """

    def __init__(self, plan: Plan, parameters: Parameters, threads: int | None = None) -> None:
        shapes = {path: shape for path, (_, shape) in parameters.layout.items()}
        trained = {path: shapes[path] for path in parameters.trainable_paths}
        self._weights = Apart("weights", shapes, parameters.dtype)
        self._results = Apart("gradients", trained, parameters.dtype)
        super().__init__(
            plan, parameters, threads
        )  # in buffers of its own, whose zones nobody else may write
        self._zones = [
            Zones("arena", self._arena, _ranges(self.plan)),
            self._weights.zones,
            self._results.zones,
        ]
        self._zones[0].fill()
        base = self._memory.ctypes.data
        self._work = [
            Zones(
                "working memory of threads",
                self._memory,
                [(address - base, address - base + nbytes) for address, nbytes in bound.work],
            )
            for bound in self._steps
            if bound.rows != []
        ]

    def run(self, feeds: Mapping[str, Array], *, step: int = 0, seed: int = 0) -> dict[str, Array]:
        """One step, as ``Executor.run``."""
        self._load(feeds)
        for (planned, call), work in zip(self._one_by_one(), self._work, strict=True):
            work.fill()
            call(step, seed)
            self._look_after(planned, work)
        for path, gradient in self.parameters.views_of(self.gradients).items():
            np.copyto(gradient, self._results.views[path])
        self._apply_updates()
        return {name: self._arrays[slot] for name, slot in self.plan.results.items()}

    def _planned(self, plan: Plan) -> Plan:
        found = spread_out(super()._planned(plan))
        verify(found)
        return found

    def _load(self, feeds: Mapping[str, Array]) -> None:
        super()._load(feeds)
        for path, weight in self.parameters.items():
            np.copyto(self._weights.views[path], weight)

    def _array(self, index: int, slot: Slot, arrays: list[Array], gradients: Mapping[str, Array]) -> Array:
        if slot.place == "parameter":
            return self._weights.views[slot.key]
        return super()._array(index, slot, arrays, self._results.views)

    def _owned(self) -> list[Array]:
        return [*super()._owned(), self._weights.memory, self._results.memory]

    def _look_after(self, step: Step, work: Zones) -> None:
        for zones in (*self._zones, work):
            if told := zones.written():
                raise PlanError(
                    f"{step.primitive.name} of node {step.node!r} writes outside of all tensors: {told}"
                )


class GuardedUpdate(NativeUpdate):
    """Raises PlanError where an update writes anything but the stretches it is given: of frozen weights, of weights
    that the loss does not depend on, or beyond the buffers of weights, gradients and the optimizer's state."""

    def __init__(self, name: str, stretches: Sequence[Sequence[Array]]) -> None:
        super().__init__(name, stretches)
        self._places = [[_within(buffer) for buffer in buffers] for buffers in stretches]

    def run(self, numbers: Mapping[str, float]) -> None:
        """As ``NativeUpdate.run``."""
        wholes = [whole for whole, _, _ in self._places[0]]
        before = [whole.copy() for whole in wholes]
        super().run(numbers)
        for number, (whole, kept) in enumerate(zip(wholes, before, strict=True)):
            for buffers in self._places:
                _, start, end = buffers[number]
                kept[start:end] = whole[start:end]
            if written := np.count_nonzero(whole != kept):
                buffer = self._kernel.parameters[number]
                raise PlanError(
                    f"the update {self.name} writes {written} bytes of its {buffer} that it was not given"
                )


def _ranges(plan: Plan) -> list[tuple[int, int]]:
    """Where the tensors of the arena lie."""
    return [(slot.offset, slot.offset + slot.nbytes) for slot in plan.slots if slot.place == "arena"]


def _within(buffer: Array) -> tuple[Array, int, int]:
    """The memory that a buffer is a part of, with the zones around it, and the bytes where it lies."""
    whole = buffer
    while isinstance(whole.base, np.ndarray):
        whole = whole.base
    start = buffer.ctypes.data - whole.ctypes.data
    return whole, start, start + buffer.nbytes

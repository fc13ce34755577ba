"""Numpy first, kernels as soon as they are compiled: the first training on a machine does not wait."""

from __future__ import annotations

from collections.abc import Mapping

from graph_engine.compiler import Plan
from graph_engine.kernels.program import Array
from graph_engine.runtime.buffers import Buffers
from graph_engine.runtime.executor import Executor
from graph_engine.runtime.native import NativeExecutor, are_ready
from graph_engine.runtime.parameters import Parameters
from graph_engine.runtime.warming import Warming, warming


def handover(plan: Plan, parameters: Parameters, buffers: Buffers | None = None) -> Executor:
    """A native executor, or one that becomes native when all kernels of the plan are compiled."""
    if are_ready(plan):
        return NativeExecutor(plan, parameters, buffers=buffers)
    process = warming()
    if process is None:
        return Executor(plan, parameters, buffers)
    return _Handover(plan, parameters, process, buffers)


class _Handover(Executor):
    """Runs numpy definitions until ``process`` is over, then kernels."""

    def __init__(
        self, plan: Plan, parameters: Parameters, process: Warming, buffers: Buffers | None = None
    ) -> None:
        super().__init__(plan, parameters, buffers)
        self._compiled = plan
        self._process: Warming | None = process
        self._native: NativeExecutor | None = None

    def run(self, feeds: Mapping[str, Array], *, step: int = 0, seed: int = 0) -> dict[str, Array]:
        if self._process is not None and self._process.is_over:
            self._process = None
            if are_ready(self._compiled):
                self._native = NativeExecutor(self._compiled, self.parameters, buffers=self._buffers)
                self.gradients = self._native.gradients
        if self._native is not None:
            return self._native.run(feeds, step=step, seed=seed)
        return super().run(feeds, step=step, seed=seed)

    def timed(self, feeds: Mapping[str, Array], *, step: int = 0, seed: int = 0) -> dict[str, float]:
        if self._native is not None:
            return self._native.timed(feeds, step=step, seed=seed)
        return super().timed(feeds, step=step, seed=seed)

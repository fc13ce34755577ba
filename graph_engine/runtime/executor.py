"""The reference executor: runs a plan with the primitives' numpy definitions in preallocated buffers."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from graph_engine.compiler import Plan, Slot, Step
from graph_engine.compiler.passes import unfused
from graph_engine.kernels.program import Array
from graph_engine.runtime.buffers import Buffers, Use
from graph_engine.runtime.parameters import Parameters
from graph_engine.values import LayerloomError


class NonFinite(LayerloomError):
    """A step gave a value that is not finite. ``node`` names the place in the drawing."""

    def __init__(self, message: str, node: str) -> None:
        super().__init__(message)
        self.node = node


class Executor:
    """Runs one plan again and again over the same buffers.

    ``gradients`` is flat and aligned with ``parameters.trainable``; parameters the loss does not depend
    on keep a zero gradient. Results are views that the next ``run`` overwrites, of any executor with the same
    ``buffers``.
    """

    def __init__(self, plan: Plan, parameters: Parameters, buffers: Buffers | None = None) -> None:
        self.plan = self._planned(plan)
        self.parameters = parameters
        self._buffers = Buffers() if buffers is None else buffers
        self._buffers.require(needed(self.plan, parameters))
        self.gradients = self._new_gradients()
        self._arena = self._buffers.take("arena", self.plan.arena_bytes)
        self._arrays = self._bind()
        self._calls = [self._prepare(step) for step in self.plan.steps]

    def run(self, feeds: Mapping[str, Array], *, step: int = 0, seed: int = 0) -> dict[str, Array]:
        """One step. ``feeds`` by name, of the planned shapes. Random primitives depend on seed and step alone."""
        with np.errstate(all="ignore"):
            self._load(feeds)
            for call in self._calls:
                call(step, seed)
            self._apply_updates()
        return {name: self._arrays[slot] for name, slot in self.plan.results.items()}

    def diagnose(self, feeds: Mapping[str, Array], *, step: int = 0, seed: int = 0) -> None:
        """Run without updates, checking every output. Raises NonFinite at the first step that breaks."""
        with np.errstate(all="ignore"):
            self._load(feeds)
            for planned, call in zip(self.plan.steps, self._calls, strict=True):
                call(step, seed)
                for slot in planned.outputs:
                    self._require_finite(planned, self._arrays[slot])

    def timed(self, feeds: Mapping[str, Array], *, step: int = 0, seed: int = 0) -> dict[str, float]:
        """Run without updates; seconds of each node's steps, by node ("" for losses).

        What is fused across nodes counts for one of them.
        """
        with np.errstate(all="ignore"):
            self._load(feeds)
            return seconds_by_node(zip(self.plan.steps, self._calls, strict=True), step, seed)

    def _planned(self, plan: Plan) -> Plan:
        """What is run in its place."""
        return unfused(plan)

    def _new_gradients(self) -> Array:
        """Zeros that nobody writes take no memory."""
        nbytes = needed(self.plan, self.parameters)["gradients"]
        if not nbytes:
            return np.zeros(self.parameters.trainable_size, self.parameters.dtype)
        return self._buffers.take("gradients", nbytes).view(self.parameters.dtype)

    def _load(self, feeds: Mapping[str, Array]) -> None:
        for name, slot in self.plan.feeds.items():
            target = self._arrays[slot]
            if feeds[name].shape != target.shape:
                raise LayerloomError(
                    f"feed {name!r} has shape {feeds[name].shape}, planned was {target.shape}"
                )
            target[...] = feeds[name]  # half of the time of np.copyto, for small ones

    def _apply_updates(self) -> None:
        for path, slot in self.plan.updates.items():
            np.copyto(self.parameters[path], self._arrays[slot])

    def _bind(self) -> list[Array]:
        gradients = self.parameters.views_of(self.gradients)
        arrays: list[Array] = []
        for index, slot in enumerate(self.plan.slots):
            arrays.append(self._array(index, slot, arrays, gradients))
        return arrays

    def _array(self, index: int, slot: Slot, arrays: list[Array], gradients: Mapping[str, Array]) -> Array:
        match slot.place:
            case "parameter":
                return self.parameters[slot.key]
            case "gradient":
                return gradients[slot.key]
            case "constant":
                return self.plan.constants[index]
            case "view":
                return arrays[slot.base].reshape(slot.spec.shape)  # type: ignore[arg-type]  # concrete
            case "arena":
                raw = self._arena[slot.offset : slot.offset + slot.nbytes]
                return raw.view(slot.spec.dtype).reshape(slot.spec.shape)  # type: ignore[arg-type]  # concrete

    def _prepare(self, step: Step) -> Callable[[int, int], None]:
        outputs = [self._arrays[slot] for slot in step.outputs]
        inputs = [self._arrays[slot] for slot in step.inputs]
        attrs: dict[str, Any] = dict(step.attrs)
        if step.scratch:
            attrs["scratch"] = [self._arrays[slot] for slot in step.scratch]
        forward = step.primitive.forward
        if step.primitive.is_random:
            return lambda at, seed: forward(
                outputs, inputs, **attrs, rng=np.random.default_rng([seed, step.stream, at])
            )
        return lambda at, seed: forward(outputs, inputs, **attrs)

    def _require_finite(self, step: Step, array: Array) -> None:
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise NonFinite(
                f"{step.primitive.name} at node {step.node} gave a value that is not finite", step.node
            )


def needed(plan: Plan, parameters: Parameters) -> dict[Use, int]:
    """Bytes that whoever runs this plan takes besides the weights."""
    gradients = parameters.trainable.nbytes if plan.gradients else 0
    return {"gradients": gradients, "arena": plan.arena_bytes}


def seconds_by_node(
    calls: Iterable[tuple[Step, Callable[[int, int], None]]], step: int, seed: int
) -> dict[str, float]:
    seconds: defaultdict[str, float] = defaultdict(float)
    for planned, call in calls:
        began = time.perf_counter()
        call(step, seed)
        seconds[planned.node] += time.perf_counter() - began
    return dict(seconds)

"""Who writes and who reads each tensor of a plan; what passes look for patterns in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graph_engine.compiler.plan import Plan, Slot, Step
from graph_engine.kernels.primitive import Primitive


@dataclass(slots=True)
class Uses:
    """A plan being rewritten. Steps are replaced by None where they vanish.

    ``readers``: positions of the steps that read a tensor or a view of it, once for each time they do.
    """

    plan: Plan
    steps: list[Step | None] = field(init=False)
    slots: list[Slot] = field(init=False)
    writer: dict[int, int] = field(default_factory=dict)
    readers: dict[int, list[int]] = field(default_factory=dict)
    leaving: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.steps, self.slots = list(self.plan.steps), list(self.plan.slots)
        plan = self.plan
        kept = (plan.feeds, plan.results, plan.gradients, plan.updates)
        self.leaving = {self.root(slot) for named in kept for slot in named.values()}
        for position, step in enumerate(plan.steps):
            for slot in step.inputs:
                self.readers.setdefault(self.root(slot), []).append(position)
            for slot in step.outputs:
                self.writer[slot] = position

    def root(self, slot: int) -> int:
        """The tensor that owns a slot's memory."""
        found = self.slots[slot]
        return found.base if found.place == "view" else slot

    def only_reader(self, slot: int) -> int | None:
        """Position of the one step that reads this tensor, if nobody else needs it."""
        readers = self.readers.get(slot, [])
        return readers[0] if len(readers) == 1 and slot not in self.leaving else None

    def step(self, position: int) -> Step:
        found = self.steps[position]
        assert found is not None, "readers and writers are steps that are there"
        return found

    def absorb(
        self,
        first: int,
        second: int,
        at: int,
        primitive: Primitive,
        inputs: tuple[int, ...],
        attrs: Mapping[str, Any],
    ) -> None:
        """One step at ``at`` in place of two: the first's results, but of the second's values."""
        one, two = self.step(first), self.step(second)
        target = self._as_shaped(two.outputs[0], self.slots[one.outputs[0]])
        merged = replace(
            one, primitive=primitive, inputs=inputs, outputs=(target, *one.outputs[1:]), attrs=attrs
        )
        for position in (first, second):
            for slot in self.step(position).inputs:
                self.readers[self.root(slot)].remove(position)
            self.steps[position] = None
        self.steps[at] = merged
        for slot in merged.inputs:
            self.readers.setdefault(self.root(slot), []).append(at)
        for slot in merged.outputs:
            self.writer[slot] = at

    def is_written_before(self, slot: int, position: int) -> bool:
        return self.writer.get(self.root(slot), -1) < position

    def finished(self) -> Plan:
        return replace(
            self.plan, steps=tuple(step for step in self.steps if step is not None), slots=tuple(self.slots)
        )

    def _as_shaped(self, slot: int, like: Slot) -> int:
        """A tensor of ``like``'s shape; ``slot`` becomes a view of it where shapes differ."""
        found = self.slots[slot]
        if found.spec == like.spec:
            return slot
        fresh = len(self.slots)
        self.slots.append(replace(found, spec=like.spec))
        self.slots[slot] = Slot(found.spec, "view", base=fresh)
        for place, other in enumerate(self.slots):
            if other.place == "view" and other.base == slot:
                self.slots[place] = replace(other, base=fresh)
        self.readers[fresh] = self.readers.pop(slot, [])
        if slot in self.leaving:
            self.leaving.add(fresh)
        return fresh

"""Memory laid out anew: only what is still used, results in place of inputs that nobody needs any more.

Requires: steps in an order in which every tensor is written before it is read. Ensures: no dead slots; a plan
that ``verify`` accepts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from graph_engine.compiler.memory import Arena, SparseArena
from graph_engine.compiler.plan import Plan, Slot, Step


def lay_out_memory(plan: Plan) -> Plan:
    return _Layout(plan).plan_anew()


def spread_out(plan: Plan) -> Plan:
    """The same plan with memory of its own for every tensor and gaps in between: for finding who writes too far."""
    return _Layout(plan, arena=SparseArena()).plan_anew()


@dataclass(slots=True)
class _Layout:
    plan: Plan
    slots: list[Slot] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)  # of a slot before -> now
    last: dict[int, int] = field(
        default_factory=dict
    )  # by root before: position of the last step that reads it
    arena: Arena = field(default_factory=Arena)

    def plan_anew(self) -> Plan:
        plan = self.plan
        self._find_last_uses()
        for slot in plan.feeds.values():
            self._place(slot)
        for slot in plan.constants:
            if slot in self.last:
                self._number(slot)
        steps = tuple(self._step(position, step) for position, step in enumerate(self.plan.steps))
        named = (plan.feeds, plan.results, plan.gradients, plan.updates)
        feeds, results, gradients, updates = (self._renamed(each) for each in named)
        return replace(
            plan,
            steps=steps,
            slots=tuple(self.slots),
            constants={
                self.numbers[slot]: array for slot, array in plan.constants.items() if slot in self.numbers
            },
            feeds=feeds,
            results=results,
            gradients=gradients,
            updates=updates,
            arena_bytes=self.arena.size,
        )

    def _renamed(self, named: Mapping[str, int]) -> dict[str, int]:
        return {name: self._number(slot) for name, slot in named.items()}

    def _find_last_uses(self) -> None:
        plan = self.plan
        for position, step in enumerate(self.plan.steps):
            for slot in (*step.inputs, *step.outputs, *step.scratch):
                self.last[self._root(slot)] = position
        for named in (plan.feeds, plan.results, plan.gradients, plan.updates):
            for slot in named.values():
                self.last[self._root(slot)] = len(self.plan.steps)

    def _step(self, position: int, step: Step) -> Step:
        inputs = tuple(self._number(slot) for slot in step.inputs)
        outputs = self._outputs(position, step)
        scratch = tuple(self._place(slot) for slot in step.scratch)
        touched = {self._root(slot) for slot in (*step.inputs, *step.outputs, *step.scratch)}
        taken = {self.slots[slot].offset for slot in outputs if self.slots[slot].place == "arena"}
        for root in touched:
            slot = self.slots[self.numbers[root]]
            replaced = self.numbers[root] not in outputs and slot.offset in taken
            if slot.place == "arena" and self.last[root] == position and not replaced:
                self.arena.give_back(slot.offset, slot.nbytes)
        return replace(step, inputs=inputs, outputs=outputs, scratch=scratch)

    def _outputs(self, position: int, step: Step) -> tuple[int, ...]:
        """Numbers of the outputs; an only output may take the place of the first input."""
        if step.primitive.in_place and step.inputs and len(step.outputs) == 1:
            root, output = self._root(step.inputs[0]), step.outputs[0]
            before, now = self.slots[self.numbers[root]], self.plan.slots[output]
            dies = self.last[root] == position and self._reads(step, root) == 1
            if dies and before.place == now.place == "arena" and before.nbytes == now.nbytes:
                return (self._add(output, replace(now, offset=before.offset)),)
        return tuple(self._place(slot) for slot in step.outputs)

    def _reads(self, step: Step, root: int) -> int:
        return sum(self._root(slot) == root for slot in step.inputs)

    def _place(self, slot: int) -> int:
        found = self.plan.slots[slot]
        if found.place == "arena":
            found = replace(found, offset=self.arena.take(found.nbytes))
        return self._add(slot, found)

    def _number(self, slot: int) -> int:
        """A slot that is there already, or takes no memory of its own."""
        if slot in self.numbers:
            return self.numbers[slot]
        found = self.plan.slots[slot]
        if found.place == "view":
            found = replace(found, base=self._number(found.base))
        return self._add(slot, found)

    def _add(self, slot: int, found: Slot) -> int:
        self.numbers[slot] = len(self.slots)
        self.slots.append(found)
        return self.numbers[slot]

    def _root(self, slot: int) -> int:
        found = self.plan.slots[slot]
        return found.base if found.place == "view" else slot

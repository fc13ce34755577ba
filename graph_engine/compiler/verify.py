"""What every plan must satisfy, checked when it is built: an executor may then trust it blindly."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from graph_engine.compiler.memory import ALIGNMENT
from graph_engine.compiler.plan import Plan, Step


class PlanError(Exception):
    """The compiler broke its own rules: a defect, with the step that shows it."""


def verify(plan: Plan) -> None:
    """Raises PlanError if a step reads what nobody wrote, a range leaves the arena, or a write lands on
    memory that a later step still reads as something else."""
    check = _Check(plan)
    for slot in plan.feeds.values():
        check.write(slot, "the feeds")
    for number, step in enumerate(plan.steps):
        place = f"step {number} ({step.primitive.name} of node {step.node!r})"
        for slot in step.inputs:
            check.read(slot, place)
        for slot in (*step.outputs, *step.scratch):
            check.write(slot, place)
        for slot in (*_kept(plan, step), *step.outputs):
            check.read(slot, place)
    for slot in (*plan.results.values(), *plan.gradients.values(), *plan.updates.values()):
        check.read(slot, "the end of the step")


def _kept(plan: Plan, step: Step) -> tuple[int, ...]:
    """The inputs that must outlive the step's writes: all but a first one that may be overwritten in place."""
    if not (step.primitive.in_place and step.inputs):
        return step.inputs
    first = plan.slots[step.inputs[0]]
    root = plan.slots[first.base] if first.place == "view" else first
    target = plan.slots[step.outputs[0]]
    same = (
        root.place == target.place == "arena"
        and root.offset == target.offset
        and root.nbytes == target.nbytes
    )
    return step.inputs[1:] if same else step.inputs


@dataclass(slots=True)
class _Check:
    """Which slot owns which bytes of the arena: disjoint ranges, sorted by offset."""

    plan: Plan
    ranges: list[tuple[int, int, int]] = field(default_factory=list)  # (offset, end, slot)
    written: set[int] = field(default_factory=set)
    owners: set[int] = field(default_factory=set)  # slots whose memory is still theirs

    def read(self, index: int, place: str) -> None:
        root = self.plan.slots[index].base if self.plan.slots[index].place == "view" else index
        slot = self.plan.slots[root]
        if slot.place in ("parameter", "constant"):
            return
        if root not in self.written:
            raise PlanError(f"{place} reads slot {index} before it is written")
        if slot.place == "arena" and root not in self.owners:
            raise PlanError(f"{place} reads slot {index} after its memory was given to another")

    def write(self, index: int, place: str) -> None:
        slot = self.plan.slots[index]
        if slot.place not in ("arena", "gradient"):
            raise PlanError(f"{place} writes slot {index}, which is a {slot.place}")
        self.written.add(index)
        if slot.place == "gradient":
            return
        end = slot.offset + max(slot.nbytes, 1)
        if slot.offset % ALIGNMENT or end > self.plan.arena_bytes:
            raise PlanError(f"{place} writes slot {index} outside the arena")
        self._claim(slot.offset, end, index)

    def _claim(self, start: int, end: int, index: int) -> None:
        first = bisect_left(self.ranges, (start, 0, 0))
        if first > 0 and self.ranges[first - 1][1] > start:
            first -= 1
        after = first
        while after < len(self.ranges) and self.ranges[after][0] < end:
            self.owners.discard(self.ranges[after][2])
            after += 1
        self.ranges[first:after] = [(start, end, index)]
        self.owners.add(index)

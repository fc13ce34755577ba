"""Activations forgotten after the forward pass and computed again for the gradients, piece by piece.

Gradient checkpointing (Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost"): the forward pass is cut
into pieces. What later pieces read is kept, all else is forgotten; before the first gradient that needs something of
a piece, the piece is computed once more from what was kept. The last piece is kept whole: its gradients come next.

Requires: a differentiated plan whose steps are as they will run, so after all passes that fuse them. Ensures: the same
steps on the same values, so the same results bit for bit, moving averages updated once, and the smallest arena of
several ways to cut, of which one is not to cut at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import accumulate

from graph_engine.compiler.passes.memory import lay_out_memory
from graph_engine.compiler.passes.segments import cuts_of
from graph_engine.compiler.passes.uses import Uses
from graph_engine.compiler.plan import Plan, Slot, Step


def recompute_activations(plan: Plan) -> Plan:
    if not plan.recomputes:
        return plan
    plain = replace(plan, recomputes=False)
    forward = _Forward(Uses(plain))
    ways = [_Rewriting(forward, cuts).finished() for cuts in cuts_of(forward.held, forward.alive)]
    return min((lay_out_memory(way) for way in (plain, *ways)), key=lambda way: way.arena_bytes)


@dataclass(slots=True)
class _Forward:
    """The steps before the first gradient. ``held``: bytes each of them makes that a gradient reads; ``alive``: bytes
    made before each of them that it or a later one reads."""

    uses: Uses
    count: int = field(init=False)
    held: list[int] = field(init=False)
    alive: list[int] = field(init=False)

    def __post_init__(self) -> None:
        steps = self.uses.plan.steps
        phases = [step.phase for step in steps]
        self.count = phases.index("backward") if "backward" in phases else len(phases)
        self.held, change = [0] * self.count, [0] * (self.count + 1)
        for position, step in enumerate(steps[: self.count]):
            for slot in filter(self.is_activation, step.outputs):
                nbytes = self.uses.slots[slot].nbytes
                self.held[position] += nbytes * self.is_for_gradients(slot)
                change[position + 1] += nbytes
                change[max(self.last_use(slot), position) + 1] -= nbytes
        self.alive = list(accumulate(change))

    def is_activation(self, slot: int) -> bool:
        """Whether the plan may forget it: results and what replaces parameters stay anyway."""
        return self.uses.slots[slot].place == "arena" and slot not in self.uses.leaving

    def is_for_gradients(self, slot: int) -> bool:
        return any(reader >= self.count for reader in self.uses.readers.get(slot, ()))

    def last_use(self, slot: int) -> int:
        """Position of the last forward step that reads it, -1 if none does."""
        readers = self.uses.readers.get(slot, ())
        return max((reader for reader in readers if reader < self.count), default=-1)


@dataclass(slots=True)
class _Rewriting:
    """``cuts``: the steps that begin a piece, but for the first piece."""

    forward: _Forward
    cuts: tuple[int, ...]
    slots: list[Slot] = field(init=False)
    forgotten: dict[int, int] = field(default_factory=dict)  # tensor -> the first step of its piece
    again: dict[int, int] = field(default_factory=dict)  # slot -> the one that stands for it in the gradients
    done: set[int] = field(default_factory=set)  # first steps of pieces that are computed again

    def __post_init__(self) -> None:
        self.slots = list(self.forward.uses.slots)
        for start, end in zip((0, *self.cuts[:-1]), self.cuts, strict=True):
            for step in self._steps[start:end]:
                for slot in filter(self.forward.is_activation, step.outputs):
                    if self.forward.last_use(slot) < end:
                        self.forgotten[slot] = start

    def finished(self) -> Plan:
        count = self.forward.count
        steps = list(self._steps[:count])
        for step in self._steps[count:]:
            for slot in step.inputs:
                start = self.forgotten.get(self._root(slot))
                if start is not None and start not in self.done:
                    steps += self._piece(start)
            steps.append(replace(step, inputs=tuple(map(self._now, step.inputs))))
        return replace(self.forward.uses.plan, steps=tuple(steps), slots=tuple(self.slots))

    @property
    def _steps(self) -> tuple[Step, ...]:
        return self.forward.uses.plan.steps

    def _piece(self, start: int) -> list[Step]:
        """The steps of a piece that gradients need, once more."""
        self.done.add(start)
        end = next(cut for cut in self.cuts if cut > start)
        piece = self._steps[start:end]
        needed = {slot for step in piece for slot in step.outputs if self.forward.is_for_gradients(slot)}
        needed &= self.forgotten.keys()
        chosen = []
        for step in reversed(piece):
            if needed.intersection(step.outputs):
                chosen.append(step)
                needed |= {root for root in map(self._root, step.inputs) if root in self.forgotten}
        return [self._once_more(step) for step in reversed(chosen)]

    def _once_more(self, step: Step) -> Step:
        inputs = tuple(map(self._now, step.inputs))
        outputs = tuple(map(self._twin, step.outputs))
        self.again |= {
            slot: twin for slot, twin in zip(step.outputs, outputs, strict=True) if slot in self.forgotten
        }
        scratch = tuple(map(self._twin, step.scratch))
        return replace(step, inputs=inputs, outputs=outputs, scratch=scratch, phase="again")

    def _now(self, slot: int) -> int:
        """The slot that holds its value while gradients are computed."""
        root = self._root(slot)
        if slot not in self.again and root in self.again:
            self.again[slot] = self._new(replace(self.slots[slot], base=self.again[root]))
        return self.again.get(slot, slot)

    def _twin(self, slot: int) -> int:
        return self._new(Slot(self.slots[slot].spec, "arena"))

    def _new(self, slot: Slot) -> int:
        self.slots.append(slot)
        return len(self.slots) - 1

    def _root(self, slot: int) -> int:
        return self.forward.uses.root(slot)

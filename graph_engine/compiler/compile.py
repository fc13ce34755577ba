"""Program -> Plan: differentiate, drop what nobody needs, lay out memory, verify."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from graph_engine.compiler.differentiate import loss_gradients
from graph_engine.compiler.liveness import last_uses, memory_roots
from graph_engine.compiler.memory import Arena
from graph_engine.compiler.plan import Phase, Plan, Slot, Step
from graph_engine.compiler.verify import verify
from graph_engine.kernels import ops
from graph_engine.kernels.program import Op, Program, Value, live_ops
from graph_engine.values import TensorSpec


def compile_plan(
    program: Program,
    *,
    loss: Value | None = None,
    trainable: Collection[str] = (),
    recompute: bool = False,
) -> Plan:
    """Compile a program; with ``loss``, also the gradient for each parameter path in ``trainable``.

    Gradients of parameters the loss does not depend on are absent from ``plan.gradients``. ``recompute``: whoever
    runs the plan computes activations again for the gradients rather than keep them (see ``passes.recompute``).
    """
    wanted: dict[str, Value] = {}
    forward = len(program.ops)
    if loss is not None:
        paths = [path for path in program.parameters if path in trainable]
        found = loss_gradients(program, loss, [program.parameters[path] for path in paths])
        wanted = _owned(
            program, {path: value for path, value in zip(paths, found, strict=True) if value is not None}
        )
    plan = _Layout(program, wanted, frozenset(program.ops[forward:])).plan()
    verify(plan)
    return replace(plan, recomputes=recompute and loss is not None)


def _owned(program: Program, gradients: Mapping[str, Value]) -> dict[str, Value]:
    """Each gradient as a value of its own, so that it can be written straight into the gradient buffer."""
    fresh = {value for op in program.ops if not op.primitive.is_view for value in op.outputs}
    owned: dict[str, Value] = {}
    for path, value in gradients.items():
        owned[path] = value if value in fresh else ops.copy(value)
        fresh.discard(value)
    return owned


@dataclass(slots=True)
class _Layout:
    """Gives every live value a slot, walking the ops once in order. ``backward``: the ops of the gradients."""

    program: Program
    gradients: Mapping[str, Value]
    backward: frozenset[Op]
    slots: list[Slot] = field(default_factory=list)
    index: dict[Value, int] = field(default_factory=dict)
    arena: Arena = field(default_factory=Arena)

    def plan(self) -> Plan:
        program = self.program
        leaving = [*program.results.values(), *self.gradients.values(), *program.updates.values()]
        live = live_ops(program.ops, leaving)
        for path, value in program.parameters.items():
            self._add(value, Slot(value.spec, "parameter", key=path))
        for value in program.constants:
            self._add(value, Slot(value.spec, "constant"))
        for value in program.feeds.values():
            self._add(value, self._in_arena(value.spec))
        steps = self._steps(live, leaving)
        return Plan(
            steps,
            tuple(self.slots),
            {self.index[value]: array for value, array in program.constants.items()},
            {name: self.index[value] for name, value in program.feeds.items()},
            {name: self.index[value] for name, value in program.results.items()},
            {path: self.index[value] for path, value in self.gradients.items()},
            {path: self.index[value] for path, value in program.updates.items()},
            self.arena.size,
        )

    def _steps(self, live: list[Op], leaving: list[Value]) -> tuple[Step, ...]:
        roots = memory_roots(live, list(self.index))
        last = last_uses(live, roots, [*leaving, *self.program.feeds.values()])
        keys = {value: path for path, value in self.gradients.items()}
        steps: list[Step] = []
        for position, op in enumerate(live):
            if op.primitive.is_view:
                base = self.index[roots[op.inputs[0]]]
                self._add(op.outputs[0], Slot(op.outputs[0].spec, "view", base=base))
                self._release(op, position, roots, last)
                continue
            outputs = tuple(self._add(value, self._home(value, keys.get(value))) for value in op.outputs)
            scratch = self._scratch(op)
            inputs = tuple(self.index[value] for value in op.inputs)
            phase: Phase = "backward" if op in self.backward else "forward"
            steps.append(Step(op.primitive, outputs, inputs, scratch, op.attrs, op.node, len(steps), phase))
            for slot in scratch:
                self.arena.give_back(self.slots[slot].offset, self.slots[slot].nbytes)
            self._release(op, position, roots, last)
        return tuple(steps)

    def _scratch(self, op: Op) -> tuple[int, ...]:
        specs = op.primitive.scratch(*(value.spec for value in op.inputs), **op.attrs)
        slots = []
        for spec in specs:
            self.slots.append(self._in_arena(spec))
            slots.append(len(self.slots) - 1)
        return tuple(slots)

    def _release(self, op: Op, position: int, roots: dict[Value, Value], last: dict[Value, int]) -> None:
        for root in {roots[value] for value in (*op.inputs, *op.outputs)}:
            slot = self.slots[self.index[root]]
            if slot.place == "arena" and last[root] == position:
                self.arena.give_back(slot.offset, slot.nbytes)

    def _home(self, value: Value, gradient_of: str | None) -> Slot:
        return Slot(value.spec, "gradient", key=gradient_of) if gradient_of else self._in_arena(value.spec)

    def _in_arena(self, spec: TensorSpec) -> Slot:
        slot = Slot(spec, "arena")
        return Slot(spec, "arena", offset=self.arena.take(slot.nbytes))

    def _add(self, value: Value, slot: Slot) -> int:
        self.index[value] = len(self.slots)
        self.slots.append(slot)
        return self.index[value]

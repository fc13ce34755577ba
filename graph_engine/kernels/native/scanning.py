"""Scans: the rows of one step's program as a loop, so that any cell runs natively, forward and backward.

A step works in memory of its own, which is the same in every turn; what differs from turn to turn is carried in
and out by copies that know the turn. What a step computes from values that never change is done before the loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from graph_engine.kernels.native.language import flags, floats, helper, longs, share_start
from graph_engine.kernels.native.library import kernel
from graph_engine.kernels.native.rows import BINDERS, Bound, Loop, Row, Rows, Tensor, binds, overlap
from graph_engine.kernels.program import Op, Program, Value
from graph_engine.kernels.scan import Body

_NEVER: Final = -1  # a turn that does not come


@kernel
def carry(thread: int, threads: int, turn: int, copies: int, count: int) -> None:
    """``count`` copies of eight words: target and its step, source and its step, number of bytes, whether to add,
    and the turn in which another source is copied, which that is (0: zeros). Steps are bytes from turn to turn."""
    for number in range(count):
        word = longs(copies + number * 64, 8)
        lines = (word[4] + 63) // 64
        begin = share_start(lines, thread, threads) * 64
        nbytes = min(share_start(lines, thread + 1, threads) * 64, word[4]) - begin
        other = turn == word[6]
        source = word[7] if other else word[2] + turn * word[3]
        target = word[0] + turn * word[1] + begin
        if source == 0:
            _clear(target, nbytes)
        elif word[5] and not other:
            _add(target, source + begin, nbytes // 4)
        else:
            _copy(target, source + begin, nbytes)


@helper
def _clear(z: int, nbytes: int) -> None:
    out = flags(z, nbytes)
    for i in range(nbytes):
        out[i] = 0


@helper
def _copy(z: int, x: int, nbytes: int) -> None:
    words = nbytes // 4
    given, taken = floats(z, words), floats(x, words)
    for i in range(words):
        given[i] = taken[i]
    last, rest = flags(z + words * 4, nbytes - words * 4), flags(x + words * 4, nbytes - words * 4)
    for i in range(nbytes - words * 4):
        last[i] = rest[i]


@helper
def _add(z: int, x: int, n: int) -> None:
    total, more = floats(z, n), floats(x, n)
    for i in range(n):
        total[i] += more[i]


@dataclass(frozen=True, slots=True)
class _Copy:
    """``source``: None for zeros. In the turn ``when``, ``instead`` is copied, or zeros. Steps: see ``carry``."""

    target: Tensor
    source: Tensor | None
    target_step: int = 0
    source_step: int = 0
    adds: bool = False
    when: int = _NEVER
    instead: Tensor | None = None

    def words(self) -> list[int]:
        source, instead = (0 if tensor is None else tensor.address for tensor in (self.source, self.instead))
        steps = self.target.address, self.target_step, source, self.source_step
        return [*steps, self.target.nbytes, int(self.adds), self.when, instead]


@dataclass(slots=True)
class _Turn:
    """The rows of one turn in the making. ``tensors``: where every value of the step's program lies."""

    step: Bound
    tensors: dict[Value, Tensor]
    memory: Iterator[Tensor]
    rows: list[Row] = field(default_factory=list)

    def place(self, value: Value) -> Tensor:
        """Memory for a value of the turn."""
        self.tensors[value] = next(self.memory)
        return self.tensors[value]

    def carry(self, copies: Sequence[_Copy], reads: Iterable[Tensor], writes: Iterable[Tensor]) -> None:
        self.rows.append(
            self.step.row(
                carry, work=sum(copy.target.size for copy in copies) / 8, reads=tuple(reads), writes=tuple(writes),
                copies=self.step.workspace.table(word for copy in copies for word in copy.words()),
                count=len(copies),
            )
        )  # fmt: skip

    def compute(self, steps: Iterable[Op]) -> bool:
        """Whether there is a kernel for each of the ops."""
        for op in steps:
            inputs = tuple(self.tensors[value] for value in op.inputs)
            if op.primitive.is_view:
                self.tensors[op.outputs[0]] = inputs[0].reshaped(*op.outputs[0].shape)
                continue
            outputs = tuple(self.place(value) for value in op.outputs)
            wanted = op.primitive.scratch(*(value.spec for value in op.inputs), **op.attrs)
            scratch = tuple(next(self.memory) for _ in wanted)
            self.step.workspace.go_on()
            binder = None if op.primitive.name in _SCANS else BINDERS.get(op.primitive.name)
            rows = binder and binder(
                replace(
                    self.step, name=op.primitive.name, inputs=inputs, outputs=outputs, scratch=scratch, attrs=op.attrs
                )
            )  # fmt: skip
            if rows is None:
                return False
            self.rows += rows
        return True

    def looped(self, turns: int) -> list[Row]:
        """The rows of all turns: first those that give the same in every turn."""
        inside, before = self.rows, []
        for row in self.rows:
            if row.kernel is not carry and _is_still(row, inside):
                inside = [other for other in inside if other is not row]
                before.append(row)
        loop = Loop(turns)
        return [*before, *(replace(row, loop=loop) for row in inside)]


@binds("scan")
def bind_scan(step: Bound) -> Rows:
    body: Body = step.attrs["body"]
    if not _can_loop(step):
        return None
    sequences, first, fixed = body.split(step.inputs)
    turn = _Turn(step, _held(step, body.program, body.fixed, fixed), iter(step.scratch))
    taken = [
        _Copy(turn.place(value), _slice(stack, 0), source_step=_stride(stack))
        for value, stack in zip(body.sequences, sequences, strict=True)
    ]
    before = [
        _Copy(turn.place(value), _slice(stack, -1), source_step=_stride(stack), when=0, instead=start)
        for value, stack, start in zip(body.states, step.outputs, first, strict=True)
    ]
    carried = [*taken, *before]
    turn.carry(carried, (*sequences, *first, *step.outputs), [copy.target for copy in carried])
    if not turn.compute(body.ops):
        return None
    after = [turn.tensors[value] for value in body.results]
    given = [
        _Copy(_slice(stack, 0), tensor, target_step=_stride(stack))
        for stack, tensor in zip(step.outputs, after, strict=True)
    ]
    turn.carry(given, after, step.outputs)
    return turn.looped(step.outputs[0].shape[0])


@binds("scan_gradient")
def bind_scan_gradient(step: Bound) -> Rows:
    body: Body = step.attrs["body"]
    if not _can_loop(step):
        return None
    back, own = body.backward, len(body.sequences) + len(body.states) + len(body.fixed)
    sequences, first, fixed = body.split(step.inputs[:own])
    stacks, flowing = step.inputs[own : own + len(first)], step.inputs[own + len(first) :]
    into = dict(zip(body.differentiable, step.outputs, strict=True))
    last = stacks[0].shape[0] - 1
    kept = [back.copies[value] for value in body.fixed]
    turn = _Turn(step, _held(step, back.program, kept, fixed), iter(step.scratch))
    taken = [
        _Copy(turn.place(back.copies[value]), _slice(stack, last), source_step=-_stride(stack))
        for value, stack in zip(body.sequences, sequences, strict=True)
    ]
    before = [
        _Copy(
            turn.place(back.copies[value]), _slice(stack, last - 1), source_step=-_stride(stack), when=last,
            instead=start,
        )
        for value, stack, start in zip(body.states, stacks, first, strict=True)
    ]  # fmt: skip
    carried = [*taken, *before]
    for value, state, stack in zip(back.arriving, body.states, flowing, strict=True):
        total = turn.place(value)
        carried.append(_Copy(total, into[state], when=0))
        carried.append(_Copy(total, _slice(stack, last), source_step=-_stride(stack), adds=True))
    states = [into[value] for value in body.states]
    turn.carry(carried, (*step.inputs, *states), [copy.target for copy in carried])
    if not turn.compute(back.ops):
        return None
    found = [None if value is None else turn.tensors[value] for value in back.found]
    given = [
        _gradient(body, value, tensor, into[value], last)
        for value, tensor in zip(body.differentiable, found, strict=True)
    ]
    turn.carry(given, [tensor for tensor in found if tensor is not None], step.outputs)
    return turn.looped(last + 1)


_SCANS: Final = ("scan", "scan_gradient")
"""A loop in a loop has no rows."""


def _gradient(body: Body, value: Value, found: Tensor | None, into: Tensor, last: int) -> _Copy:
    """A turn's gradient into its place: of a sequence its own step, of a state the step before, else a sum."""
    if value in body.sequences:
        return _Copy(_slice(into, last), found, target_step=-_stride(into))
    if value in body.states or found is None:
        return _Copy(into, found)
    return _Copy(into, found, adds=True, when=0, instead=found)


def _can_loop(step: Bound) -> bool:
    tensors = (*step.inputs, *step.outputs)
    return all(tensor.size and tensor.dtype != "float64" for tensor in tensors)


def _held(
    step: Bound, program: Program, values: Sequence[Value], tensors: Sequence[Tensor]
) -> dict[Value, Tensor]:
    """What is the same in every turn."""
    constants = {
        value: step.workspace.constant(array, value.dtype) for value, array in program.constants.items()
    }
    return {**constants, **dict(zip(values, tensors, strict=True))}


def _is_still(row: Row, inside: Sequence[Row]) -> bool:
    """Whether a row reads nothing that any row inside the loop writes, and no other one writes where it does."""
    return not any(
        overlap(row.reads, other.writes) or (other is not row and overlap(row.writes, other.writes))
        for other in inside
    )


def _stride(stack: Tensor) -> int:
    """Bytes from one step to the next."""
    return stack.nbytes // stack.shape[0]


def _slice(stack: Tensor, number: int) -> Tensor:
    """One step of all; one before the first is never read."""
    return Tensor(stack.address + number * _stride(stack), stack.shape[1:], stack.dtype)

"""The native executor: the same plans, with compiled kernels where there are some.

Steps become rows (see ``kernels.native``); one call runs all rows of a stretch of native steps. Between
stretches the remaining steps run their numpy definitions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from graph_engine.compiler import Plan, PlanError, Step
from graph_engine.compiler.passes import optimized
from graph_engine.kernels.native.binders import BINDERS
from graph_engine.kernels.native.cpu import core_count
from graph_engine.kernels.native.rows import USES_SCRATCH, Bound, Row, Tensor, Workspace, overlap
from graph_engine.kernels.native.threads import (
    MEET,
    ROW_WORDS,
    SERIAL,
    publish,
    run_alone,
    serve,
    take_part,
)
from graph_engine.kernels.program import Array
from graph_engine.runtime.buffers import Buffers
from graph_engine.runtime.executor import Executor, seconds_by_node
from graph_engine.runtime.parameters import Parameters
from graph_engine.runtime.pool import Job, pool

PIECES = 2  # of a row for each thread: more costs copies, fewer let a busy core decide
WORTH_SHARING = 25000  # simple operations, about 10 microseconds: less is done by one thread alone


class NativeExecutor(Executor):
    """Runs one plan again and again over the same buffers, as ``Executor`` does, on ``threads`` threads.

    Results are the same from run to run for a given number of threads, and equal up to rounding for any.
    """

    def __init__(
        self,
        plan: Plan,
        parameters: Parameters,
        threads: int | None = None,
        buffers: Buffers | None = None,
    ) -> None:
        self._compiled = plan
        super().__init__(plan, parameters, buffers)
        plan = self.plan
        self.threads = core_count() if threads is None else threads
        self._tensors = [self._tensor(index) for index in range(len(plan.slots))]
        self._complaint = np.zeros(1, np.int64)
        bound = self._bound(self.threads)
        if threads is None and bound.shared_work < WORTH_SHARING:
            self.threads = 1
            bound = self._bound(1)
        self._workspace = bound.workspace
        self._stretches = [self._ready(part) for part in bound.parts]
        self._steps = bound.steps
        self._singles: list[tuple[Step, Callable[[int, int], None]]] | None = None
        self.is_native = tuple(step.rows is not None for step in bound.steps)

    def run(self, feeds: Mapping[str, Array], *, step: int = 0, seed: int = 0) -> dict[str, Array]:
        """One step, as ``Executor.run``."""
        self._load(feeds)
        for stretch in self._stretches:
            stretch(step, seed)
        self._apply_updates()
        return {name: self._arrays[slot] for name, slot in self.plan.results.items()}

    def audit(self, feeds: Mapping[str, Array], *, step: int = 0, seed: int = 0) -> None:
        """Run step by step, comparing all memory before and after. Raises PlanError where a step writes to what
        is not its result. Slow: for finding defects of kernels."""
        self._load(feeds)
        guarded = [self._arena, self.gradients.view(np.uint8), self.parameters.flat.view(np.uint8)]
        for number, bound in enumerate(self._steps):
            before = [memory.copy() for memory in guarded]
            stretch = self._ready(_Stretch(bound.rows) if bound.rows else number)
            stretch(step, seed)
            for slot in (*bound.step.outputs, *bound.step.scratch):
                _exempt(self._tensors[slot], guarded, before)
            if any((memory != kept).any() for memory, kept in zip(guarded, before, strict=True)):
                name = bound.step.primitive.name
                raise PlanError(
                    f"step {number} ({name} of node {bound.step.node!r}) writes to what is not its result"
                )

    def diagnose(self, feeds: Mapping[str, Array], *, step: int = 0, seed: int = 0) -> None:
        """As ``Executor.diagnose``: the plan as it was compiled says more about where a value broke."""
        Executor(self._compiled, self.parameters).diagnose(feeds, step=step, seed=seed)

    def timed(self, feeds: Mapping[str, Array], *, step: int = 0, seed: int = 0) -> dict[str, float]:
        """As ``Executor.timed``, each step in a call of its own."""
        self._load(feeds)
        return seconds_by_node(self._one_by_one(), step, seed)

    def _planned(self, plan: Plan) -> Plan:
        return optimized(plan, without_scratch)

    def _one_by_one(self) -> list[tuple[Step, Callable[[int, int], None]]]:
        """Every step that does anything, and a call of its own for it."""
        if self._singles is None:
            parts = [
                _Stretch(bound.rows) if bound.rows else number for number, bound in enumerate(self._steps)
            ]
            self._singles = [
                (bound.step, self._ready(part))
                for bound, part in zip(self._steps, parts, strict=True)
                if bound.rows != []
            ]
        return self._singles

    def _tensor(self, index: int) -> Tensor:
        slot = self.plan.slots[index]
        if not self._arrays[index].flags.c_contiguous:
            self._arrays[index] = np.ascontiguousarray(self._arrays[index])
        array = self._arrays[index]
        constant = array if slot.place == "constant" else None
        return Tensor(array.ctypes.data, array.shape, slot.spec.dtype, constant)

    def _bound(self, threads: int) -> _Binding:
        """Every step bound twice: first to learn how much working memory is needed, then in it."""
        pieces = _pieces(threads)
        measured = _Binding(Workspace(pieces, threads))
        measured.bind(self.plan.steps, self._tensors)
        asked = measured.workspace
        self._memory = self._buffers.take("workspace", asked.nbytes)
        base = self._memory.ctypes.data
        space = Workspace(
            pieces,
            threads,
            base,
            base + asked.private_bytes,
            asked.private_stride,
            complaint=self._complaint.ctypes.data,
        )
        binding = _Binding(space)
        binding.bind(self.plan.steps, self._tensors)
        self._verify(binding)
        return binding

    def _verify(self, binding: _Binding) -> None:
        """Every address a row names lies in memory of this executor."""
        owned = [*self._owned(), *binding.workspace.constants]
        ranges = [(array.ctypes.data, array.ctypes.data + array.nbytes) for array in owned]
        for step in binding.steps:
            for row in step.rows or ():
                for tensor in (*row.reads, *row.writes):
                    end = tensor.address + tensor.nbytes
                    if not any(low <= tensor.address and end <= high for low, high in ranges):
                        raise PlanError(
                            f"{row.kernel.symbol} of node {step.step.node!r} reaches outside the plan's memory"
                        )

    def _owned(self) -> list[Array]:
        constants = [self._arrays[index] for index in self.plan.constants]
        return [self._arena, self._memory, self.gradients, self.parameters.flat, *constants]

    def _ready(self, part: _Stretch | int) -> Callable[[int, int], None]:
        if isinstance(part, int):
            call = self._calls[part]

            def reference(step: int, seed: int) -> None:
                with np.errstate(all="ignore"):
                    call(step, seed)

            return reference
        table, keep = part.table()
        threads = pool(self.threads if part.is_shared else 1)
        job = Job(threads, table.ctypes.data, len(part.rows))
        complaint = self._complaint

        def native(step: int, seed: int, _keep: object = (table, keep)) -> None:
            job.run()
            if complaint[0]:
                self._complain(step, seed)

        return native

    def _complain(self, step: int, seed: int) -> None:
        """A kernel refused its inputs: the numpy definition says why."""
        number, self._complaint[0] = int(self._complaint[0]), 0
        self._calls[number - 1](step, seed)


def are_ready(plan: Plan) -> bool:
    """Whether every kernel that ``plan`` needs is compiled."""
    binding = _dry_binding(optimized(replace(plan, recomputes=False)))  # again calls for the same kernels
    routines = (run_alone, publish, take_part, serve)
    return all(kernel.is_ready for kernel in (*routines, *(row.kernel for row in binding.rows)))


def native_plan(plan: Plan) -> tuple[Plan, tuple[bool, ...], int]:
    """The plan that ``NativeExecutor`` would run, which of its steps run natively, and the bytes they work in."""
    plan = optimized(plan, without_scratch)
    binding = _dry_binding(plan)
    if binding.shared_work < WORTH_SHARING:
        binding = _dry_binding(plan, 1)
    return plan, tuple(step.rows is not None for step in binding.steps), binding.workspace.nbytes


def without_scratch(plan: Plan) -> Plan:
    """Native kernels mostly have working memory of their own, and do not want what numpy definitions do."""
    kept = (
        bound.step
        if bound.rows is None or bound.step.primitive.name in USES_SCRATCH
        else replace(bound.step, scratch=())
        for bound in _dry_binding(plan).steps
    )
    return replace(plan, steps=tuple(kept))


def _exempt(tensor: Tensor, guarded: Sequence[Array], before: Sequence[Array]) -> None:
    """What a step may write is taken as it is now."""
    for memory, kept in zip(guarded, before, strict=True):
        start = tensor.address - memory.ctypes.data
        if 0 <= start < memory.size:
            kept[start : start + tensor.nbytes] = memory[start : start + tensor.nbytes]


def _pieces(threads: int) -> int:
    """Into how many a row is cut."""
    return threads * PIECES if threads > 1 else 1


def _dry_binding(plan: Plan, threads: int | None = None) -> _Binding:
    """Rows without memory: what would run."""
    threads = core_count() if threads is None else threads
    tensors = [Tensor(0, slot.spec.shape, slot.spec.dtype) for slot in plan.slots]  # type: ignore[arg-type]  # concrete
    binding = _Binding(Workspace(_pieces(threads), threads))
    binding.bind(plan.steps, tensors)
    return binding


@dataclass(frozen=True, slots=True)
class _BoundStep:
    """``work``: (address, bytes) of the memory it works in besides its tensors."""

    step: Step
    rows: list[Row] | None
    work: Sequence[tuple[int, int]] = ()


@dataclass(slots=True)
class _Stretch:
    """Rows that run one after the other in one call."""

    rows: list[Row] = field(default_factory=list)

    @property
    def is_shared(self) -> bool:
        return any(not row.serial for row in self.rows)

    def table(self) -> tuple[Array, list[Array]]:
        """What the interpreter reads, and the argument blocks it points to."""
        meetings = meeting_places(self.rows)
        blocks = [np.array(row.block(), np.int64) for row in self.rows]
        table = np.zeros((len(self.rows), ROW_WORDS), np.int64)
        for place, (row, block) in enumerate(zip(self.rows, blocks, strict=True)):
            how = (MEET if place in meetings else 0) | (SERIAL if row.serial else 0)
            table[place, :4] = row.kernel.address, block.ctypes.data, how, row.pieces
        for first, last, turns in _loops(self.rows):
            table[last, 5:] = turns, first
        return table, blocks


@dataclass(slots=True)
class _Binding:
    workspace: Workspace
    steps: list[_BoundStep] = field(default_factory=list)

    def bind(self, steps: Iterable[Step], tensors: Sequence[Tensor]) -> None:
        for number, step in enumerate(steps, start=1):
            binder = BINDERS.get(step.primitive.name)
            self.workspace.begin()
            bound = Bound(
                number,
                step.primitive.name,
                tuple(tensors[slot] for slot in step.inputs),
                tuple(tensors[slot] for slot in step.outputs),
                tuple(tensors[slot] for slot in step.scratch),
                step.attrs,
                self.workspace,
            )
            rows = binder(bound) if binder else None
            self.steps.append(_BoundStep(step, rows, self.workspace.taken))

    @property
    def rows(self) -> list[Row]:
        return [row for step in self.steps for row in step.rows or ()]

    @property
    def shared_work(self) -> float:
        """Of rows that several threads may do. What is computed again counts once, as how many threads there are may
        round results otherwise."""
        rows = (row for each in self.steps if each.step.phase != "again" for row in each.rows or ())
        return sum(row.whole_work for row in rows if not row.serial)

    @property
    def parts(self) -> list[_Stretch | int]:
        """Stretches of native steps, and the numbers of the steps between them."""
        parts: list[_Stretch | int] = []
        for number, step in enumerate(self.steps):
            if step.rows is None:
                parts.append(number)
                continue
            if not parts or not isinstance(parts[-1], _Stretch):
                parts.append(_Stretch())
            stretch = parts[-1]
            assert isinstance(stretch, _Stretch)
            stretch.rows += step.rows
        return [part for part in parts if isinstance(part, int) or part.rows]


def meeting_places(rows: Sequence[Row]) -> set[int]:
    """After which rows threads must meet: before one touches what another row since has written, or would
    write what another has read, and before a loop's next turn. Rows that one thread does alone need no meeting among
    themselves."""
    ends = {last for first, last, _ in _loops(rows) if not all(row.serial for row in rows[first : last + 1])}
    places: set[int] = set()
    since: list[Row] = []
    for number, row in enumerate(rows):
        if any(_conflict(before, row) for before in since if not (before.serial and row.serial)):
            places.add(number - 1)
            since = []
        since.append(row)
        if number in ends:
            places.add(number)
            since = []
    return places


def _loops(rows: Sequence[Row]) -> Iterator[tuple[int, int, int]]:
    """Of every loop its first row, its last row and its turns."""
    first = 0
    for number, row in enumerate(rows):
        if row.loop is None or (number and rows[number - 1].loop is not row.loop):
            first = number
        if row.loop is not None and (number + 1 == len(rows) or rows[number + 1].loop is not row.loop):
            yield first, number, row.loop.turns


def _conflict(before: Row, after: Row) -> bool:
    return (
        (before.is_private and after.is_private)
        or overlap(before.writes, after.reads)
        or overlap(before.writes, after.writes)
        or overlap(before.reads, after.writes)
    )

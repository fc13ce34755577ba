"""A program of one step, run over all steps of a sequence: what recurrent layers lower to.

The body is a program of its own, so a recurrent layer is a composition like any other, and its gradient is the
body's, differentiated once and run from the last step to the first. Time comes first in sequences and results.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graph_engine.kernels import differentiate, ops
from graph_engine.kernels.primitive import Gradients, Primitive, Specs
from graph_engine.kernels.program import Array, Op, Program, Value, live_ops
from graph_engine.values import LayerloomError, TensorSpec

Given = tuple[tuple[Value, ...], ...]
Run = Callable[[], None]
_FLOATS = ("float32", "float64")


@dataclass(frozen=True, eq=False)
class Body:
    """One step. ``sequences``: what it takes of each sequence; ``fixed``: what is the same in every step.

    ``results``: the states after the step, of the shapes of ``states``.
    """

    program: Program
    sequences: tuple[Value, ...]
    states: tuple[Value, ...]
    fixed: tuple[Value, ...]
    results: tuple[Value, ...]

    @functools.cached_property
    def ops(self) -> tuple[Op, ...]:
        return tuple(live_ops(self.program.ops, self.results))

    @functools.cached_property
    def flops(self) -> int:
        return sum(op.primitive.flops(op) for op in self.ops)

    @property
    def differentiable(self) -> tuple[Value, ...]:
        """The inputs that have gradients, in the order of inputs."""
        return tuple(v for v in (*self.sequences, *self.states, *self.fixed) if v.dtype in _FLOATS)

    @functools.cached_property
    def backward(self) -> Backward:
        """One step back, which computes the step again: only the states of all steps are kept."""
        program = Program(floats=self.program.floats)
        copies: dict[Value, Value] = {}
        for value in (*self.sequences, *self.states, *self.fixed):
            copies[value] = program.feed("", value.spec)
        for value, array in self.program.constants.items():
            copies[value] = program.constant(array, value.dtype)
        for op in self.ops:
            outputs = program.emit(op.primitive, tuple(copies[value] for value in op.inputs), op.attrs)
            copies |= dict(zip(op.outputs, outputs, strict=True))
        arriving = tuple(program.feed("", value.spec) for value in self.results)
        wrt = [copies[value] for value in self.differentiable]
        found = differentiate.gradients(program, [copies[value] for value in self.results], arriving, wrt)
        needed = tuple(live_ops(program.ops, [value for value in found if value is not None]))
        return Backward(program, copies, arriving, tuple(found), needed)

    def split(self, items: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any], Sequence[Any]]:
        """Sequences, states and what is fixed."""
        first = len(self.sequences)
        second = first + len(self.states)
        return items[:first], items[first:second], items[second : second + len(self.fixed)]


@dataclass(frozen=True, eq=False)
class Backward:
    """``copies``: the body's values in this program; ``found``: gradients of ``Body.differentiable``."""

    program: Program
    copies: dict[Value, Value]
    arriving: tuple[Value, ...]
    found: tuple[Value | None, ...]
    ops: tuple[Op, ...]


class Scan(Primitive):
    """(sequences, first states, fixed values) -> every state after every step. ``body``: see Body."""

    name = "scan"

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        _, states, _ = attrs["body"].split(inputs)
        return tuple(state.with_shape((inputs[0].shape[0], *state.shape)) for state in states)

    def scratch(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        body: Body = attrs["body"]
        return (*_specs((*body.sequences, *body.states)), *_working(body.ops))

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        body: Body = attrs["body"]
        scratch = iter(attrs["scratch"])
        sequences, states, fixed = body.split(inputs)
        arrays = dict(zip(body.fixed, fixed, strict=True)) | body.program.constants
        taken = [arrays.setdefault(value, next(scratch)) for value in body.sequences]
        before = [arrays.setdefault(value, next(scratch)) for value in body.states]
        calls = _bound(body.ops, arrays, scratch)
        after = [arrays[value] for value in body.results]
        last = states
        for step in range(len(outputs[0])):
            _copy(taken, [sequence[step] for sequence in sequences])
            _copy(before, last)
            for call in calls:
                call()
            last = [output[step] for output in outputs]
            _copy(last, after)

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        body: Body = op.attrs["body"]
        arriving = [_or_zeros(each, like) for each, like in zip(gradients, op.outputs, strict=True)]
        found = iter(scan_gradient.several(*op.inputs, *op.outputs, *arriving, body=body))
        own = (*body.sequences, *body.states, *body.fixed)
        return tuple(next(found) if value.dtype in _FLOATS else None for value in own)

    def flops(self, op: Op) -> int:
        body: Body = op.attrs["body"]
        return (op.inputs[0].shape[0] if op.inputs else 0) * body.flops


class ScanGradient(Primitive):
    """Gradients of every float input, from inputs, the states of all steps and their gradients."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return tuple(spec for spec in inputs[: _count(attrs["body"])] if spec.dtype in _FLOATS)

    def scratch(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        body: Body = attrs["body"]
        back = body.backward
        return (*_specs((*body.sequences, *body.states, *back.arriving)), *_working(back.ops))

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        body: Body = attrs["body"]
        back, scratch = body.backward, iter(attrs["scratch"])
        count, states = _count(body), len(body.states)
        sequences, first, fixed = body.split(inputs[:count])
        stacks, flowing = inputs[count : count + states], inputs[count + states :]
        arrays = {back.copies[value]: array for value, array in zip(body.fixed, fixed, strict=True)}
        arrays |= back.program.constants
        taken = [arrays.setdefault(back.copies[value], next(scratch)) for value in body.sequences]
        before = [arrays.setdefault(back.copies[value], next(scratch)) for value in body.states]
        arriving = [arrays.setdefault(value, next(scratch)) for value in back.arriving]
        calls = _bound(back.ops, arrays, scratch)
        found = [None if value is None else arrays[value] for value in back.found]
        into = dict(zip(body.differentiable, outputs, strict=True))
        for array in outputs:
            array.fill(0)
        carried = [into[value] for value in body.states]
        for step in reversed(range(len(stacks[0]))):
            _copy(taken, [sequence[step] for sequence in sequences])
            _copy(before, [stack[step - 1] for stack in stacks] if step else first)
            for total, above, here in zip(arriving, carried, flowing, strict=True):
                np.add(above, here[step], out=total)
            for call in calls:
                call()
            for value, gradient in zip(body.differentiable, found, strict=True):
                _take(into[value], gradient, step, value, body)

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        raise LayerloomError("a recurrent layer has no second derivative")

    def flops(self, op: Op) -> int:
        body: Body = op.attrs["body"]
        return op.inputs[0].shape[0] * sum(each.primitive.flops(each) for each in body.backward.ops)


class Taking:
    """What the body of a scan takes from the program around it: every value once, as an input that is fixed."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.taken: dict[Value, Value] = {}

    def __call__(self, value: Value) -> Value:
        """The value inside the body."""
        if value not in self.taken:
            self.taken[value] = self.program.feed("", value.spec)
        return self.taken[value]


Step = Callable[[Taking, tuple[Value, ...], tuple[Value, ...]], Sequence[Value]]


def scan(step: Step, sequences: Sequence[Value], states: Sequence[Value]) -> tuple[Value, ...]:
    """Every state after every step. ``step`` is given what the sequences hold at one step, and the states before
    it, and emits the states after it; other values around it enter through the first argument."""
    outer = sequences[0].program
    program = Program(floats=outer.floats)
    here = tuple(program.feed("", value.spec.with_shape(value.shape[1:])) for value in sequences)
    before = tuple(program.feed("", value.spec) for value in states)
    taking = Taking(program)
    body = Body(program, here, before, (), tuple(step(taking, here, before)))
    body = Body(program, here, before, tuple(taking.taken.values()), body.results)
    return scan_.several(*sequences, *states, *taking.taken, body=body)


def _count(body: Body) -> int:
    return len(body.sequences) + len(body.states) + len(body.fixed)


def _specs(values: Iterable[Value]) -> Specs:
    return tuple(value.spec for value in values)


def _working(steps: Iterable[Op]) -> Specs:
    """Memory of every op that is no view, and what it works in, in the order in which ``_bound`` takes it."""
    return tuple(
        spec
        for op in steps
        for spec in (
            *(() if op.primitive.is_view else _specs(op.outputs)),
            *op.primitive.scratch(*_specs(op.inputs), **op.attrs),
        )
    )


def _bound(steps: Iterable[Op], arrays: dict[Value, Array], memory: Iterator[Array]) -> list[Run]:
    """The ops as calls without arguments; ``arrays`` learns where every value lies."""
    calls: list[Run] = []
    for op in steps:
        inputs = [arrays[value] for value in op.inputs]
        if op.primitive.is_view:
            (value,) = op.outputs
            arrays[value] = inputs[0].reshape(value.shape)
            continue
        outputs = [arrays.setdefault(value, next(memory)) for value in op.outputs]
        extras: dict[str, Any] = {}
        if wanted := op.primitive.scratch(*_specs(op.inputs), **op.attrs):
            extras["scratch"] = [next(memory) for _ in wanted]
        calls.append(functools.partial(op.primitive.forward, outputs, inputs, **op.attrs, **extras))
    return calls


def _copy(targets: Sequence[Array], sources: Sequence[Array]) -> None:
    for target, source in zip(targets, sources, strict=True):
        target[...] = source


def _take(total: Array, gradient: Array | None, step: int, value: Value, body: Body) -> None:
    """A step's gradient into its place: of a sequence its own step, of a state the step before, else a sum."""
    if value in body.sequences:
        total[step] = 0.0 if gradient is None else gradient
    elif value in body.states:
        total[...] = 0.0 if gradient is None else gradient
    elif gradient is not None:
        total += gradient


def _or_zeros(gradient: Value | None, like: Value) -> Value:
    return gradient if gradient is not None else ops.broadcast_to(ops.number(0.0, like), like.shape)


scan_ = Scan()
scan_gradient = ScanGradient()

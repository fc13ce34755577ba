"""Reverse-mode differentiation: a rule per primitive, summed where a value is used several times."""

from __future__ import annotations

from collections.abc import Sequence

from graph_engine.kernels import ops
from graph_engine.kernels.program import Op, Program, Value


def gradients(
    program: Program, outputs: Sequence[Value], cotangents: Sequence[Value], wrt: Sequence[Value]
) -> list[Value | None]:
    """Emit the gradients of ``sum(outputs * cotangents)`` with respect to ``wrt``.

    Only ops on a path from ``wrt`` to ``outputs`` are differentiated: inputs and frozen parts cost
    nothing. None where nothing depends on a value.
    """
    needed = _depending_on(program.ops, wrt)
    found: dict[Value, Value] = {}
    for output, cotangent in zip(outputs, cotangents, strict=True):
        _accumulate(found, output, cotangent)
    for op in reversed(list(program.ops)):
        if not any(value in needed for value in op.outputs):
            continue
        arriving = tuple(found.get(value) for value in op.outputs)
        if all(gradient is None for gradient in arriving):
            continue
        with program.at(op.node):
            _propagate(op, arriving, needed, found)
    return [found.get(value) for value in wrt]


def _depending_on(ops_in_order: Sequence[Op], sources: Sequence[Value]) -> set[Value]:
    reached = set(sources)
    for op in ops_in_order:
        if any(value in reached for value in op.inputs):
            reached.update(op.outputs)
    return reached


def _propagate(
    op: Op, arriving: tuple[Value | None, ...], needed: set[Value], found: dict[Value, Value]
) -> None:
    for value, gradient in zip(op.inputs, op.primitive.vjp(op, *arriving), strict=True):
        if gradient is not None and value in needed:
            assert gradient.shape == value.shape, f"gradient rule of {op.primitive.name}"
            _accumulate(found, value, gradient)


def _accumulate(found: dict[Value, Value], value: Value, gradient: Value) -> None:
    found[value] = ops.add(found[value], gradient) if value in found else gradient

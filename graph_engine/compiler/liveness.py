"""How long each value lives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graph_engine.kernels.program import Op, Value


def last_uses(ops: Sequence[Op], roots: dict[Value, Value], kept: Iterable[Value]) -> dict[Value, int]:
    """For each memory root the index of the last op that touches it; ``kept`` ones outlive the plan."""
    last: dict[Value, int] = {}
    for index, op in enumerate(ops):
        for value in (*op.inputs, *op.outputs):
            last[roots[value]] = index
    for value in kept:
        last[roots[value]] = len(ops)
    return last


def memory_roots(ops: Sequence[Op], entering: Iterable[Value]) -> dict[Value, Value]:
    """Which value owns each value's memory: itself, or for views what they look at."""
    roots = {value: value for value in entering}
    for op in ops:
        for value in op.outputs:
            roots[value] = roots[op.inputs[0]] if op.primitive.is_view else value
    return roots

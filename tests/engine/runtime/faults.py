"""Kernels that do what none may, to see that it is found."""

from __future__ import annotations

from collections.abc import Callable

from graph_engine.kernels.native.rows import Binder, Bound, Rows


def one_row_too_many(honest: Binder) -> Binder:
    """A binder whose kernel is told of one row more than there is."""

    def bind(step: Bound) -> Rows:
        (row,) = honest(step) or []
        object.__setattr__(row, "arguments", {**row.arguments, "rows": row.arguments["rows"] + 1})
        return [row]

    return bind


def astray(honest: Binder, result: str, end: Callable[[Bound], int]) -> Binder:
    """A binder whose kernel writes its argument ``result`` so that it ends one float32 beyond the address ``end``."""

    def bind(step: Bound) -> Rows:
        (row,) = honest(step) or []
        (y,) = step.outputs
        object.__setattr__(row, "arguments", {**row.arguments, result: end(step) + 4 - y.nbytes})
        return [row]

    return bind

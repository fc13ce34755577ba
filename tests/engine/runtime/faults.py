"""Kernels that do what none may, to see that it is found."""

from __future__ import annotations

from graph_engine.kernels.native.rows import Binder, Bound, Rows


def one_row_too_many(honest: Binder) -> Binder:
    """A binder whose kernel is told of one row more than there is."""

    def bind(step: Bound) -> Rows:
        (row,) = honest(step) or []
        object.__setattr__(row, "arguments", {**row.arguments, "rows": row.arguments["rows"] + 1})
        return [row]

    return bind

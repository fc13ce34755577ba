"""Rows of tables by index, and classes as vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graph_engine.kernels.primitive import Gradients, Primitive, Specs
from graph_engine.kernels.program import Array, Op, Value
from graph_engine.values import DType, LayerloomError, TensorSpec


class Gather(Primitive):
    """``table[indices]``: (rows, *rest) and integer (*places) -> (*places, *rest)."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        table, indices = inputs
        return (table.with_shape((*indices.shape, *table.shape[1:])),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        table, indices = inputs
        _require_rows(indices, len(table))
        np.take(table, indices, axis=0, out=outputs[0], mode="clip")

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        table, indices = op.inputs
        return scatter_add(gradient, indices, shape=table.shape), None

    def flops(self, op: Op) -> int:
        return 0


class ScatterAdd(Primitive):
    """Zeros of ``shape`` to whose rows the values are added: what repeats, adds up."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (inputs[0].with_shape(tuple(attrs["shape"])),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        (table,), (values, indices) = outputs, inputs
        flat = indices.reshape(-1)
        order = np.argsort(flat, kind="stable")  # then equal ones are neighbours, added up in one sweep
        rows, starts = np.unique(flat[order], return_index=True)
        table.fill(0)
        table[rows] = np.add.reduceat(values.reshape(len(flat), *table.shape[1:])[order], starts, axis=0)

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (gradient,) = gradients
        assert gradient is not None
        return gather(gradient, op.inputs[1]), None


class OneHot(Primitive):
    """Integer (*places) -> (*places, depth) with a one at the index; indices outside give zeros."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        dtype: DType = attrs["dtype"]
        return (TensorSpec((*inputs[0].shape, attrs["depth"]), dtype),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        np.equal(inputs[0][..., None], np.arange(attrs["depth"]), out=outputs[0], casting="unsafe")

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        return (None,)


def _require_rows(indices: Array, rows: int) -> None:
    if indices.size and (indices.min() < 0 or indices.max() >= rows):
        worst = int(indices.min() if indices.min() < 0 else indices.max())
        raise LayerloomError(f"index {worst} is outside a table of {rows} rows (0 to {rows - 1})")


gather = Gather()
scatter_add = ScatterAdd()
one_hot_ = OneHot()

"""Matrix products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.primitive import Gradients, Primitive, Specs
from graph_engine.kernels.program import Array, Op, Value
from graph_engine.values import ShapeError, TensorSpec


class MatMul(Primitive):
    """``a @ b`` over the last two axes, either one transposed; leading axes of ``a`` and ``b`` are equal."""

    name = "matmul"

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        a, b = inputs
        rows, inner_a = _matrix(a, attrs.get("transpose_a", False))
        inner_b, columns = _matrix(b, attrs.get("transpose_b", False))
        if inner_a != inner_b or a.shape[:-2] != b.shape[:-2]:
            raise ShapeError(f"matrices of shapes {a.shape} and {b.shape} cannot be multiplied")
        return (a.with_shape((*a.shape[:-2], rows, columns)),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        a, b = inputs
        a = a.swapaxes(-1, -2) if attrs.get("transpose_a") else a
        b = b.swapaxes(-1, -2) if attrs.get("transpose_b") else b
        np.matmul(a, b, out=outputs[0])

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        (a, b), (g,) = op.inputs, gradients
        assert g is not None
        ta, tb = op.attrs.get("transpose_a", False), op.attrs.get("transpose_b", False)
        da = (
            ops.matmul(b, g, transpose_a=tb, transpose_b=True) if ta else ops.matmul(g, b, transpose_b=not tb)
        )
        db = (
            ops.matmul(g, a, transpose_a=True, transpose_b=ta) if tb else ops.matmul(a, g, transpose_a=not ta)
        )
        return da, db

    def flops(self, op: Op) -> int:
        *leading, rows, columns = op.outputs[0].shape
        inner = op.inputs[0].shape[-2 if op.attrs.get("transpose_a") else -1]
        return 2 * int(np.prod(leading)) * rows * columns * inner


def _matrix(spec: TensorSpec, transposed: bool) -> tuple[int | None, int | None]:
    rows, columns = spec.shape[-2:]
    return (columns, rows) if transposed else (rows, columns)


matmul = MatMul()

"""Order, and matrices by their diagonals (``keras.ops``)."""

from __future__ import annotations

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Example
from graph_engine.layers.operations.base import Operation
from graph_engine.layers.operations.dtypes import as_dtype, counted
from graph_engine.layers.operations.reductions import axes_of
from graph_engine.params import boolean, integer
from graph_engine.values import ShapeError

_X = (3, 4, 5)


class ArgsortOp(Operation):
    """The places, as int32, that put the numbers in ascending order."""

    examples = (Example(inputs=(_X,), config={"axis": 1}), Example(inputs=((2, 3),), dtype="int32"))
    axis: int | None = integer(-1, optional=True, help="Along which; all numbers in a row without it.")

    def compute(self, x: Value) -> Value:
        y = ops.reshape(x, (-1,)) if self.axis is None else x
        return as_dtype(ops.argsort(y, -1 if self.axis is None else self.axis), "int32")


class SortOp(Operation):
    """In ascending order."""

    examples = (Example(inputs=(_X,), config={"axis": 1}), Example(inputs=((2, 3),), dtype="int32"))
    axis: int | None = integer(-1, optional=True, help="Along which; all numbers in a row without it.")

    def compute(self, x: Value) -> Value:
        y, axis = (ops.reshape(x, (-1,)), 0) if self.axis is None else (x, self.axis)
        return ops.take_along(y, ops.argsort(y, axis), axis)


class TopKOp(Operation):
    """The largest numbers of the last axis and where they are."""

    module = "math"
    outputs = ("values", "indices")
    examples = (Example(inputs=((2, 5),), config={"k": 3}),)
    k: int = integer(1, minimum=1, help="How many.")
    sorted: bool = boolean(True, help="Whether the largest comes first; it does anyway.")

    def compute(self, x: Value) -> tuple[Value, Value]:
        if x.shape[-1] < self.k:
            raise ShapeError(f"the last axis has {x.shape[-1]} numbers, fewer than {self.k}")
        places = ops.slice_axis(ops.argsort(-counted(x)), -1, 0, self.k)
        return ops.take_along(x, places, -1), as_dtype(places, "int32")


class InTopKOp(Operation):
    """Whether the target is among the largest predictions."""

    module = "math"
    operands = ("targets", "predictions")
    examples = (Example(inputs=((3,), (3, 4)), config={"k": 2}, dtypes=("int32", "float32")),)
    k: int = integer(1, minimum=1, help="How many count.")

    def compute(self, targets: Value, predictions: Value) -> Value:
        mine = ops.take_along(predictions, ops.expand_dims(targets, -1), -1)
        larger = as_dtype(ops.greater(predictions, mine), "int32")
        return ops.less(ops.sum(larger, (-1,)), targets.program.constant(self.k, "int32"))


class _Triangle(Operation):
    """Matrices of the last two axes, cut along a diagonal."""

    examples = (
        Example(inputs=((2, 3, 4),)),
        Example(inputs=((2, 4, 3),), config={"k": -1}, dtype="int32"),
    )
    k: int = integer(0, help="Which diagonal: the main one is 0, those above it count up.")

    def cut(self, x: Value) -> tuple[Value, Value]:
        """Columns and shifted rows, to be compared."""
        if x.rank < 2:
            raise ShapeError(f"matrices have two axes, got {x.shape}")
        rows = x.program.constant(np.arange(x.shape[-2])[:, None], "int64")
        return x.program.constant(np.arange(x.shape[-1]), "int64"), rows + self.k


class TrilOp(_Triangle):
    """Zeros above a diagonal."""

    def compute(self, x: Value) -> Value:
        return ops.where(ops.less_equal(*self.cut(x)), x, ops.number(0, x))


class TriuOp(_Triangle):
    """Zeros below a diagonal."""

    def compute(self, x: Value) -> Value:
        return ops.where(ops.less(*self.cut(x)), ops.number(0, x), x)


class DiagonalOp(Operation):
    """The diagonal of two axes, as the last one."""

    examples = (
        Example(inputs=((2, 3, 4),), config={"axis1": 1, "axis2": 2}),
        Example(inputs=((2, 3, 4),), config={"offset": 1, "axis1": 2, "axis2": 1}),
    )
    offset: int = integer(0, help="Which diagonal: the main one is 0.")
    axis1: int = integer(0, help="The axis of rows.")
    axis2: int = integer(1, help="The axis of columns.")

    def compute(self, x: Value) -> Value:
        return ops.diagonal(x, self.offset, self.axis1, self.axis2)


class TraceOp(DiagonalOp):
    """The sum of the diagonal of two axes."""

    def compute(self, x: Value) -> Value:
        return ops.sum(counted(super().compute(x)), (-1,))


class DiagOp(Operation):
    """A vector as the diagonal of a matrix, or a matrix' diagonal."""

    examples = (Example(inputs=((3,),), config={"k": 1}), Example(inputs=((3, 4),), config={"k": -1}))
    k: int = integer(0, help="Which diagonal: the main one is 0.")

    def compute(self, x: Value) -> Value:
        if x.rank == 2:
            return ops.diagonal(x, self.k, 0, 1)
        if x.rank != 1:
            raise ShapeError(f"a vector or a matrix is wanted, got {x.shape}")
        size = x.shape[0] + abs(self.k)
        rows = x.program.constant(np.arange(size)[:, None], "int64")
        columns = x.program.constant(np.arange(size), "int64")
        before = max(self.k, 0)
        spread = ops.pad(counted(x), ((before, size - before - x.shape[0]),))
        hit = ops.equal(columns, rows + self.k)
        return as_dtype(ops.where(hit, spread, ops.number(0, spread)), x.dtype)


class DiffOp(Operation):
    """Differences of neighbours."""

    operands = ("a",)
    examples = (Example(inputs=((2, 4),)), Example(inputs=((2, 4, 3),), config={"n": 2, "axis": 1}))
    n: int = integer(1, minimum=0, help="How many times.")
    axis: int = integer(-1, help="Along which axis.")

    def compute(self, a: Value) -> Value:
        (axis,) = axes_of(a, self.axis)
        for _ in range(self.n):
            size = a.shape[axis]
            after, before = ops.slice_axis(a, axis, 1, size), ops.slice_axis(a, axis, 0, size - 1)
            a = ops.not_equal(after, before) if a.dtype == "bool" else after - before
        return a

"""Products of matrices and vectors (``keras.ops``)."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Example, Ports
from graph_engine.layers.operations.base import Operation, operand
from graph_engine.layers.operations.dtypes import floating, numbers
from graph_engine.layers.operations.reductions import axes_of
from graph_engine.params import constant, integer, text
from graph_engine.values import ShapeError

_MATRIX: Final = [[1.0, 0.5], [0.0, 2.0], [-1.0, 1.0]]


class _Product(Operation):
    """Two operands, each a wire or a constant."""

    operands = ("x1", "x2")
    examples: ClassVar[tuple[Example, ...]] = (Example(inputs=((2, 3), (2, 3))),)

    x1: Any = operand()
    x2: Any = operand()


class MatmulOp(_Product):
    """The product of matrices; leading axes broadcast."""

    examples = (
        Example(inputs=((2, 3, 4), (2, 4, 5))),
        Example(inputs=((2, 3),), config={"x2": _MATRIX}),
        Example(inputs=((2, 1, 3, 4), (2, 5, 4, 2))),
        Example(inputs=((2, 3),), config={"x2": [1.0, 0.5, 2.0]}),
        Example(inputs=((2, 3, 4),), config={"x1": [0.5, 1.0, 2.0]}, dtype="int32"),
    )

    def compute(self, x1: Value, x2: Value) -> Value:
        return ops.product(*numbers(x1, x2))


class DotOp(_Product):
    """The product over the last axis of the first and the last but one of the second."""

    examples = (Example(inputs=((2, 3),), config={"x2": _MATRIX}), Example(inputs=((2, 3), (2, 3, 4))))

    def compute(self, x1: Value, x2: Value) -> Value:
        a, b = numbers(x1, x2)
        if not a.rank or not b.rank:
            return a * b
        return ops.tensordot(a, b, ((-1,), (-1 if b.rank == 1 else -2,)))


class InnerOp(_Product):
    """The product over the last axes."""

    examples = (Example(inputs=((2, 3), (2, 3))),)

    def compute(self, x1: Value, x2: Value) -> Value:
        a, b = numbers(x1, x2)
        return a * b if not a.rank or not b.rank else ops.tensordot(a, b, ((-1,), (-1,)))


class VdotOp(_Product):
    """The sum of the products of all numbers."""

    def compute(self, x1: Value, x2: Value) -> Value:
        a, b = numbers(x1, x2)
        return ops.sum(ops.reshape(a, (-1,)) * ops.reshape(b, (-1,)))


class OuterOp(_Product):
    """Each number of the first times each of the second."""

    examples = (Example(inputs=((2, 3), (2,))),)

    def compute(self, x1: Value, x2: Value) -> Value:
        a, b = numbers(x1, x2)
        return ops.reshape(a, (math.prod(a.shape), 1)) * ops.reshape(b, (1, math.prod(b.shape)))


class KronOp(_Product):
    """Each number of the first times all of the second: Kronecker's product."""

    examples = (Example(inputs=((2, 3), (2, 2))),)

    def compute(self, x1: Value, x2: Value) -> Value:
        a, b = numbers(x1, x2)
        rank = max(a.rank, b.rank)
        first = (1,) * (rank - a.rank) + a.shape
        second = (1,) * (rank - b.rank) + b.shape
        wide = ops.reshape(a, tuple(size for each in first for size in (each, 1)))
        deep = ops.reshape(b, tuple(size for each in second for size in (1, each)))
        return ops.reshape(wide * deep, tuple(p * q for p, q in zip(first, second, strict=True)))


class CrossOp(_Product):
    """The vector at right angles to both."""

    examples = (Example(inputs=((2, 3), (2, 3))),)
    axisa: int = integer(-1, help="Where the first has its vectors.")
    axisb: int = integer(-1, help="Where the second has its vectors.")
    axisc: int = integer(-1, help="Where the result has its vectors.")
    axis: int | None = integer(None, optional=True, help="All three at once.")

    def compute(self, x1: Value, x2: Value) -> Value:
        places = (self.axisa, self.axisb, self.axisc) if self.axis is None else (self.axis,) * 3
        a, b = (
            _components(x, axes_of(x, place)[0]) for x, place in zip(numbers(x1, x2), places, strict=False)
        )
        found = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
        return ops.stack(*found, axis=places[2])


class TensordotOp(_Product):
    """The product over several axes."""

    examples = (
        Example(inputs=((2, 2, 3),), config={"axes": 1, "x2": _MATRIX}),
        Example(inputs=((2, 3, 4), (2, 4, 5)), config={"axes": [[0, 2], [0, 1]]}),
    )
    axes: Any = constant(2, help="How many axes are added up, or which ones of the first and of the second.")

    def compute(self, x1: Value, x2: Value) -> Value:
        axes = self.axes["value"] if isinstance(self.axes, dict) else self.axes
        if isinstance(axes, list):
            axes = [axis if isinstance(axis, list) else [axis] for axis in axes]
        a, b = numbers(x1, x2)
        return ops.tensordot(a, b, axes)


class EinsumOp(Operation):
    """Products and sums in Einstein's notation."""

    operands = ("operands",)
    ports = Ports((), minimum=1)
    written = ("subscripts", "operands")
    examples = (
        Example(inputs=((2, 3, 4), (2, 5, 4)), config={"subscripts": "bij,bkj->bik"}),
        Example(inputs=((2, 3, 4),), config={"subscripts": "...i->..."}),
        Example(inputs=((2, 3, 3),), config={"subscripts": "bii->bi"}),
        Example(inputs=((2, 3), (2, 3, 4), (2, 4, 2)), config={"subscripts": "ab,abc,acd->ad"}),
        Example(inputs=((2, 3), (2, 3)), config={"subscripts": "ab,ab->b"}, dtype="int32"),
    )
    subscripts: str = text("...->...", help="A letter for every axis, such as ab,bc->ac.")

    def compute(self, *operands: Value) -> Value:
        return ops.einsum(self.subscripts, *numbers(*operands))


class CDistOp(Operation):
    """The distance of each row of the first from each row of the second."""

    module = "math"
    operands = ("x", "y")
    examples = (Example(inputs=((2, 3, 4), (2, 5, 4))),)

    def compute(self, x: Value, y: Value) -> Value:
        a, b = (floating(each) for each in numbers(x, y))
        gaps = ops.expand_dims(a, -2) - ops.expand_dims(b, -3)
        return ops.sqrt(ops.sum(ops.square(gaps), (-1,)))


def _components(x: Value, axis: int) -> list[Value]:
    if x.shape[axis] != 3:
        raise ShapeError(f"vectors of 3 numbers have a cross product, got {x.shape[axis]}")
    return [ops.squeeze(part, axis) for part in ops.split(x, [1, 1, 1], axis)]

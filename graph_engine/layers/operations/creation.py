"""Tensors made from another's shape, and facts about it (``keras.ops``)."""

from __future__ import annotations

import math
from typing import Any

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Example
from graph_engine.layers.operations.base import Operation, operand
from graph_engine.layers.operations.dtypes import CASTS, as_dtype
from graph_engine.params import choice


class _Like(Operation):
    """As many numbers as the input has."""

    examples = (
        Example(inputs=((2, 3),)),
        Example(inputs=((2, 3),), config={"dtype": "int32"}),
    )
    dtype: str | None = choice(
        None, CASTS, optional=True, help="The dtype of the result; the input's if none."
    )

    def filled(self, x: Value, content: float) -> Value:
        dtype = as_dtype(x, self.dtype).dtype if self.dtype else x.dtype
        return ops.broadcast_to(x.program.constant(content, dtype), x.shape)


class ZerosLikeOp(_Like):
    """Zeros."""

    def compute(self, x: Value) -> Value:
        return self.filled(x, 0)


class EmptyLikeOp(ZerosLikeOp):
    """Zeros, in place of what happens to be in memory."""


class OnesLikeOp(_Like):
    """Ones."""

    def compute(self, x: Value) -> Value:
        return self.filled(x, 1)


class FullLikeOp(_Like):
    """One number everywhere."""

    operands = ("x", "fill_value")
    examples = (
        Example(inputs=((2, 3),), config={"fill_value": 2.5}),
        Example(inputs=((2, 3), (2, 1)), config={"dtype": "int32"}),
    )
    fill_value: Any = operand()

    def compute(self, x: Value, fill_value: Value) -> Value:
        return ops.broadcast_to(as_dtype(fill_value, self.dtype or x.dtype), x.shape)


class SizeOp(Operation):
    """How many numbers there are."""

    def compute(self, x: Value) -> Value:
        return x.program.constant(math.prod(x.shape), "int32")


class NdimOp(Operation):
    """How many axes there are."""

    def compute(self, x: Value) -> Value:
        return x.program.constant(x.rank, "int32")

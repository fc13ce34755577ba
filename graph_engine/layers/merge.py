"""Where branches meet."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import (
    CONCATENATE_MISMATCH,
    LIST,
    PAIR,
    RESIDUAL_MISMATCH,
    Call,
    Example,
    Layer,
    summary_line,
)
from graph_engine.layers.operations.dtypes import floating, promoted, widest
from graph_engine.layers.requirements import (
    FLOATS,
    require_axis,
    require_floats,
    require_numbers,
    title,
)
from graph_engine.params import boolean, int_tuple, integer
from graph_engine.values import Dim, Shape, ShapeError, TensorSpec

_TWO = Example(inputs=((2, 3, 4), (2, 3, 4)))
_THREE = Example(inputs=((2, 5), (2, 5), (2, 5)))
_BROADCAST = Example(inputs=((2, 1, 4), (2, 3, 4)))
_RANKS = Example(inputs=((2, 3, 4), (2, 4), (2, 1)))
_MIXED = Example(inputs=((2, 4), (2, 4)), dtypes=("int32", "float32"))
_WHOLE = Example(inputs=((2, 4), (2, 4)), dtype="int32")


class _Elementwise(Layer):
    """Merges inputs element by element. An axis of size 1 is repeated; missing ones count as such, behind the batch."""

    family = "merge"
    ports = LIST

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        require_numbers(self, *inputs)
        rank, dtype = max(spec.rank for spec in inputs), widest(*(spec.dtype for spec in inputs))
        return functools.reduce(self._merged, (TensorSpec(_deep(spec.shape, rank), dtype) for spec in inputs))

    def _merged(self, first: TensorSpec, second: TensorSpec) -> TensorSpec:
        if not _equal(first.shape[:1], second.shape[:1]) or not all(map(_fit, first.shape, second.shape)):
            raise ShapeError(
                f"{title(self)} needs inputs of one shape, got {first} and {second}; "
                "project one with a 1\u00d71 convolution or a Dense, or use Concatenate",
                RESIDUAL_MISMATCH,
            )
        return first.with_shape(tuple(map(_common, first.shape, second.shape)))

    def lower(self, call: Call, *inputs: Value) -> Value:
        rank = max(value.rank for value in inputs)
        return self.merged(
            [ops.reshape(value, _deep(value.shape, rank)) for value in promoted(*inputs)],
            [
                ops.expand_dims(mask, -1)
                if mask is not None and value.rank == rank == mask.rank + 1
                else None
                for value, mask in zip(inputs, call.masks, strict=True)
            ],
        )

    def merged(self, values: Sequence[Value], masks: Sequence[Value | None]) -> Value:
        """``masks``: of the rank of the values, where there are such."""
        return functools.reduce(self.merge, values)

    def merge(self, first: Value, second: Value) -> Value:
        """Of two, for those that do not say ``merged``."""
        raise NotImplementedError

    def masked(self, *arriving: bool) -> bool:
        return all(arriving)

    def mask(self, call: Call, *inputs: Value) -> Value | tuple[Value | None, ...] | None:
        """Seen where one of the inputs is; without a mask as soon as one is without."""
        masks = [mask for mask in call.masks if mask is not None]
        return functools.reduce(ops.logical_or, masks) if len(masks) == len(inputs) else None


class _Extremum(_Elementwise):
    """What is masked in one input does not compete."""

    examples = (_TWO, _THREE, _BROADCAST, _RANKS, _WHOLE)

    def merged(self, values: Sequence[Value], masks: Sequence[Value | None]) -> Value:
        best, seen = values[0], masks[0]
        for value, mask in zip(values[1:], masks[1:], strict=True):
            rival = value if mask is None else ops.where(mask, value, best)
            best = best if seen is None else ops.where(seen, best, rival)
            seen = None if seen is None or mask is None else ops.logical_or(seen, mask)
            best = self.merge(best, rival)
        return best


class Add(_Elementwise):
    """Adds its inputs: how a residual connection ends."""

    formula = "y = x₁ + x₂ + …"
    title = "Add"
    examples = (_TWO, _THREE, _BROADCAST, _RANKS, _WHOLE, _MIXED)

    def merge(self, first: Value, second: Value) -> Value:
        return first + second


class Subtract(_Elementwise):
    """Takes the right input from the left one."""

    formula = "y = left − right"
    title = "Subtract"
    ports = PAIR
    examples = (_TWO, _BROADCAST, _WHOLE)

    def merge(self, first: Value, second: Value) -> Value:
        return first - second


class Multiply(_Elementwise):
    """Multiplies its inputs: how one branch weighs or gates another."""

    formula = "y = x₁ · x₂ · …"
    title = "Multiply"
    examples = (_TWO, _THREE, _BROADCAST, _RANKS, _WHOLE)

    def merged(self, values: Sequence[Value], masks: Sequence[Value | None]) -> Value:
        """What is masked counts as one; as zero where all of it is."""
        factors = [
            value if mask is None else ops.where(mask, value, ops.number(1, value))
            for value, mask in zip(values, masks, strict=True)
        ]
        product = super().merged(factors, masks)
        known = [mask for mask in masks if mask is not None]
        if len(known) < len(masks):
            return product
        return ops.where(functools.reduce(ops.logical_or, known), product, ops.number(0, product))

    def merge(self, first: Value, second: Value) -> Value:
        return first * second


class Average(_Elementwise):
    """Takes the mean of its inputs: how an ensemble votes."""

    formula = "y = (x₁ + … + xₙ) / n"
    title = "Average"
    examples = (_TWO, _THREE, _BROADCAST, _RANKS, _WHOLE)

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        found = super().infer(*inputs)
        return found if found.dtype in FLOATS else TensorSpec(found.shape, "float32")

    def merged(self, values: Sequence[Value], masks: Sequence[Value | None]) -> Value:
        return floating(super().merged(values, masks)) / len(values)

    def merge(self, first: Value, second: Value) -> Value:
        return first + second


class Maximum(_Extremum):
    """Keeps the largest of its inputs, element by element."""

    formula = "y = max(x₁, x₂, …)"
    title = "Maximum"

    def merge(self, first: Value, second: Value) -> Value:
        return ops.maximum(first, second)


class Minimum(_Extremum):
    """Keeps the smallest of its inputs, element by element."""

    formula = "y = min(x₁, x₂, …)"
    title = "Minimum"

    def merge(self, first: Value, second: Value) -> Value:
        return ops.minimum(first, second)


class Concatenate(Layer):
    """Sets its inputs side by side along one axis."""

    formula = "y = [x₁, x₂, …]"
    title = "Concatenate"
    family = "merge"
    ports = LIST
    examples = (
        Example(inputs=((2, 3), (2, 5), (2, 1))),
        Example(inputs=((2, 3, 4), (2, 2, 4)), config={"axis": 1}),
        Example(inputs=((2, 3), (2, 2)), dtype="int32"),
        _MIXED,
    )

    axis: int = integer(-1, help="The axis that grows; the last is -1.")

    def line(self) -> str:
        return "" if self.axis == -1 else f"axis {self.axis}"

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        axis = require_axis(self, inputs[0], self.axis)
        found = functools.reduce(lambda first, second: self._beside(first, second, axis), inputs)
        return TensorSpec(found.shape, widest(*(spec.dtype for spec in inputs)))

    def _beside(self, first: TensorSpec, second: TensorSpec, axis: int) -> TensorSpec:
        if first.rank != second.rank or not _equal(_without(first.shape, axis), _without(second.shape, axis)):
            raise ShapeError(
                f"Concatenate sets inputs side by side that differ along axis {self.axis} alone, "
                f"got {first} and {second}",
                CONCATENATE_MISMATCH,
            )
        sizes = [_known(mine, theirs) for mine, theirs in zip(first.shape, second.shape, strict=True)]
        mine, theirs = first.shape[axis], second.shape[axis]
        sizes[axis] = None if mine is None or theirs is None else mine + theirs
        return first.with_shape(tuple(sizes))

    def lower(self, call: Call, *inputs: Value) -> Value:
        return ops.concatenate(*promoted(*inputs), axis=self.axis)

    def masked(self, *arriving: bool) -> bool:
        return any(arriving)

    def mask(self, call: Call, *inputs: Value) -> Value | tuple[Value | None, ...] | None:
        """Without a mask, all of an input is seen; one for steps is one for all of their features."""
        if not any(mask is not None for mask in call.masks):
            return None
        wide = [_spread(value, mask) for value, mask in zip(inputs, call.masks, strict=True)]
        return ops.any(ops.concatenate(*wide, axis=self.axis), (-1,))


class Dot(Layer):
    """Multiplies two inputs and adds up along one axis of each: how similar they are."""

    formula = "y = Σₖ left[k] · right[k]"
    title = "Dot"
    family = "merge"
    ports = PAIR
    examples = (
        Example(inputs=((2, 4), (2, 4))),
        Example(inputs=((2, 3, 4), (2, 5, 3)), config={"axes": [1, 2]}),
        Example(inputs=((2, 3, 4), (2, 4)), config={"normalize": True}),
    )

    axes: tuple[int, ...] = int_tuple(
        (-1, -1), size=2, help="The axis of the left and of the right input that is added up; the last is -1."
    )
    normalize: bool = boolean(
        False, help="Whether to divide by the lengths first: cosine similarity, from -1 to 1."
    )

    def line(self) -> str:
        return summary_line(
            "" if self.axes == (-1, -1) else "axes {}, {}".format(*self.axes),
            "cosine" if self.normalize else "",
        )

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        require_floats(self, *inputs)
        left, right = inputs
        first, second = (require_axis(self, spec, axis) for spec, axis in zip(inputs, self.axes, strict=True))
        if not _equal((left.shape[first],), (right.shape[second],)):
            raise ShapeError(
                f"Dot adds up along axis {self.axes[0]} of the left and axis {self.axes[1]} of the right input, "
                f"whose sizes must be equal, got {left} and {right}"
            )
        kept = (*_without(left.shape, first)[1:], *_without(right.shape, second)[1:])
        return left.with_shape((_known(left.shape[0], right.shape[0]), *(kept or (1,))))

    def lower(self, call: Call, *inputs: Value) -> Value:
        left, right = (_rows(x, axis, self.normalize) for x, axis in zip(inputs, self.axes, strict=True))
        product = ops.matmul(left, right, transpose_b=True)
        kept = [
            size
            for x, axis in zip(inputs, self.axes, strict=True)
            for size in _without(x.shape, axis % x.rank)[1:]
        ]
        return ops.reshape(product, (inputs[0].shape[0], *(kept or (1,))))

    def mask(self, call: Call, *inputs: Value) -> None:
        """The products are of whole sequences: nothing of them is padding."""


def _rows(x: Value, axis: int, normalize: bool) -> Value:
    """Per sample a matrix whose rows lie along ``axis``, of length one if they are to be normalized."""
    place = axis % x.rank
    order = (*(each for each in range(x.rank) if each != place), place)
    last = ops.transpose(x, order)
    rows = ops.reshape(last, (x.shape[0], math.prod(last.shape[1:-1]), last.shape[-1]))
    return rows * _inverse_length(rows) if normalize else rows


def _inverse_length(rows: Value) -> Value:
    """Cut at 1e7 as in Keras, so that a row of zeros stays one."""
    squares = ops.sum(ops.square(rows), (-1,), keepdims=True)
    return ops.rsqrt(ops.maximum(squares, ops.number(1e-14, squares)))


def _spread(value: Value, mask: Value | None) -> Value:
    if mask is None:
        return ops.broadcast_to(value.program.constant(1, "bool"), value.shape)
    return ops.broadcast_to(ops.expand_dims(mask, -1) if mask.rank < value.rank else mask, value.shape)


def _deep(shape: Sequence[Any], rank: int) -> tuple[Any, ...]:
    """With axes of size 1 behind the batch axis up to ``rank``."""
    return (*shape[:1], *(1,) * (rank - len(shape)), *shape[1:])


def _fit(first: Dim, second: Dim) -> bool:
    return first is None or second is None or first == second or 1 in (first, second)


def _common(first: Dim, second: Dim) -> Dim:
    """The size of both after repeating ones; an open size next to a known one is taken to be that size."""
    known = [size for size in (first, second) if size is not None]
    if len(known) < 2:
        return None if known in ([], [1]) else known[0]
    return max(known)


def _equal(first: Sequence[Dim], second: Sequence[Dim]) -> bool:
    return all(None in (mine, theirs) or mine == theirs for mine, theirs in zip(first, second, strict=True))


def _known(first: Dim, second: Dim) -> Dim:
    return second if first is None else first


def _without(shape: Shape, axis: int) -> Shape:
    return (*shape[:axis], *shape[axis + 1 :])

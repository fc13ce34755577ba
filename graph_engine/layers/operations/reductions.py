"""Many numbers to one along axes (``keras.ops``). ``axis`` is one, several, or all where it has no value."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Example
from graph_engine.layers.operations.base import Operation
from graph_engine.layers.operations.dtypes import CASTS, as_dtype, counted, floating, fractions, truth
from graph_engine.params import boolean, choice, constant, integer, one_or_more
from graph_engine.values import ShapeError

Axes = int | tuple[int, ...] | None
_ONE: Final = Example(inputs=((2, 3, 4),), config={"axis": 1})
_SEVERAL: Final = Example(inputs=((2, 3, 4),), config={"axis": [-1, 1], "keepdims": True})
_ALL: Final = Example(inputs=((2, 3),))
_WHOLE: Final = Example(inputs=((2, 3),), config={"axis": 1}, dtype="int32")
_RUNNING: Final = (Example(inputs=((2, 3, 4),), config={"axis": 1}), Example(inputs=((2, 3),), dtype="int32"))
_AXIS: Final = "The axes that are reduced; all of them without it."


class _Reduction(Operation):
    """One axis, several or all."""

    examples: ClassVar[tuple[Example, ...]] = (_ONE, _SEVERAL, _ALL, _WHOLE)
    function: ClassVar[Callable[..., Value]]

    axis: Axes = one_or_more(None, optional=True, help=_AXIS)
    keepdims: bool = boolean(False, help="Whether reduced axes stay, with size 1.")

    def compute(self, x: Value) -> Value:
        return self.reduced(self.ready(x))

    def ready(self, x: Value) -> Value:
        return counted(x)

    def reduced(self, x: Value) -> Value:
        return type(self).function(x, axes_of(x, self.axis), self.keepdims)


class _Mean(_Reduction):
    """Fractions, whatever comes in."""

    def ready(self, x: Value) -> Value:
        return floating(x)


class SumOp(_Reduction):
    """All added up."""

    function = ops.sum


class MeanOp(_Mean):
    """The mean."""

    function = ops.mean


class VarOp(_Mean):
    """The mean squared distance from the mean."""

    def reduced(self, x: Value) -> Value:
        axes = axes_of(x, self.axis)
        return ops.mean(ops.square(x - ops.mean(x, axes, True)), axes, self.keepdims)


class StdOp(VarOp):
    """The standard deviation: the root of the variance."""

    def reduced(self, x: Value) -> Value:
        return ops.sqrt(super().reduced(x))


class ProdOp(_Reduction):
    """All multiplied."""

    function = ops.prod
    dtype: str | None = choice(
        None, CASTS, optional=True, help="The dtype of the result; the input's if none."
    )

    def ready(self, x: Value) -> Value:
        return as_dtype(x, self.dtype) if self.dtype else counted(x)


class _Extremum(_Reduction):
    """The largest or the smallest."""

    pair: ClassVar[Callable[[Value, Value], Value]]
    initial: Any = constant(None, optional=True, help="A number that competes too.")

    def ready(self, x: Value) -> Value:
        return x

    def reduced(self, x: Value) -> Value:
        found = super().reduced(x)
        return found if self.initial is None else type(self).pair(found, ops.number(self.initial, found))


class MaxOp(_Extremum):
    """The largest."""

    function = ops.max
    pair = ops.maximum


class MinOp(_Extremum):
    """The smallest."""

    function = ops.min
    pair = ops.minimum


class AmaxOp(_Reduction):
    """The largest."""

    function = ops.max


class AminOp(_Reduction):
    """The smallest."""

    function = ops.min


class PtpOp(_Reduction):
    """The largest less the smallest."""

    def reduced(self, x: Value) -> Value:
        axes = axes_of(x, self.axis)
        return ops.max(x, axes, self.keepdims) - ops.min(x, axes, self.keepdims)


class _Truth(_Reduction):
    """What counts is whether numbers are zero."""

    def ready(self, x: Value) -> Value:
        return truth(x)


class AnyOp(_Truth):
    """Whether one is other than zero."""

    function = ops.any


class AllOp(_Truth):
    """Whether none is zero."""

    function = ops.all


class CountNonzeroOp(Operation):
    """How many are other than zero."""

    examples = (Example(inputs=((2, 3),), config={"axis": 1}, dtype="int32"),)
    axis: Axes = one_or_more(None, optional=True, help=_AXIS)

    def compute(self, x: Value) -> Value:
        return ops.sum(as_dtype(truth(x), "int32"), axes_of(x, self.axis))


class LogsumexpOp(_Mean):
    """The logarithm of the sum of exponentials."""

    module = "math"

    def reduced(self, x: Value) -> Value:
        axes = axes_of(x, self.axis)
        top = ops.stop_gradient(ops.max(x, axes, True))
        top = ops.where(ops.is_finite(top), top, ops.number(0.0, top))
        found = ops.log(ops.sum(ops.exp(x - top), axes, True)) + top
        return found if self.keepdims else ops.reshape(found, ops.sum(x, axes).shape)


class AverageOp(Operation):
    """The mean, weighted if weights are given."""

    operands = ("x", "weights")
    spare = ("weights",)
    written = ("x", "axis", "weights")
    examples = (
        Example(inputs=((2, 3), (2, 3)), config={"axis": 1}, span=(0.5, 2.0)),
        Example(inputs=((2, 3, 4),), config={"axis": 1}),
    )
    axis: Axes = one_or_more(None, optional=True, help=_AXIS)

    def compute(self, x: Value, weights: Value | None) -> Value:
        axes = axes_of(x, self.axis)
        if weights is None:
            return ops.mean(floating(x), axes)
        y, w = fractions(x, weights)
        if w.rank == 1 and x.rank > 1 and len(axes) == 1:  # one weight for each place along the axis
            w = ops.reshape(w, tuple(size if axis == axes[0] else 1 for axis, size in enumerate(x.shape)))
        w = ops.broadcast_to(w, x.shape)
        return ops.sum(y * w, axes) / ops.sum(w, axes)


class _Argument(Operation):
    """The place of an extremum, as int32; the first of equal ones."""

    examples: ClassVar[tuple[Example, ...]] = (
        Example(inputs=((2, 3, 4),), config={"axis": 1}),
        Example(inputs=((2, 3, 4),), config={"axis": -1, "keepdims": True}, dtype="int32"),
        Example(inputs=((2, 3),)),
    )
    function: ClassVar[Callable[[Value, int], Value]]

    axis: int | None = integer(
        None, optional=True, help="Along which; the place among all numbers without it."
    )
    keepdims: bool = boolean(False, help="Whether the axis stays, with size 1.")

    def compute(self, x: Value) -> Value:
        flat = x if self.axis is not None else ops.reshape(x, (-1,))
        axis = -1 if self.axis is None else self.axis
        found = as_dtype(type(self).function(flat, axis), "int32")
        if not self.keepdims:
            return found
        return ops.expand_dims(found, axis) if self.axis is not None else ops.reshape(found, (1,) * x.rank)


class ArgmaxOp(_Argument):
    """Where the largest is."""

    function = ops.argmax


class ArgminOp(_Argument):
    """Where the smallest is."""

    function = ops.argmin


class _Running(Operation):
    """Along an axis, or along all numbers in a row."""

    examples: ClassVar[tuple[Example, ...]] = _RUNNING
    axis: int | None = integer(None, optional=True, help="Along which; all numbers in a row without it.")
    dtype: str | None = choice(
        None, CASTS, optional=True, help="The dtype of the result; the input's if none."
    )

    def rows(self, x: Value) -> tuple[Value, int]:
        y = as_dtype(x, self.dtype) if self.dtype else counted(x)
        return (ops.reshape(y, (-1,)), 0) if self.axis is None else (y, self.axis)


class CumsumOp(_Running):
    """Each number and all before it added up."""

    def compute(self, x: Value) -> Value:
        return ops.cumsum(*self.rows(x))


class CumprodOp(_Running):
    """Each number and all before it multiplied."""

    def compute(self, x: Value) -> Value:
        return ops.cumprod(*self.rows(x))


class NormOp(Operation):
    """The length of vectors, or a norm of matrices."""

    module = "linalg"
    examples = (
        Example(inputs=((2, 3, 4),), config={"axis": -1}),
        Example(inputs=((2, 3, 4),), config={"axis": [1, 2], "ord": "fro", "keepdims": True}),
        Example(inputs=((2, 3, 4),), config={"axis": 1, "ord": 3}),
        Example(inputs=((2, 3, 4),), config={"axis": 1, "ord": "inf"}),
    )
    ord: Any = constant(
        None,
        optional=True,
        words=("fro", "nuc"),
        help="A number, inf, -inf or fro; the root of squares without it.",
    )
    axis: Axes = one_or_more(
        None, optional=True, help="One axis for vectors, two for matrices; all without it."
    )
    keepdims: bool = boolean(False, help="Whether reduced axes stay, with size 1.")

    def compute(self, x: Value) -> Value:
        y, axes = floating(x), axes_of(x, self.axis)
        if self.ord in (None, "fro") or (self.ord == 2 and len(axes) == 1):
            return ops.sqrt(ops.sum(ops.square(y), axes, self.keepdims))
        return self._vectors(y, axes) if len(axes) == 1 else self._matrices(y, axes)

    def _vectors(self, x: Value, axes: Sequence[int]) -> Value:
        size, order = ops.absolute(x), float(self.ord)
        if math.isinf(order):
            return (ops.max if order > 0 else ops.min)(size, axes, self.keepdims)
        if order == 0:
            return ops.sum(as_dtype(truth(x), x.dtype), axes, self.keepdims)
        if order == 1:
            return ops.sum(size, axes, self.keepdims)
        powers = ops.sum(ops.power(size, ops.number(order, x)), axes, self.keepdims)
        return ops.power(powers, ops.number(1.0 / order, x))

    def _matrices(self, x: Value, axes: Sequence[int]) -> Value:
        """The largest or smallest sum along rows (inf) or columns (1)."""
        if self.ord not in (1, -1, math.inf, -math.inf):
            raise ShapeError(
                f"the norm {self.ord!r} of matrices needs singular values, which are not computed here"
            )
        first, second = axes_as_given(x, self.axis)
        inner, outer = (second, first) if math.isinf(self.ord) else (first, second)
        sums = ops.sum(ops.absolute(x), (inner,), True)
        found = (ops.max if self.ord > 0 else ops.min)(sums, (outer,), True)
        return found if self.keepdims else ops.reshape(found, ops.sum(x, axes).shape)


class MomentsOp(Operation):
    """Mean and variance."""

    ignored = ("synchronized",)
    module = "nn"
    outputs = ("mean", "variance")
    examples = (Example(inputs=((2, 3, 4),), config={"axes": [0, 1], "keepdims": True}),)
    axes: Axes = one_or_more((0,), help="The axes that are reduced.")
    keepdims: bool = boolean(False, help="Whether reduced axes stay, with size 1.")

    def compute(self, x: Value) -> tuple[Value, Value]:
        axes = axes_of(x, self.axes)
        mean = ops.mean(x, axes, True)
        variance = ops.mean(ops.square(x - mean), axes, self.keepdims)
        return mean if self.keepdims else ops.reshape(mean, variance.shape), variance


def axes_of(x: Value, axis: Axes) -> tuple[int, ...]:
    """The axes, counted from the front, in order; all where there is no value."""
    return tuple(sorted(axes_as_given(x, axis)))


def axes_as_given(x: Value, axis: Axes) -> tuple[int, ...]:
    given = range(x.rank) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    for each in given:
        if not -x.rank <= each < x.rank:
            raise ShapeError(f"there is no axis {each} in a tensor of {x.rank} axes, the batch axis included")
    return tuple(each % x.rank for each in given)

"""The same numbers in another arrangement (``keras.ops``)."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Example
from graph_engine.layers.operations.base import Operation
from graph_engine.layers.operations.dtypes import as_dtype, counted
from graph_engine.layers.operations.reductions import axes_as_given, axes_of
from graph_engine.params import choice, constant, dims, integer, one_or_more
from graph_engine.values import ShapeError, TensorSpec

Ints = int | tuple[int, ...]
_X: Final = (2, 3, 4)


class ReshapeOp(Operation):
    """Another shape of as many numbers, the batch axis included."""

    examples = (
        Example(inputs=(_X,), config={"newshape": [-1, 12]}),
        Example(inputs=(_X,), config={"newshape": [None, 4, 3]}, dtype="int32"),
    )
    newshape: tuple[int | None, ...] = dims(
        (-1,),
        inferred=True,
        help="The new sizes; one may be -1: what is left; ? keeps the size of that axis.",
    )

    def infer(self, *inputs: TensorSpec) -> TensorSpec | tuple[TensorSpec, ...]:
        """What is left of an open number of elements is open."""
        try:
            return super().infer(*inputs)
        except ShapeError:
            if -1 not in self.newshape or None in self.newshape or None not in inputs[0].shape:
                raise
            return inputs[0].with_shape(tuple(None if size == -1 else size for size in self.newshape))

    def compute(self, x: Value) -> Value:
        kept = [
            x.shape[axis] if size is None and axis < x.rank else size
            for axis, size in enumerate(self.newshape)
        ]
        count, known = math.prod(x.shape), math.prod(size for size in kept if size is not None and size > 0)
        if kept.count(-1) > 1 or None in kept or (count % known if -1 in kept else count != known):
            raise ShapeError(f"{x.shape} cannot be reshaped to {self.newshape}")
        return ops.reshape(x, kept)


class RavelOp(Operation):
    """All numbers in a row."""

    def compute(self, x: Value) -> Value:
        return ops.reshape(x, (-1,))


class TransposeOp(Operation):
    """The axes in another order, backwards without one."""

    examples = (Example(inputs=(_X,), config={"axes": [0, 2, 1]}), Example(inputs=(_X,)))
    axes: tuple[int, ...] | None = one_or_more(
        None, optional=True, help="The old axes in their new order, from 0."
    )

    def compute(self, x: Value) -> Value:
        axes = axes_as_given(x, tuple(reversed(range(x.rank))) if self.axes is None else self.axes)
        if sorted(axes) != list(range(x.rank)):
            raise ShapeError(f"axes {self.axes} are not each of the {x.rank} axes once")
        return ops.transpose(x, axes)


class SwapaxesOp(Operation):
    """Two axes in each other's place."""

    examples = (Example(inputs=(_X,), config={"axis1": 1, "axis2": -1}),)
    axis1: int = integer(-1, help="One axis.")
    axis2: int = integer(-2, help="The other.")

    def compute(self, x: Value) -> Value:
        first, second = axes_as_given(x, (self.axis1, self.axis2))
        order = list(range(x.rank))
        order[first], order[second] = second, first
        return ops.transpose(x, order)


class MoveaxisOp(Operation):
    """Axes at other places, the rest in order."""

    examples = (
        Example(inputs=(_X,), config={"source": 1, "destination": -1}),
        Example(inputs=(_X,), config={"source": [0, 1], "destination": [2, 0]}),
    )
    source: Ints = one_or_more(0, help="Where the axes are.")
    destination: Ints = one_or_more(0, help="Where they go.")

    def compute(self, x: Value) -> Value:
        source, target = axes_as_given(x, self.source), axes_as_given(x, self.destination)
        order = [axis for axis in range(x.rank) if axis not in source]
        for place, axis in sorted(zip(target, source, strict=True)):
            order.insert(place, axis)
        return ops.transpose(x, order)


class ExpandDimsOp(Operation):
    """New axes of size 1."""

    examples = (
        Example(inputs=(_X,), config={"axis": 1}),
        Example(inputs=((2, 3),), config={"axis": [0, -1]}),
    )
    axis: Ints = one_or_more(-1, help="Their places in the result.")

    def compute(self, x: Value) -> Value:
        given = self.axis if isinstance(self.axis, tuple) else (self.axis,)
        rank = x.rank + len(given)
        if any(not -rank <= axis < rank for axis in given):
            raise ShapeError(f"there is no place {self.axis} in a result of {rank} axes")
        places = {axis % rank for axis in given}
        sizes = iter(x.shape)
        return ops.reshape(x, tuple(1 if axis in places else next(sizes) for axis in range(rank)))


class SqueezeOp(Operation):
    """Without axes of size 1."""

    examples = (Example(inputs=((2, 1, 3, 1),)), Example(inputs=((2, 1, 3, 1),), config={"axis": 1}))
    axis: Ints | None = one_or_more(
        None, optional=True, help="Which; all of size 1 but the batch axis without it."
    )

    def infer(self, *inputs: TensorSpec) -> TensorSpec | tuple[TensorSpec, ...]:
        if self.axis is None and None in inputs[0].shape[1:]:
            raise ShapeError("SqueezeOp: which axes are of size 1 is not known yet; name them by axis")
        return super().infer(*inputs)

    def compute(self, x: Value) -> Value:
        ones = tuple(axis for axis, size in enumerate(x.shape) if size == 1 and axis)
        axes = axes_of(x, ones if self.axis is None else self.axis)
        if any(x.shape[axis] != 1 for axis in axes):
            raise ShapeError(f"axis {self.axis} of {x.shape} is not of size 1")
        return ops.reshape(x, tuple(size for axis, size in enumerate(x.shape) if axis not in axes))


class BroadcastToOp(Operation):
    """Repeated to a shape."""

    examples = (Example(inputs=((2, 1),), config={"shape": [4, None, 3]}),)
    shape: tuple[int | None, ...] = dims((1,), help="The shape, batch axis included; ? keeps a size.")

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        """An open size is taken to fit."""
        (x,) = inputs
        if len(self.shape) < x.rank:
            raise ShapeError(f"BroadcastToOp: a tensor of {x.rank} axes has no shape of {len(self.shape)}")
        own = (*(1,) * (len(self.shape) - x.rank), *x.shape)
        ops.common_shape(*([1 if size is None else size for size in shape] for shape in (own, self.shape)))
        return x.with_shape(
            tuple(mine if size is None else size for size, mine in zip(self.shape, own, strict=True))
        )

    def compute(self, x: Value) -> Value:
        extra = len(self.shape) - x.rank
        sizes = [
            x.shape[i - extra] if size is None and i >= extra else size for i, size in enumerate(self.shape)
        ]
        ops.common_shape(x.shape, [size or 1 for size in sizes])
        return ops.broadcast_to(x, [size or 1 for size in sizes])


class FlipOp(Operation):
    """Backwards."""

    examples = (Example(inputs=(_X,), config={"axis": 1}), Example(inputs=(_X,), dtype="int32"))
    axis: Ints | None = one_or_more(None, optional=True, help="Along which axes; all without it.")

    def compute(self, x: Value) -> Value:
        for axis in axes_of(x, self.axis):
            x = ops.flip(x, axis)
        return x


class FliplrOp(Operation):
    """The second axis backwards."""

    def compute(self, x: Value) -> Value:
        return ops.flip(x, 1)


class FlipudOp(Operation):
    """The first axis backwards."""

    def compute(self, x: Value) -> Value:
        return ops.flip(x, 0)


class RollOp(Operation):
    """Moved along axes; what leaves at one end enters at the other."""

    examples = (
        Example(inputs=(_X,), config={"shift": 1, "axis": 1}),
        Example(inputs=(_X,), config={"shift": [-1, 2], "axis": [1, 2]}),
        Example(inputs=((2, 3),), config={"shift": 2}),
    )
    shift: Ints = one_or_more(0, help="How far, along each axis.")
    axis: Ints | None = one_or_more(None, optional=True, help="Along which; all numbers in a row without it.")

    def compute(self, x: Value) -> Value:
        if self.axis is None:
            return ops.reshape(_rolled(ops.reshape(x, (-1,)), _first(self.shift), 0), x.shape)
        axes = axes_as_given(x, self.axis)
        shifts = self.shift if isinstance(self.shift, tuple) else (self.shift,) * len(axes)
        for shift, axis in zip(shifts, axes, strict=True):
            x = _rolled(x, shift, axis)
        return x


class Rot90Op(Operation):
    """Turned by quarters in the plane of two axes."""

    operands = ("array",)
    examples = (
        Example(inputs=(_X,), config={"k": 1, "axes": [1, 2]}),
        Example(inputs=((2, 3),), config={"k": 2}),
    )
    k: int = integer(1, help="How many quarters, from the first axis to the second.")
    axes: tuple[int, ...] = one_or_more((0, 1), help="The two axes.")

    def compute(self, array: Value) -> Value:
        first, second = axes_as_given(array, self.axes)
        for _ in range(self.k % 4):
            order = list(range(array.rank))
            order[first], order[second] = second, first
            array = ops.flip(ops.transpose(array, order), first)
        return array


class TileOp(Operation):
    """Repeated as a whole."""

    examples = (
        Example(inputs=((2, 3),), config={"repeats": [2, 1]}),
        Example(inputs=((2, 3),), config={"repeats": [2, 1, 3]}),
    )
    repeats: Ints = one_or_more(1, help="How often along each axis, the last ones if there are fewer.")

    def compute(self, x: Value) -> Value:
        repeats = self.repeats if isinstance(self.repeats, tuple) else (self.repeats,)
        rank = max(x.rank, len(repeats))
        sizes = (1,) * (rank - x.rank) + x.shape
        times = (1,) * (rank - len(repeats)) + repeats
        pairs = [number for pair in zip(times, sizes, strict=True) for number in pair]
        apart = ops.reshape(x, tuple(number for size in sizes for number in (1, size)))
        whole = tuple(time * size for time, size in zip(times, sizes, strict=True))
        return ops.reshape(ops.broadcast_to(apart, pairs), whole)


class RepeatOp(Operation):
    """Each element repeated."""

    examples = (
        Example(inputs=(_X,), config={"repeats": 2, "axis": 1}),
        Example(inputs=(_X,), config={"repeats": [1, 0, 2], "axis": 1}),
        Example(inputs=((2, 3),), config={"repeats": 3}),
    )
    repeats: Ints = one_or_more(1, help="How often; or how often each.")
    axis: int | None = integer(None, optional=True, help="Along which; all numbers in a row without it.")

    def compute(self, x: Value) -> Value:
        y = ops.reshape(x, (-1,)) if self.axis is None else x
        axis = axes_of(y, self.axis or 0)[0]
        if isinstance(self.repeats, tuple) and len(self.repeats) > 1:
            if len(self.repeats) != y.shape[axis]:
                raise ShapeError(f"{len(self.repeats)} repeats for {y.shape[axis]} elements")
            places = np.repeat(np.arange(y.shape[axis]), self.repeats)
            return taken(y, y.program.constant(places, "int32"), axis)
        times = _first(self.repeats)
        apart = ops.expand_dims(y, axis + 1)
        spread = ops.broadcast_to(apart, (*y.shape[: axis + 1], times, *y.shape[axis + 1 :]))
        return ops.reshape(spread, (*y.shape[:axis], y.shape[axis] * times, *y.shape[axis + 1 :]))


class PadOp(Operation):
    """Numbers around."""

    called = ("x", "constant_values")
    written = ("x", "pad_width", "mode", "constant_values")
    examples = (
        Example(inputs=(_X,), config={"pad_width": [[0, 0], [1, 2], [0, 1]], "constant_values": 2}),
        Example(inputs=(_X,), config={"pad_width": [[0, 0], [1, 2], [3, 0]], "mode": "reflect"}),
        Example(inputs=(_X,), config={"pad_width": [[0, 0], [1, 2], [3, 0]], "mode": "symmetric"}),
        Example(inputs=((2, 3),), config={"pad_width": 1}, dtype="int32"),
    )
    pad_width: Any = constant(
        0, help="How many before and after: one number, a pair for all axes, or a pair for each."
    )
    mode: str = choice("constant", ("constant", "reflect", "symmetric"), help="What stands there.")
    constant_values: Any = constant(None, optional=True, help="The number that stands there; 0 without it.")

    def compute(self, x: Value) -> Value:
        pads = self._pads(x.rank)
        if self.mode == "constant":
            y = counted(x)
            value = self.constant_values or 0
            return as_dtype(ops.pad(y, pads, value), x.dtype)
        for axis, (before, after) in enumerate(pads):
            if before or after:
                places = np.pad(np.arange(x.shape[axis]), (before, after), mode=self.mode)  # type: ignore[call-overload]  # one of three words
                x = taken(x, x.program.constant(places, "int32"), axis)
        return x

    def _pads(self, rank: int) -> tuple[tuple[int, int], ...]:
        given = self.pad_width["value"] if isinstance(self.pad_width, dict) else self.pad_width
        widths = np.asarray(given)
        if widths.shape not in ((), (1,), (2,), (1, 2), (rank, 2)) or widths.dtype.kind != "i":
            raise ShapeError(f"pad_width is a number, a pair or {rank} pairs of whole numbers, got {given}")
        return tuple((int(low), int(high)) for low, high in np.broadcast_to(widths, (rank, 2)))


def taken(x: Value, indices: Value, axis: int) -> Value:
    """``x`` at ``indices`` (any shape, none negative) along ``axis``, whose place their axes take."""
    front = ops.transpose(x, (axis, *(each for each in range(x.rank) if each != axis)))
    found = ops.gather(front, indices)
    many = indices.rank
    order = (*range(many, many + axis), *range(many), *range(many + axis, found.rank))
    return ops.transpose(found, order)


def _rolled(x: Value, shift: int, axis: int) -> Value:
    size = x.shape[axis]
    cut = -shift % size if size else 0
    if not cut:
        return x
    return ops.concatenate(ops.slice_axis(x, axis, cut, size), ops.slice_axis(x, axis, 0, cut), axis=axis)


def _first(value: Ints) -> int:
    return value[0] if isinstance(value, tuple) else value

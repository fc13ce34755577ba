"""Elements by their place, and their order (``keras.ops``)."""

from __future__ import annotations

from typing import Any

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Example
from graph_engine.layers.operations.base import Operation, operand
from graph_engine.layers.operations.dtypes import CASTS, as_dtype
from graph_engine.layers.operations.reductions import axes_of
from graph_engine.layers.operations.shaping import taken
from graph_engine.params import boolean, choice, index, index_items, integer, one_or_more
from graph_engine.values import ShapeError, TensorSpec

_X = (3, 4, 5)


class GetItemOp(Operation):
    """``x[key]``: whole numbers, slices, new axes and ..., the batch axis included."""

    operands = ("x",)
    called = ("x", "key")
    examples = (
        Example(inputs=(_X,), config={"key": ":, 0"}),
        Example(inputs=(_X,), config={"key": "..., 1:4:2"}),
        Example(inputs=(_X,), config={"key": ":, None, ::-1, -1"}),
        Example(inputs=(_X,), config={"key": "1"}, dtype="int32"),
    )
    key: str = index("...", help="What stands between the brackets.")

    def line(self) -> str:
        return f"[{self.key}]"

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        """As Keras says it: a slice of an open size is open."""
        (x,) = inputs
        sizes: list[int | None] = []
        for item, axis in self._cuts(x):
            size = 1 if axis is None else x.shape[axis]
            if isinstance(item, int):
                _require_inside(item, size)
            elif item is None or size is None:
                sizes.append(size)
            else:
                sizes.append(len(range(*item.indices(size))))
        return x.with_shape(tuple(sizes))

    def compute(self, x: Value) -> Value:
        cuts = self._cuts(x.spec)
        ranges = [
            (item if isinstance(item, slice) else slice(item, item + 1 or None)).indices(x.shape[axis])
            for item, axis in cuts
            if axis is not None
        ]
        starts, stops, steps = zip(*ranges, strict=True) if ranges else ((), (), ())
        ends = tuple(None if step < 0 and stop < 0 else stop for stop, step in zip(stops, steps, strict=True))
        found = x
        if ranges != [(0, size, 1) for size in x.shape]:
            found = ops.slice(x, starts, ends, steps)
        shape = self.infer(x.spec).shape
        return ops.reshape(found, shape)

    def _cuts(self, x: TensorSpec) -> list[tuple[Any, int | None]]:
        """Each item with the axis it works on (none for new ones), ... written out."""
        items = list(index_items(self.key))
        used = sum(item is not None and item is not ... for item in items)
        if items.count(...) > 1 or used > x.rank:
            raise ShapeError(f"GetItemOp: [{self.key}] does not fit a tensor of {x.rank} axes")
        if ... not in items:
            items.append(...)
        place = items.index(...)
        items[place : place + 1] = [slice(None)] * (x.rank - used)
        axes = iter(range(x.rank))
        return [(item, None if item is None else next(axes)) for item in items]


class TakeOp(Operation):
    """Elements at indices along an axis; negative ones count from the end."""

    operands = ("x", "indices")
    examples = (
        Example(inputs=(_X, (2, 2)), config={"axis": 1}, dtypes=("float32", "int32")),
        Example(inputs=(_X,), config={"indices": [0, -1, 0], "axis": -1}),
        Example(inputs=(_X,), config={"indices": 2, "axis": 1}),
        Example(inputs=((2, 3),), config={"indices": [[5, 0]]}),
    )
    indices: Any = operand()
    axis: int | None = integer(
        None, optional=True, help="Along which; among all numbers in a row without it."
    )

    def compute(self, x: Value, indices: Value) -> Value:
        y = ops.reshape(x, (-1,)) if self.axis is None else x
        (axis,) = axes_of(y, self.axis or 0)
        return taken(y, _from_front(indices, y.shape[axis]), axis)


class TakeAlongAxisOp(Operation):
    """Elements at indices along an axis, others for each row."""

    operands = ("x", "indices")
    examples = (
        Example(inputs=((2, 3, 4), (2, 2, 4)), config={"axis": 1}, dtypes=("float32", "int32"), high=3),
        Example(inputs=((2, 3), (4,)), dtypes=("float32", "int32")),
    )
    indices: Any = operand()
    axis: int | None = integer(
        None, optional=True, help="Along which; among all numbers in a row without it."
    )

    def compute(self, x: Value, indices: Value) -> Value:
        if self.axis is None:
            x, indices = ops.reshape(x, (-1,)), ops.reshape(indices, (-1,))
        (axis,) = axes_of(x, self.axis or 0)
        shared = ops.common_shape(_but(x.shape, axis), _but(indices.shape, axis))
        wide, places = (ops.broadcast_to(y, _with(shared, axis, y.shape[axis])) for y in (x, indices))
        return ops.take_along(wide, places, axis)


class OneHotOp(Operation):
    """A one at the place of each whole number, zeros beside it."""

    module = "nn"
    examples = (
        Example(inputs=((2, 3),), config={"num_classes": 4}, dtype="int32"),
        Example(inputs=((2, 3),), config={"num_classes": 4, "axis": 1, "dtype": "bool"}, dtype="int32"),
    )
    num_classes: int = integer(1, minimum=1, help="The size of the new axis.")
    axis: int = integer(-1, help="Its place.")
    dtype: str | None = choice(None, CASTS, optional=True, help="The dtype of the result; float32 if none.")
    sparse: bool = boolean(False, help="Whether Keras made it sparse; the numbers are the same.")

    def compute(self, x: Value) -> Value:
        last = ops.one_hot(as_dtype(x, "int64"), self.num_classes, x.program.floats)
        axis = self.axis % last.rank
        order = list(range(x.rank))
        order.insert(axis, x.rank)
        return as_dtype(ops.transpose(last, order), self.dtype or "float32")


class MultiHotOp(Operation):
    """Ones at the places of the whole numbers along an axis, which goes."""

    module = "nn"
    operands = ("inputs",)
    examples = (Example(inputs=((2, 3),), config={"num_classes": 4}, dtype="int32"),)
    num_classes: int = integer(1, minimum=1, help="The size of the new axis.")
    axis: int = integer(-1, help="Its place.")
    dtype: str | None = choice(None, CASTS, optional=True, help="The dtype of the result; float32 if none.")
    sparse: bool = boolean(False, help="Whether Keras made it sparse; the numbers are the same.")

    def compute(self, inputs: Value) -> Value:
        hot = ops.one_hot(as_dtype(inputs, "int64"), self.num_classes, inputs.program.floats)
        found = ops.max(hot, (1 if inputs.rank > 1 else 0,))
        axis = self.axis % found.rank
        order = list(range(found.rank - 1))
        order.insert(axis, found.rank - 1)
        return as_dtype(ops.transpose(found, order), self.dtype or "float32")


class SliceOp(Operation):
    """A block of a given shape."""

    module = "core"
    operands = ("inputs",)
    called = ("inputs", "start_indices")
    examples = (Example(inputs=(_X,), config={"start_indices": [0, 1, 2], "shape": [3, 2, 3]}),)
    start_indices: tuple[int, ...] = one_or_more((0,), help="Where it starts along each axis.")
    shape: tuple[int, ...] = one_or_more((1,), help="Its sizes; -1 for all that is left.")

    def compute(self, inputs: Value) -> Value:
        starts = np.broadcast_to(np.asarray(self.start_indices), (inputs.rank,)).tolist()
        sizes = np.broadcast_to(np.asarray(self.shape), (inputs.rank,)).tolist()
        stops = [
            whole if size == -1 else start + size
            for start, size, whole in zip(starts, sizes, inputs.shape, strict=True)
        ]
        if any(stop > size for stop, size in zip(stops, inputs.shape, strict=True)):
            raise ShapeError(
                f"a block of {self.shape} from {self.start_indices} leaves a tensor of {inputs.shape}"
            )
        return ops.slice(inputs, starts, stops)


class SliceUpdateOp(Operation):
    """Another block in place of a part."""

    module = "core"
    operands = ("inputs", "updates")
    called = ("inputs", "start_indices", "updates")
    examples = (Example(inputs=((2, 4), (2, 2)), config={"start_indices": [0, 1]}),)
    start_indices: tuple[int, ...] = one_or_more((0,), help="Where the block starts along each axis.")

    def compute(self, inputs: Value, updates: Value) -> Value:
        starts = np.broadcast_to(np.asarray(self.start_indices), (inputs.rank,)).tolist()
        pads = [
            (start, whole - start - size)
            for start, size, whole in zip(starts, updates.shape, inputs.shape, strict=True)
        ]
        if any(after < 0 for _, after in pads):
            raise ShapeError(
                f"a block of {updates.shape} from {self.start_indices} leaves a tensor of {inputs.shape}"
            )
        inside = np.zeros(inputs.shape, bool)
        inside[
            tuple(slice(low, size - high) for (low, high), size in zip(pads, inputs.shape, strict=True))
        ] = True
        return ops.where(
            inputs.program.constant(inside, "bool"), ops.pad(as_dtype(updates, inputs.dtype), pads), inputs
        )


def _require_inside(place: int, size: int | None) -> None:
    if size is not None and not -size <= place < size:
        raise ShapeError(f"GetItemOp: there is no element {place} along an axis of {size}")


def _from_front(indices: Value, size: int) -> Value:
    whole = as_dtype(indices, "int64")
    zero = whole.program.constant(0, "int64")
    return ops.where(ops.less(whole, zero), whole + size, whole)


def _but(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    return (*shape[:axis], *shape[axis + 1 :])


def _with(shape: tuple[int, ...], axis: int, size: int) -> tuple[int, ...]:
    return (*shape[:axis], size, *shape[axis:])

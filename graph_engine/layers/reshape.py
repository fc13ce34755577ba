"""The same numbers in another arrangement."""

from __future__ import annotations

import math

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Example, Layer
from graph_engine.layers.requirements import require_rank, shown
from graph_engine.layers.windows import layout, times
from graph_engine.params import ParamError, dims, int_tuple, integer
from graph_engine.values import Dim, Shape, ShapeError, TensorSpec, shape_text


class Flatten(Layer):
    """Puts all numbers of a sample in one row."""

    title = "Flatten"
    family = "reshape"
    examples = (
        Example(inputs=((2, 3, 4, 2),)),
        Example(inputs=((3,),)),
        Example(inputs=((2, 3, 4),), dtype="int32"),
    )

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        return x.with_shape((x.shape[0], _product(x.sample_shape)))

    def lower(self, call: Call, *inputs: Value) -> Value:
        (x,) = inputs
        return ops.reshape(x, (x.shape[0], math.prod(x.shape[1:])))


class Reshape(Layer):
    """Gives each sample another shape of as many numbers."""

    title = "Reshape"
    family = "reshape"
    examples = (
        Example(inputs=((2, 6, 2),), config={"target_shape": [4, 3]}),
        Example(inputs=((2, 12),), config={"target_shape": [3, -1, 2]}),
        Example(inputs=((2, 4),), config={"target_shape": [2, 2]}, dtype="int32"),
    )

    target_shape: tuple[int, ...] = dims(
        (-1,),
        open_sizes=False,
        inferred=True,
        help="The new sizes of one sample; one may be -1: what is left.",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.target_shape.count(-1) > 1:
            raise ParamError("Reshape.target_shape: only one size can be -1, the one that is left")

    def line(self) -> str:
        return shape_text(tuple(None if size < 0 else size for size in self.target_shape))

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        count, known = _product(x.sample_shape), math.prod(size for size in self.target_shape if size > 0)
        rest = -1 in self.target_shape
        if count is not None and (count % known if rest else count != known):
            raise ShapeError(
                f"Reshape to {self.line()} needs {known} numbers per sample{' or a multiple' if rest else ''}, "
                f"got {shape_text(x.sample_shape)}, which are {count}"
            )
        left: Dim = None if count is None else count // known
        return x.with_shape((x.shape[0], *(left if size < 0 else size for size in self.target_shape)))

    def lower(self, call: Call, *inputs: Value) -> Value:
        (x,) = inputs
        return ops.reshape(x, (x.shape[0], *self.target_shape))


class Permute(Layer):
    """Puts the axes of each sample in another order."""

    title = "Permute"
    family = "reshape"
    examples = (
        Example(inputs=((2, 3, 4),)),
        Example(inputs=((2, 3, 4, 5),), config={"dims": [3, 1, 2]}),
        Example(inputs=((2, 3, 4),), dtype="int32"),
    )

    dims: tuple[int, ...] = dims(
        (2, 1), open_sizes=False, help="The old axes in their new order, counted from 1."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ParamError(f"Permute.dims: each of the axes 1 to {len(self.dims)} stands there once")

    def line(self) -> str:
        return ", ".join(str(axis) for axis in self.dims)

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        if x.rank - 1 != len(self.dims):
            raise ShapeError(f"Permute orders {len(self.dims)} axes, but each sample is {shown(x)}")
        return x.with_shape((x.shape[0], *(x.shape[axis] for axis in self.dims)))

    def lower(self, call: Call, *inputs: Value) -> Value:
        return ops.transpose(inputs[0], (0, *self.dims))


class RepeatVector(Layer):
    """Repeats each sample as the steps of a sequence."""

    title = "RepeatVector"
    family = "reshape"
    examples = (Example(inputs=((2, 3),)), Example(inputs=((2, 3),), config={"n": 4}, dtype="int32"))

    n: int = integer(2, minimum=1, help="Number of steps.")

    def line(self) -> str:
        return f"{self.n}\u00d7"

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        require_rank(self, x, 2, "one row of features")
        return x.with_shape((x.shape[0], self.n, x.shape[1]))

    def lower(self, call: Call, *inputs: Value) -> Value:
        (x,) = inputs
        return ops.broadcast_to(ops.expand_dims(x, 1), (x.shape[0], self.n, x.shape[1]))


class ZeroPadding2D(Layer):
    """Puts zeros around an image."""

    title = "ZeroPadding2D"
    family = "reshape"
    examples = (
        Example(inputs=((2, 3, 4, 2),)),
        Example(inputs=((1, 3, 4, 2),), config={"padding": [0, 1, 2, 3]}),
    )

    padding: tuple[int, ...] = int_tuple(
        (1, 1, 1, 1),
        size=4,
        minimum=0,
        help="Rows of zeros at the top and bottom, columns at the left and right.",
    )

    def line(self) -> str:
        return (
            str(self.padding[0])
            if len(set(self.padding)) == 1
            else ", ".join(str(size) for size in self.padding)
        )

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        require_rank(self, x, 4, layout(2))
        top, bottom, left, right = self.padding
        batch, height, width, channels = x.shape
        return x.with_shape((batch, _plus(height, top + bottom), _plus(width, left + right), channels))

    def lower(self, call: Call, *inputs: Value) -> Value:
        top, bottom, left, right = self.padding
        return ops.pad(inputs[0], ((0, 0), (top, bottom), (left, right), (0, 0)))


class UpSampling2D(Layer):
    """Makes an image larger by repeating its pixels."""

    title = "UpSampling2D"
    family = "reshape"
    examples = (Example(inputs=((2, 3, 4, 2),)), Example(inputs=((1, 3, 4, 2),), config={"size": [3, 1]}))

    size: tuple[int, ...] = int_tuple(
        (2, 2), size=2, minimum=1, help="How often rows and columns are repeated."
    )

    def line(self) -> str:
        return times(self.size)

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        require_rank(self, x, 4, layout(2))
        batch, *sizes, channels = x.shape
        larger = (
            None if size is None else size * factor for size, factor in zip(sizes, self.size, strict=True)
        )
        return x.with_shape((batch, *larger, channels))

    def lower(self, call: Call, *inputs: Value) -> Value:
        (x,) = inputs
        batch, height, width, channels = x.shape
        rows, columns = self.size
        apart = ops.reshape(x, (batch, height, 1, width, 1, channels))
        repeated = ops.broadcast_to(apart, (batch, height, rows, width, columns, channels))
        return ops.reshape(repeated, (batch, height * rows, width * columns, channels))


def _product(sizes: Shape) -> Dim:
    product = 1
    for size in sizes:
        if size is None:
            return None
        product *= size
    return product


def _plus(size: Dim, more: int) -> Dim:
    return None if size is None else size + more

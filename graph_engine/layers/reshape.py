"""The same numbers in another arrangement."""

from __future__ import annotations

import math

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Example, Layer
from graph_engine.layers.requirements import require_rank, shown
from graph_engine.layers.spatial import FIRST, LAST
from graph_engine.params import ParamError, choice, dims, integer
from graph_engine.values import Dim, Shape, ShapeError, TensorSpec, shape_text


class Flatten(Layer):
    """Puts all numbers of a sample in one row."""

    title = "Flatten"
    family = "reshape"
    examples = (
        Example(inputs=((2, 3, 4, 2),)),
        Example(inputs=((3,),)),
        Example(inputs=((2, 3, 4),), config={"data_format": "channels_first"}, dtype="int32"),
    )

    data_format: str = choice(LAST, (LAST, FIRST), help="channels_first: channels are put last before.")

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        return x.with_shape((x.shape[0], _product(x.sample_shape)))

    def lower(self, call: Call, *inputs: Value) -> Value:
        (x,) = inputs
        if self.data_format == FIRST and x.rank > 2:
            x = ops.transpose(x, (0, *range(2, x.rank), 1))
        return ops.reshape(x, (x.shape[0], math.prod(x.shape[1:])))


class Identity(Layer):
    """Hands on what it is given."""

    title = "Identity"
    family = "reshape"
    keeps_mask = True
    examples = (Example(inputs=((2, 3),)), Example(inputs=((2, 3, 4),), dtype="int32"))

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        return inputs[0]

    def lower(self, call: Call, *inputs: Value) -> Value:
        return inputs[0]


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


def _product(sizes: Shape) -> Dim:
    product = 1
    for size in sizes:
        if size is None:
            return None
        product *= size
    return product

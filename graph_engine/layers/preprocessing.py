"""Preprocessing that stands in the model itself: scaling, standardizing, numbers to categories, categories to bits."""

from __future__ import annotations

from typing import Final

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Example, Keras, Layer, Ports, Weight, summary_line, unless
from graph_engine.layers.initializers import Ones, Zeros
from graph_engine.layers.operations.dtypes import floating
from graph_engine.layers.requirements import (
    FLOATS,
    require_axis,
    require_floats,
    require_numbers,
    require_size,
)
from graph_engine.params import ParamError, boolean, choice, integer, integers, numbers
from graph_engine.values import ShapeError, TensorSpec

_SMALLEST: Final = 1e-7  # standard deviations are at least this, as in Keras
_ENCODED: Final = ("one_hot", "multi_hot", "count")
_MODE: Final = (
    "one_hot: a row of zeros with a one for each category; multi_hot: one row a sample, ones for all of its "
    "categories; count: how often each is there."
)


class Rescaling(Layer):
    """Multiplies by a number and adds one: ``x * scale + offset``."""

    formula = "y = scale · x + offset"
    title = "Rescaling"
    family = "reshape"
    keeps_mask = True
    examples = (
        Example(inputs=((2, 3),), config={"scale": 0.5, "offset": -1.0}),
        Example(inputs=((2, 2, 3),), config={"scale": [0.1, 0.2, 0.3], "offset": [1, 2, 3]}, dtype="int32"),
    )

    scale: tuple[float, ...] = numbers(
        (1.0,), help="What is multiplied with: one number, or one for each channel."
    )
    offset: tuple[float, ...] = numbers((0.0,), help="What is added: one number, or one for each channel.")

    def line(self) -> str:
        shown = f"\u00d7{self.scale[0]:.3g}" if len(self.scale) == 1 else "by channel"
        return summary_line(shown, f"+ {self.offset[0]:.3g}" if any(self.offset) else "")

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        require_numbers(self, x)
        for given in (self.scale, self.offset):
            if len(given) not in (1, x.shape[-1] or len(given)):
                raise ShapeError(f"Rescaling has {len(given)} numbers, but {x} has {x.shape[-1]} channels")
        return TensorSpec(x.shape, x.dtype if x.dtype in FLOATS else "float32")

    def lower(self, call: Call, *inputs: Value) -> Value:
        x = floating(inputs[0])
        return x * row(x, self.scale) + row(x, self.offset)


class Normalization(Layer):
    """Takes off a mean and divides by a standard deviation that are fixed: those of the data."""

    formula = "y = (x − mean) / √variance"
    title = "Normalization"
    family = "normalization"
    keeps_mask = True
    examples = (
        Example(inputs=((3, 4),)),
        Example(inputs=((3, 2),), config={"mean": [1.0, 2.0], "variance": [4.0, 0.0], "invert": True}),
        Example(inputs=((2, 3, 2),), config={"axis": [1, 2]}),
        Example(inputs=((2, 3),), config={"axis": None, "mean": 2.0, "variance": 3.0}, dtype="int32"),
    )

    axis: tuple[int, ...] | None = integers(
        (-1,),
        optional=True,
        help="Axes along which every place has a mean of its own; none: one for all numbers.",
    )
    mean: tuple[float, ...] | None = numbers(
        None, optional=True, help="The mean; none: a weight of the layer."
    )
    variance: tuple[float, ...] | None = numbers(
        None, minimum=0.0, optional=True, help="The variance; none: a weight of the layer."
    )
    invert: bool = boolean(
        False, help="Whether to do the opposite: multiply by the deviation and add the mean."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.mean is None) != (self.variance is None) or len(self.mean or ()) != len(self.variance or ()):
            raise ParamError(
                "Normalization: mean and variance are given together, as many of one as of the other"
            )

    def line(self) -> str:
        return "inverted" if self.invert else ""

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        require_numbers(self, x)
        sizes = [x.shape[require_axis(self, x, axis)] for axis in self.axis or ()]
        if self.mean and len(self.mean) not in (1, *((sizes[-1],) if len(sizes) == 1 else ())):
            raise ShapeError(
                f"Normalization has {len(self.mean)} means, but is used along axes of sizes {sizes}"
            )
        return TensorSpec(x.shape, x.dtype if x.dtype in FLOATS else "float32")

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        if self.mean is not None:
            return ()
        sizes = tuple(
            require_size(self, inputs[0], axis, "number of features") for axis in self._kept(inputs[0])
        )
        return (
            Weight("mean", sizes, Zeros(), trainable=False),
            Weight("variance", sizes, Ones(), trainable=False),
            Weight("count", (), Zeros(), trainable=False),  # which Keras keeps for old files
        )

    def lower(self, call: Call, *inputs: Value) -> Value:
        x = floating(inputs[0])
        kept = self._kept(x.spec)
        shape = tuple(size if axis in kept else 1 for axis, size in enumerate(x.shape))
        mean, variance = self._statistics(call, x, shape)
        deviation = ops.maximum(ops.sqrt(variance), ops.number(_SMALLEST, x))
        return mean + x * deviation if self.invert else (x - mean) / deviation

    def _statistics(self, call: Call, x: Value, shape: tuple[int, ...]) -> tuple[Value, Value]:
        if self.mean is None or self.variance is None:
            return ops.reshape(call.weight("mean"), shape), ops.reshape(call.weight("variance"), shape)
        given = (x.program.constant(np.array(values), x.dtype) for values in (self.mean, self.variance))
        wanted = shape if len(self.mean) > 1 else (1,) * x.rank
        mean, variance = (ops.reshape(values, wanted) for values in given)
        return mean, variance

    def _kept(self, x: TensorSpec) -> tuple[int, ...]:
        return tuple(sorted(axis % x.rank for axis in self.axis or ()))


class Discretization(Layer):
    """Puts numbers into bins: a whole number for each, or bits."""

    title = "Discretization"
    family = "reshape"
    keras = Keras(ignored=("epsilon", "sparse", "num_bins"))
    examples = (
        Example(inputs=((4, 3),), config={"bin_boundaries": [-0.5, 0.0, 0.5]}),
        Example(inputs=((4, 3),), config={"bin_boundaries": [0.0, 0.5], "output_mode": "one_hot"}),
        Example(inputs=((4, 3),), config={"bin_boundaries": [0.0, 0.5], "output_mode": "count"}),
    )

    bin_boundaries: tuple[float, ...] = numbers(
        (0.0,), help="Where a bin ends and the next begins, in rising order."
    )
    output_mode: str = choice("int", ("int", *_ENCODED), help="int: the number of the bin. " + _MODE)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.bin_boundaries or list(self.bin_boundaries) != sorted(self.bin_boundaries):
            raise ParamError("Discretization.bin_boundaries: at least one number, in rising order")

    def line(self) -> str:
        return summary_line(f"{len(self.bin_boundaries) + 1} bins", unless(self.output_mode, "int"))

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        require_floats(self, x)
        if self.output_mode == "int":
            return TensorSpec(x.shape, "int32")
        return encoded_spec(self, x, self.output_mode, len(self.bin_boundaries) + 1)

    def lower(self, call: Call, *inputs: Value) -> Value:
        (x,) = inputs
        ends = x.program.constant(np.array(self.bin_boundaries), x.dtype)
        passed = ops.greater_equal(ops.expand_dims(x, -1), ends)
        bins = ops.sum(ops.cast(passed, dtype="int32"), (-1,))
        if self.output_mode == "int":
            return bins
        return encoded(bins, self.output_mode, len(self.bin_boundaries) + 1)


class CategoryEncoding(Layer):
    """Whole numbers that name categories become rows of zeros and ones, or counts."""

    title = "CategoryEncoding"
    family = "reshape"
    ports = Ports(optional=("count_weights",))
    keras = Keras(ignored=("sparse",))
    examples = (
        Example(inputs=((3, 2),), config={"num_tokens": 4}, dtype="int32"),
        Example(inputs=((3, 1),), config={"num_tokens": 5, "output_mode": "one_hot"}, dtype="int32"),
        Example(
            inputs=((3, 2), (3, 2)),
            config={"num_tokens": 4, "output_mode": "count"},
            dtypes=("int32", "float32"),
        ),
    )

    num_tokens: int = integer(10, minimum=1, help="Number of categories, numbered from 0.")
    output_mode: str = choice("multi_hot", _ENCODED, help=_MODE)

    def line(self) -> str:
        return summary_line(str(self.num_tokens), self.output_mode.replace("_", "-"))

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        x, counts = inputs[0], inputs[1] if len(inputs) > 1 else None
        require_numbers(self, x)
        if counts is not None and self.output_mode != "count":
            raise ShapeError(
                "CategoryEncoding takes weights of its counts only where its output mode is count"
            )
        return encoded_spec(self, x, self.output_mode, self.num_tokens)

    def lower(self, call: Call, *inputs: Value) -> Value:
        x, counts = inputs[0], inputs[1] if len(inputs) > 1 else None
        ids = x if x.dtype in ("int32", "int64") else ops.cast(x, dtype="int32")
        return encoded(ids, self.output_mode, self.num_tokens, counts)


def encoded_spec(layer: Layer, x: TensorSpec, mode: str, depth: int) -> TensorSpec:
    if mode != "one_hot":
        return TensorSpec((x.shape[0], *x.shape[2:], depth), "float32")
    alone = x.rank > 1 and require_size(layer, x, -1, "number of categories in a sample") == 1
    return TensorSpec((*(x.shape[:-1] if alone else x.shape), depth), "float32")


def encoded(ids: Value, mode: str, depth: int, counts: Value | None = None) -> Value:
    """Bits, or counts over the categories of a sample, which stand along its first axis."""
    if mode == "one_hot" and ids.rank > 1 and ids.shape[-1] == 1:
        ids = ops.squeeze(ids, -1)
    bits = ops.one_hot(ids, depth, ids.program.floats)
    if mode == "one_hot" or ids.rank == 1:
        return bits
    if counts is not None:
        bits = bits * ops.expand_dims(counts, -1)
    return ops.max(bits, (1,)) if mode == "multi_hot" else ops.sum(bits, (1,))


def row(x: Value, values: tuple[float, ...]) -> Value:
    return x.program.constant(np.array(values if len(values) > 1 else values[0]), x.dtype)

"""Several tensors in one, and one in several (``keras.ops``)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Example, Ports
from graph_engine.layers.operations.base import Operation
from graph_engine.layers.operations.dtypes import promoted
from graph_engine.layers.operations.reductions import axes_of
from graph_engine.layers.operations.shaping import Ints
from graph_engine.params import ParamError, integer, one_or_more
from graph_engine.values import ShapeError, TensorSpec

_SEVERAL: Final = Ports((), minimum=1)


class _Joining(Operation):
    """Several inputs in one."""

    operands = ("xs",)
    ports = _SEVERAL

    def input_ports(self) -> Ports:
        return _SEVERAL


class ConcatenateOp(_Joining):
    """Side by side along an axis."""

    examples = (
        Example(inputs=((2, 3), (2, 4)), config={"axis": 1}),
        Example(inputs=((2, 3), (2, 3)), dtypes=("int32", "float32")),
    )
    axis: int | None = integer(0, optional=True, help="The axis that grows; all numbers in a row without it.")

    def compute(self, *xs: Value) -> Value:
        if self.axis is None:
            return _joined([ops.reshape(x, (-1,)) for x in xs], 0)
        return _joined(xs, self.axis)


class StackOp(_Joining):
    """Side by side along a new axis."""

    operands = ("x",)
    examples = (
        Example(inputs=((2, 3), (2, 3)), config={"axis": 1}),
        Example(inputs=((2, 3), (2, 3), (2, 3))),
    )
    axis: int = integer(0, help="The place of the new axis.")

    def compute(self, *xs: Value) -> Value:
        if len({x.shape for x in xs}) > 1:
            raise ShapeError(f"all have one shape, got {' and '.join(str(x.shape) for x in xs)}")
        return ops.stack(*promoted(*xs), axis=self.axis)


class HstackOp(_Joining):
    """Side by side along the second axis, or the only one."""

    examples = (Example(inputs=((2, 3), (2, 4))),)

    def compute(self, *xs: Value) -> Value:
        return _joined(xs, 0 if xs[0].rank == 1 else 1)


class VstackOp(_Joining):
    """One below the other along the first axis."""

    examples = (Example(inputs=((2, 3), (2, 3))),)

    def compute(self, *xs: Value) -> Value:
        return _joined([ops.expand_dims(x, 0) if x.rank == 1 else x for x in xs], 0)


class DstackOp(_Joining):
    """One behind the other along the third axis."""

    examples = (Example(inputs=((2, 3), (2, 3))),)

    def compute(self, *xs: Value) -> Value:
        deep = [
            ops.expand_dims(ops.expand_dims(x, 0) if x.rank == 1 else x, -1) if x.rank < 3 else x for x in xs
        ]
        return _joined(deep, 2)


class AppendOp(Operation):
    """The second after the first."""

    operands = ("x1", "x2")
    examples = (Example(inputs=((2, 3), (2, 2)), config={"axis": 1}), Example(inputs=((2, 3), (2, 2))))
    axis: int | None = integer(None, optional=True, help="Along which; all numbers in a row without it.")

    def compute(self, x1: Value, x2: Value) -> Value:
        both = (x1, x2) if self.axis is not None else [ops.reshape(x, (-1,)) for x in (x1, x2)]
        return _joined(both, self.axis or 0)


class _Splitting(Operation):
    """One input in several parts."""

    examples = (
        Example(inputs=((2, 4, 6),), config={"indices_or_sections": 2}),
        Example(inputs=((4, 5, 3),), config={"indices_or_sections": [1, 2]}),
    )
    indices_or_sections: Ints = one_or_more(1, help="How many equal parts, or where the cuts are.")

    def output_ports(self) -> tuple[str, ...]:
        given = self.indices_or_sections
        count = len(given) + 1 if isinstance(given, tuple) else given
        return ("output",) if count == 1 else tuple(f"output_{index}" for index in range(count))

    def parts(self, x: Value, axis: int) -> tuple[Value, ...]:
        (place,) = axes_of(x, axis)
        given, size = self.indices_or_sections, x.shape[place]
        if isinstance(given, int) and size % given:
            raise ShapeError(f"axis {axis} of size {size} does not split into {given} equal parts")
        cuts = [size // given * part for part in range(1, given)] if isinstance(given, int) else given
        ends = [0, *(min(size, cut if cut >= 0 else cut + size) for cut in cuts), size]
        return tuple(
            ops.slice_axis(x, place, start, max(start, stop)) for start, stop in itertools.pairwise(ends)
        )

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.indices_or_sections, int) and self.indices_or_sections < 1:
            raise ParamError(f"{type(self).__name__}.indices_or_sections: at least one part")


class SplitOp(_Splitting):
    """Parts along an axis."""

    axis: int = integer(0, help="The axis that is cut.")

    def compute(self, x: Value) -> tuple[Value, ...]:
        return self.parts(x, self.axis)


class HsplitOp(_Splitting):
    """Parts along the second axis, or the only one."""

    def compute(self, x: Value) -> tuple[Value, ...]:
        return self.parts(x, 0 if x.rank == 1 else 1)


class VsplitOp(_Splitting):
    """Parts along the first axis."""

    def compute(self, x: Value) -> tuple[Value, ...]:
        return self.parts(x, 0)


class UnstackOp(Operation):
    """The slices along an axis, each an output."""

    module = "core"
    examples = (Example(inputs=((2, 3, 4),), config={"num": 3, "axis": 1}),)
    num: int = integer(1, minimum=1, help="How many of them, from the first on.")
    axis: int = integer(0, help="The axis that goes.")

    @classmethod
    def completed(cls, params: dict[str, Any], wires: Mapping[str, TensorSpec]) -> dict[str, Any]:
        """``num`` where Keras does without: outputs are counted before inputs are seen."""
        size = wires["x"].shape[params.get("axis", 0)]
        return params if params.get("num") is not None else {**params, "num": size}

    @classmethod
    def with_outputs(cls, config: Mapping[str, Any], count: int) -> Mapping[str, Any]:
        return config if config.get("num") is not None else {**config, "num": count}

    def output_ports(self) -> tuple[str, ...]:
        return ("output",) if self.num == 1 else tuple(f"output_{index}" for index in range(self.num))

    def compute(self, x: Value) -> tuple[Value, ...]:
        (axis,) = axes_of(x, self.axis)
        if x.shape[axis] < self.num:
            raise ShapeError(f"axis {self.axis} has {x.shape[axis]} slices, fewer than {self.num}")
        return tuple(ops.squeeze(ops.slice_axis(x, axis, at, at + 1), axis) for at in range(self.num))


def _joined(xs: Any, axis: int) -> Value:
    (place,) = axes_of(xs[0], axis)
    shapes = {(*x.shape[:place], 0, *x.shape[place + 1 :]) for x in xs}
    if len(shapes) > 1:
        raise ShapeError(f"sizes differ beside axis {axis}: {' and '.join(str(x.shape) for x in xs)}")
    return ops.concatenate(*promoted(*xs), axis=place)

"""Straight-line programs of primitives: what layers lower to, what is differentiated, scheduled and run.

A Value knows its program, so that code which builds programs reads like arithmetic::

    y = ops.matmul(x, kernel) + bias
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from graph_engine.values import DType, TensorSpec

if TYPE_CHECKING:
    from graph_engine.kernels.primitive import Primitive

Array = npt.NDArray[Any]
Number = int | float


@dataclass(frozen=True, eq=False, slots=True)
class Value:
    """One tensor of a program: a feed, a parameter, a constant or an op's output. Its shape is concrete."""

    program: Program
    spec: TensorSpec
    name: str = ""

    @property
    def shape(self) -> tuple[int, ...]:
        return self.spec.shape  # type: ignore[return-value]  # concrete by construction

    @property
    def dtype(self) -> DType:
        return self.spec.dtype

    @property
    def rank(self) -> int:
        return len(self.spec.shape)

    def __add__(self, other: Value | Number) -> Value:
        return _apply("add", self, self._operand(other))

    def __sub__(self, other: Value | Number) -> Value:
        return _apply("subtract", self, self._operand(other))

    def __mul__(self, other: Value | Number) -> Value:
        return _apply("multiply", self, self._operand(other))

    def __truediv__(self, other: Value | Number) -> Value:
        return _apply("divide", self, self._operand(other))

    def __radd__(self, other: Number) -> Value:
        return _apply("add", self._operand(other), self)

    def __rsub__(self, other: Number) -> Value:
        return _apply("subtract", self._operand(other), self)

    def __rmul__(self, other: Number) -> Value:
        return _apply("multiply", self._operand(other), self)

    def __rtruediv__(self, other: Number) -> Value:
        return _apply("divide", self._operand(other), self)

    def __neg__(self) -> Value:
        return _apply("negative", self)

    def _operand(self, other: Value | Number) -> Value:
        return other if isinstance(other, Value) else self.program.constant(other, self.dtype)


def _apply(name: str, *operands: Value) -> Value:
    from graph_engine.kernels import ops  # the primitives are built on this module

    result: Value = getattr(ops, name)(*operands)
    return result


@dataclass(frozen=True, eq=False, slots=True)
class Op:
    """One application of a primitive. ``node`` names the place on the canvas it came from."""

    primitive: Primitive
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    attrs: Mapping[str, Any]
    node: str


@dataclass(eq=False, slots=True)
class Program:
    """Ops in an order in which every value is made before it is used, and the values that enter from outside.

    ``updates`` maps a parameter's path to its value after the step (moving averages); ``losses`` are
    scalars that layers add to the total loss (regularizers). ``floats`` is the dtype of every floating tensor.
    """

    ops: list[Op] = field(default_factory=list)
    feeds: dict[str, Value] = field(default_factory=dict)
    parameters: dict[str, Value] = field(default_factory=dict)
    constants: dict[Value, Array] = field(default_factory=dict)
    results: dict[str, Value] = field(default_factory=dict)
    updates: dict[str, Value] = field(default_factory=dict)
    losses: list[Value] = field(default_factory=list)
    node: str = ""
    floats: DType = "float32"

    def feed(self, name: str, spec: TensorSpec) -> Value:
        self.feeds[name] = value = Value(self, spec, name)
        return value

    def parameter(self, path: str, spec: TensorSpec) -> Value:
        """The parameter at ``path``; asked for twice, it is the same value: that is how weights are shared."""
        if path not in self.parameters:
            self.parameters[path] = Value(self, spec, path)
        return self.parameters[path]

    def constant(self, content: Array | Number, dtype: DType) -> Value:
        array = np.asarray(content, dtype)
        value = Value(self, TensorSpec(array.shape, dtype))
        self.constants[value] = array
        return value

    def emit(
        self, primitive: Primitive, inputs: tuple[Value, ...], attrs: Mapping[str, Any]
    ) -> tuple[Value, ...]:
        specs = primitive.infer(*(value.spec for value in inputs), **attrs)
        outputs = tuple(Value(self, spec) for spec in specs)
        self.ops.append(Op(primitive, inputs, outputs, attrs, self.node))
        return outputs

    @contextmanager
    def at(self, node: str) -> Iterator[None]:
        """Ops emitted inside belong to ``node``."""
        outer, self.node = self.node, node
        try:
            yield
        finally:
            self.node = outer


def live_ops(ops: Sequence[Op], wanted: Iterable[Value]) -> list[Op]:
    """The ops that ``wanted`` depends on, in order."""
    needed = set(wanted)
    kept = []
    for op in reversed(ops):
        if any(value in needed for value in op.outputs):
            needed.update(op.inputs)
            kept.append(op)
    return kept[::-1]

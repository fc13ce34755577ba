"""What a primitive is: a shape rule, a numpy definition and a gradient rule, in that order in every file.

The numpy definition is the reference: the oracle of every faster kernel, the float64 path of gradient
checks, and the path of primitives that have no faster kernel.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from graph_engine.kernels.program import Array, Op, Value
from graph_engine.params import snake_case
from graph_engine.values import TensorSpec

Specs = tuple[TensorSpec, ...]
Gradients = tuple[Value | None, ...]


class Primitive(ABC):
    """A stateless operation on tensors of concrete shape; one instance per module-level name in ``ops``."""

    name: str = ""
    is_view: ClassVar[bool] = False
    """The output is the first input's memory under another shape: nothing is computed."""
    in_place: ClassVar[bool] = False
    """The output may overwrite the first input's memory when nobody needs it afterwards."""
    is_random: ClassVar[bool] = False
    """``forward`` takes ``rng``, a generator that depends on seed, op and step alone."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "name" not in vars(cls):  # a base's name is not its subclass's
            cls.name = snake_case(cls.__name__)

    @abstractmethod
    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        """Specs of the outputs. Raises ShapeError when the inputs do not fit."""

    @abstractmethod
    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        """Write every output (preallocated, of the inferred shape and dtype, contents undefined)."""

    @abstractmethod
    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        """Gradient for each input from the gradient of each output (None: that output is not used).

        Emits ops into the same program; None for inputs that have no gradient (indices, masks).
        At least one of ``gradients`` is a value.
        """

    def scratch(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        """Working memory that ``forward`` wants as ``scratch=``; planned like any other buffer."""
        return ()

    def flops(self, op: Op) -> int:
        """Floating point operations of one forward pass; one per output element unless overridden."""
        return sum(size_of(value.spec) for value in op.outputs)

    def __call__(self, *inputs: Value, **attrs: Any) -> Value:
        """Emit an op into the inputs' program; its only output."""
        (output,) = self.several(*inputs, **attrs)
        return output

    def several(self, *inputs: Value, **attrs: Any) -> tuple[Value, ...]:
        """Emit an op into the inputs' program; all of its outputs."""
        return inputs[0].program.emit(self, inputs, attrs)


def size_of(spec: TensorSpec) -> int:
    """Number of elements of a concrete shape."""
    size = 1
    for dim in spec.shape:
        assert dim is not None, "programs have concrete shapes"
        size *= dim
    return size

"""A dense layer over any axes, said in Einstein's notation."""

from __future__ import annotations

import dataclasses
import math
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.activations import ACTIVATIONS, activate
from graph_engine.layers.base import NEEDS_SIZE, Call, Example, Keras, Weight, summary_line, unless
from graph_engine.layers.constraints import Constraint
from graph_engine.layers.initializers import Initializer, Orthogonal
from graph_engine.layers.regularizers import Regularizer
from graph_engine.layers.requirements import require_floats
from graph_engine.layers.weighted import (
    ACTIVITY_EXAMPLE,
    BIAS_EXAMPLE,
    KERNEL_EXAMPLE,
    Activity,
    Kernel,
    constraint,
    initializer,
    regularizer,
)
from graph_engine.params import choice, dims, text
from graph_engine.values import Dim, Shape, ShapeError, TensorSpec

_EQUATION: Final = re.compile(r"(\.{3})?([a-zA-Z]+)(\.{3})?,([a-zA-Z]+)->(\.{3})?([a-zA-Z]+)(\.{3})?")


class EinsumDense(Activity, Kernel):
    """Every output is a weighted sum of inputs along axes that an equation names: ``einsum(equation, x, kernel)``."""

    formula = "y = activation(einsum(equation, x, kernel) + bias)"
    title = "EinsumDense"
    family = "core"
    keras = Keras(ignored=("lora_rank", "lora_alpha", "gptq_unpacked_column_size", "quantization_config"))
    examples = (
        Example(
            inputs=((2, 3, 4),),
            config={
                "equation": "abc,cd->abd",
                "output_shape": [None, 5],
                "bias_axes": "d",
                "activation": "tanh",
            },
        ),
        Example(
            inputs=((2, 3, 4),),
            config={
                "equation": "...x,xy->...y",
                "output_shape": [5],
                "bias_axes": "y",
                **KERNEL_EXAMPLE,
                **BIAS_EXAMPLE,
                **ACTIVITY_EXAMPLE,
            },
        ),
        Example(
            inputs=((2, 3, 4),),
            config={"equation": "abc,cde->abde", "output_shape": [3, 2, 3], "bias_axes": "de"},
        ),
        Example(
            inputs=((2, 3, 4),), config={"equation": "ab...,bc->ac...", "output_shape": [2], "bias_axes": "c"}
        ),
    )

    equation: str = text(
        "...x,xy->...y", help="Axes of input, kernel and result by letters; ... for any axes."
    )
    output_shape: tuple[Dim, ...] = dims(
        (64,),
        help="The result's sizes without the batch axis and what ... stands for; ? where the input's hold.",
    )
    activation: str = choice("linear", ACTIVATIONS, help="Function applied to the result.")
    bias_axes: str | None = text(
        None, optional=True, help="The axes along which a bias is learned; none without it."
    )
    bias_initializer: Initializer = initializer("Zeros", "the bias")
    bias_regularizer: Regularizer | None = regularizer("the bias")
    bias_constraint: Constraint | None = constraint("the bias")

    def line(self) -> str:
        return summary_line(self.equation.replace("->", " \u2192 "), unless(self.activation, "linear"))

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        require_floats(self, x)
        return x.with_shape(self._axes(x).output_shape)

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        axes = self._axes(inputs[0])
        kernel = dataclasses.replace(
            self.kernel(axes.kernel_shape), initializer=_over(self.kernel_initializer, *axes.fans)
        )
        bias_shape = axes.bias_shape(self.bias_axes)
        if bias_shape is None:
            return (kernel,)
        bias = Weight(
            "bias",
            bias_shape,
            self.bias_initializer,
            regularizer=self.bias_regularizer,
            constraint=self.bias_constraint,
        )
        return kernel, bias

    def lower(self, call: Call, *inputs: Value) -> Value:
        (x,) = inputs
        y = ops.einsum(self._axes(x.spec).equation, x, call.weight("kernel"))
        if self.bias_axes is not None:
            y = y + call.weight("bias")
        return self.charged(call, activate(self.activation, y))

    def _axes(self, x: TensorSpec) -> _Axes:
        found = _EQUATION.fullmatch(self.equation.replace(" ", ""))
        if found is None or (found[1], found[3]) != (found[5], found[7]) or (found[1] and found[3]):
            raise ShapeError(
                f"EinsumDense reads equations such as abc,cd->abd, ...x,xy->...y or ab...,bc->ac..., "
                f"not {self.equation!r}"
            )
        inputs, kernel, outputs = found[2], found[4], found[6]
        elided = x.rank - len(inputs)
        if elided < 0 or (elided and not (found[1] or found[3])):
            raise ShapeError(
                f"EinsumDense: {self.equation} does not fit {x.rank} axes, the batch axis included"
            )
        fresh = "".join(letter for letter in string.ascii_letters if letter not in self.equation)[:elided]
        shape = (
            (*x.shape[: max(1, elided)], *self.output_shape)
            if found[1]
            else (x.shape[0], *self.output_shape, *x.shape[x.rank - elided :])
        )
        before, after = (fresh, "") if found[1] else ("", fresh)
        named = _Axes(
            before + inputs + after, kernel, before + outputs + after, x.shape, shape, outputs, len(after)
        )
        if len(shape) != len(named.outputs):
            raise ShapeError(
                f"EinsumDense: {self.equation} has {len(outputs)} axes in its result, but output_shape names "
                f"{len(self.output_shape)} beside the batch axis"
            )
        return named


@dataclass(frozen=True)
class _Axes:
    """The equation with a letter for every axis, and the sizes on both sides."""

    inputs: str
    kernel: str
    outputs: str
    input_shape: Shape
    wanted_shape: Shape
    named: str  # the result's letters without those that ... stands for
    trailing: int  # how many axes ... stands for at the end

    @property
    def equation(self) -> str:
        return f"{self.inputs},{self.kernel}->{self.outputs}"

    def size(self, letter: str) -> Dim:
        """Raises ShapeError where input and result differ, or nobody has the letter."""
        pairs = [
            *zip(self.inputs, self.input_shape, strict=True),
            *zip(self.outputs, self.wanted_shape, strict=True),
        ]
        if letter not in self.inputs + self.outputs or letter not in self.inputs + self.kernel:
            raise ShapeError(f"EinsumDense: axis {letter!r} of {self.equation} stands on one side alone")
        known = {size for name, size in pairs if name == letter and size is not None}
        if len(known) > 1:
            raise ShapeError(
                f"EinsumDense: axis {letter!r} has {' and '.join(map(str, sorted(known)))} elements"
            )
        return known.pop() if known else None

    @property
    def output_shape(self) -> Shape:
        return tuple(self.size(letter) for letter in self.outputs)

    @property
    def kernel_shape(self) -> tuple[int, ...]:
        return tuple(self.sure(letter) for letter in self.kernel)

    def sure(self, letter: str) -> int:
        size = self.size(letter)
        if size is None:
            raise ShapeError(
                f"EinsumDense needs to know the size of axis {letter!r}, it is still open", NEEDS_SIZE
            )
        return size

    @property
    def fans(self) -> tuple[int, int]:
        """Units that a result is summed from, and results that a unit goes into."""
        into = [letter for letter in self.kernel if letter not in self.outputs]
        out = [letter for letter in self.kernel if letter in self.outputs]
        return math.prod(map(self.sure, into)), math.prod(map(self.sure, out))

    def bias_shape(self, axes: str | None) -> tuple[int, ...] | None:
        """From the first of the axes on: ones between and after them."""
        if axes is None:
            return None
        if unknown := set(axes) - set(self.named):
            raise ShapeError(
                f"EinsumDense: the bias axis {sorted(unknown)[0]!r} is not in the result {self.named}"
            )
        begin = min(map(self.named.index, axes))
        sizes = [self.sure(letter) if letter in axes else 1 for letter in self.named[begin:]]
        return (*sizes, *(1,) * self.trailing)


class _Over(Initializer):
    """An initializer that scales by fans, given the kernel as a matrix of these."""

    inner: Initializer | None = None
    fans: Sequence[int] = ()

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> npt.NDArray[np.float64]:
        assert self.inner is not None
        return self.inner.sample((self.fans[0], self.fans[1]), rng).reshape(shape)


def _over(initializer: Initializer, fan_in: int, fan_out: int) -> Initializer:
    """Elements are drawn alike, so only the fans matter; orthogonal matrices see the kernel as it is."""
    return initializer if isinstance(initializer, Orthogonal) else _Over(initializer, (fan_in, fan_out))

"""Noise that is there in training alone, so that a network cannot lean on single numbers; and charges on outputs."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import ClassVar, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.activations import SELU_ALPHA, SELU_SCALE
from graph_engine.layers.base import Call, Example, Keras, Layer
from graph_engine.layers.regularizers import L1L2
from graph_engine.layers.requirements import require_floats
from graph_engine.layers.spatial import LAST, Spatial
from graph_engine.layers.weighted import charge
from graph_engine.params import dims, number
from graph_engine.values import Shape, TensorSpec

_RATE: Final = "Part of the input that is set to zero."
_NOISE_SHAPE: Final = "Sizes of the random mask, batch axis included; ? as in the input, 1: the same for all."


class _Noise(Layer):
    """Changes nothing but numbers, and those only in training."""

    family = "regularization"
    keeps_mask = True
    keras = Keras(ignored=("seed",))  # the draws of two programs differ in any case

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        require_floats(self, *inputs)
        return inputs[0]

    def lower(self, call: Call, *inputs: Value) -> Value:
        return self.disturb(inputs[0]) if call.training else inputs[0]

    @abstractmethod
    def disturb(self, x: Value) -> Value:
        """The input as it is in training."""


class Dropout(_Noise):
    """Sets a random part of its input to zero in training, and scales the rest up to make good for it."""

    formula = "y = x / (1 − rate), or 0 at the given rate"
    title = "Dropout"
    examples = (
        Example(inputs=((2, 5),)),
        Example(inputs=((2, 3, 4),), config={"rate": 0.2, "noise_shape": [None, 1, 4]}),
    )

    rate: float = number(0.5, minimum=0.0, maximum=1.0, help=_RATE)
    noise_shape: Shape | None = dims(None, optional=True, help=_NOISE_SHAPE)

    def line(self) -> str:
        return f"{self.rate:.3g}"

    def disturb(self, x: Value) -> Value:
        return x * ops.dropout_mask(x, self.rate, _sizes(x, self.noise_shape)) if self.rate else x


class _SpatialDropout(Spatial):
    """Sets whole channels to zero: neighbours are so alike that single numbers would be no loss."""

    formula = "y = x / (1 − rate), or 0 for whole channels at the given rate"
    family = "regularization"
    keeps_mask = True
    keras = Keras(ignored=("seed", "noise_shape"))

    rate: float = number(0.5, minimum=0.0, maximum=1.0, help="Part of the channels that is set to zero.")

    def line(self) -> str:
        return f"{self.rate:.3g}"

    def infer_last(self, x: TensorSpec) -> TensorSpec:
        return x

    def lower_last(self, call: Call, x: Value) -> Value:
        if not call.training or not self.rate:
            return x
        return x * ops.dropout_mask(x, self.rate, (x.shape[0], *(1,) * self.rank, x.shape[-1]))


class SpatialDropout1D(_SpatialDropout):
    """Sets random channels of a sequence to zero in training, at all steps."""

    title = "SpatialDropout1D"
    rank = 1
    data_format: ClassVar[str] = LAST  # type: ignore[misc]  # as in Keras, it has no other
    examples = (
        Example(inputs=((2, 4, 3),)),
        Example(inputs=((2, 3, 4),), config={"rate": 0.2}),
    )


class SpatialDropout2D(_SpatialDropout):
    """Sets random channels of an image to zero in training, at all pixels."""

    title = "SpatialDropout2D"
    rank = 2
    examples = (
        Example(inputs=((2, 3, 2, 4),)),
        Example(inputs=((2, 4, 3, 2),), config={"rate": 0.2, "data_format": "channels_first"}),
    )


class SpatialDropout3D(_SpatialDropout):
    """Sets random channels of a volume to zero in training, everywhere."""

    title = "SpatialDropout3D"
    rank = 3
    examples = (
        Example(inputs=((2, 2, 3, 2, 4),)),
        Example(inputs=((2, 4, 3, 2, 2),), config={"rate": 0.2, "data_format": "channels_first"}),
    )


class GaussianNoise(_Noise):
    """Adds normal noise in training."""

    formula = "y = x + n, n from N(0, stddev²)"
    title = "GaussianNoise"
    examples = (Example(inputs=((2, 5),)), Example(inputs=((2, 3, 4),), config={"stddev": 0.5}))

    stddev: float = number(0.1, minimum=0.0, help="Standard deviation of the noise.")

    def line(self) -> str:
        return f"\u00b1{self.stddev:.3g}"

    def disturb(self, x: Value) -> Value:
        return x + ops.random_normal(x) * self.stddev if self.stddev else x


class GaussianDropout(_Noise):
    """Multiplies by normal noise around one in training, as strong as dropout at that rate."""

    formula = "y = x · n, n from N(1, rate / (1 − rate))"
    title = "GaussianDropout"
    examples = (Example(inputs=((2, 5),)), Example(inputs=((2, 3, 4),), config={"rate": 0.2}))

    rate: float = number(0.5, minimum=0.0, maximum=0.999, help="The dropout rate with as much noise.")

    def line(self) -> str:
        return f"{self.rate:.3g}"

    def disturb(self, x: Value) -> Value:
        return x * (1.0 + ops.random_normal(x) * math.sqrt(self.rate / (1.0 - self.rate)))


class AlphaDropout(_Noise):
    """Dropout that keeps mean and variance where selu is used (Klambauer et al., 2017)."""

    title = "AlphaDropout"
    examples = (
        Example(inputs=((2, 5),)),
        Example(inputs=((2, 3, 4),), config={"rate": 0.2, "noise_shape": [None, 1, 4]}),
    )

    rate: float = number(
        0.5, minimum=0.0, maximum=1.0, help="Part of the input that is set to selu's lowest value."
    )
    noise_shape: Shape | None = dims(None, optional=True, help=_NOISE_SHAPE)

    def line(self) -> str:
        return f"{self.rate:.3g}"

    def disturb(self, x: Value) -> Value:
        if not self.rate:
            return x
        lowest = -SELU_ALPHA * SELU_SCALE
        spread = ((1 - self.rate) * (1 + self.rate * lowest**2)) ** -0.5
        kept = ops.dropout_mask(x, self.rate, _sizes(x, self.noise_shape)) * (1 - self.rate)
        disturbed: Value = spread * (x * kept + lowest * (1.0 - kept)) - spread * lowest * self.rate
        return disturbed


class ActivityRegularization(Layer):
    """Hands on its input, and charges the loss for large numbers in it."""

    title = "ActivityRegularization"
    family = "regularization"
    keeps_mask = True
    keeps_apart = False
    keras = Keras(ignored=("activity_regularizer",))  # which repeats l1 and l2
    examples = (Example(inputs=((2, 5),), config={"l1": 0.1, "l2": 0.2}), Example(inputs=((2, 3),)))

    l1: float = number(0.0, minimum=0.0, help="Factor on the sum of absolute numbers, per sample.")
    l2: float = number(0.0, minimum=0.0, help="Factor on the sum of squares, per sample.")

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        require_floats(self, *inputs)
        return inputs[0]

    def lower(self, call: Call, *inputs: Value) -> Value:
        charge(call, L1L2(l1=self.l1, l2=self.l2), inputs[0])
        return inputs[0]


def _sizes(x: Value, noise_shape: Shape | None) -> tuple[int, ...]:
    if noise_shape is None:
        return x.shape
    return tuple(mine if size is None else size for mine, size in zip(x.shape, noise_shape, strict=True))

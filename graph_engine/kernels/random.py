"""Random tensors. The generator handed in depends on seed, op and step alone, so runs can be repeated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from graph_engine.kernels.primitive import Gradients, Primitive, Specs
from graph_engine.kernels.program import Array, Op, Value
from graph_engine.values import TensorSpec


class RandomUniform(Primitive):
    """Uniform in [0, 1), of ``shape`` and ``dtype``."""

    name = "random_uniform"
    is_random: ClassVar[bool] = True

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return (TensorSpec(tuple(attrs["shape"]), attrs["dtype"]),)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        attrs["rng"].random(out=outputs[0], dtype=outputs[0].dtype)

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        return ()


class RandomNormal(RandomUniform):
    """Standard normal, of ``shape`` and ``dtype``."""

    name = "random_normal"

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        attrs["rng"].standard_normal(out=outputs[0], dtype=outputs[0].dtype)


class DropoutMask(RandomUniform):
    """0 with probability ``rate``, else ``1 / (1 - rate)`` (inverted dropout)."""

    name = "dropout_mask"

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        rate = attrs["rate"]
        attrs["rng"].random(out=outputs[0], dtype=outputs[0].dtype)
        np.greater_equal(outputs[0], rate, out=outputs[0], casting="unsafe")
        outputs[0] *= 1.0 / (1.0 - rate) if rate < 1.0 else 0.0


random_uniform_ = RandomUniform()
random_normal_ = RandomNormal()
dropout_mask_ = DropoutMask()

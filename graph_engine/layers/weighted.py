"""What layers with weights share: how kernel and bias start, what is charged for them, what they must satisfy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Layer, Weight
from graph_engine.layers.constraints import CONSTRAINTS, Constraint
from graph_engine.layers.initializers import INITIALIZERS, Initializer
from graph_engine.layers.regularizers import REGULARIZERS, Regularizer
from graph_engine.params import boolean, configured, shared

KERNEL_EXAMPLE: Final[Mapping[str, Any]] = {
    "kernel_initializer": "he_normal",
    "kernel_regularizer": "l2",
    "kernel_constraint": "max_norm",
}
BIAS_EXAMPLE: Final[Mapping[str, Any]] = {
    "bias_initializer": "random_normal",
    "bias_regularizer": "l1",
    "bias_constraint": "non_neg",
}
ACTIVITY_EXAMPLE: Final[Mapping[str, Any]] = {"activity_regularizer": "l2"}


def initializer(default: str, what: str) -> Any:
    return shared(configured(default, INITIALIZERS, help=f"How {what} starts."))


def regularizer(what: str) -> Any:
    return shared(
        configured(None, REGULARIZERS, optional=True, help=f"Penalty on {what}, added to the loss.")
    )


def constraint(what: str) -> Any:
    return shared(
        configured(None, CONSTRAINTS, optional=True, help=f"What {what} is brought back to after every step.")
    )


class Kernel(Layer):
    """A layer with a kernel: the weights that its input is multiplied with."""

    kernel_initializer: Initializer = initializer("GlorotUniform", "the kernel")
    kernel_regularizer: Regularizer | None = regularizer("the kernel")
    kernel_constraint: Constraint | None = constraint("the kernel")

    def kernel(self, shape: tuple[int, ...]) -> Weight:
        return Weight(
            "kernel",
            shape,
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )


class Bias(Layer):
    """A layer that may add a learned bias to its result."""

    use_bias: bool = shared(boolean(True, help="Whether to add a learned bias."))
    bias_initializer: Initializer = initializer("Zeros", "the bias")
    bias_regularizer: Regularizer | None = regularizer("the bias")
    bias_constraint: Constraint | None = constraint("the bias")

    def bias(self, *shape: int) -> tuple[Weight, ...]:
        """The bias of that shape, or nothing."""
        found = Weight(
            "bias",
            shape,
            self.bias_initializer,
            regularizer=self.bias_regularizer,
            constraint=self.bias_constraint,
        )
        return (found,) if self.use_bias else ()

    def biased(self, call: Call, y: Value) -> Value:
        return y + call.weight("bias") if self.use_bias else y


class Activity(Layer):
    """A layer whose output may be charged for."""

    activity_regularizer: Regularizer | None = regularizer("the output, per sample,")

    def charged(self, call: Call, y: Value) -> Value:
        """``y``, after its penalty was added to the losses."""
        charge(call, self.activity_regularizer, y)
        return y


def charge(call: Call, penalty: Regularizer | None, y: Value) -> None:
    """Adds a penalty on ``y`` to the losses, divided by the number of samples."""
    if penalty is not None:
        call.program.losses.append(penalty.penalty(y) * (1.0 / y.shape[0]))

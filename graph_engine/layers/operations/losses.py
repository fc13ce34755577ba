"""Losses for each sample, as functions of tensors (``keras.ops.nn``)."""

from __future__ import annotations

from typing import Any, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.activations import log_softmax
from graph_engine.layers.base import Example
from graph_engine.layers.operations.base import Operation, operand
from graph_engine.layers.operations.dtypes import as_dtype, fractions
from graph_engine.layers.operations.reductions import axes_of
from graph_engine.params import boolean, integer
from graph_engine.values import ShapeError

_EPSILON: Final = 1e-7  # Keras' backend epsilon
_SURE: Final = Example(inputs=((2, 3), (2, 3)), span=(0.1, 0.9))
_LOGITS: Final = Example(inputs=((2, 3), (2, 3)), config={"from_logits": True})


class _Crossentropy(Operation):
    """How unexpected the target is."""

    module = "nn"
    operands = ("target", "output")

    target: Any = operand()
    output: Any = operand()
    from_logits: bool = boolean(False, help="Whether outputs are scores, not probabilities.")


class BinaryCrossentropyOp(_Crossentropy):
    """Of true or false, for each number."""

    module = "nn"
    examples = (_SURE, _LOGITS)

    def compute(self, target: Value, output: Value) -> Value:
        t, y = fractions(target, output)
        if t.shape != y.shape:
            raise ShapeError(f"target and output have one shape, got {t.shape} and {y.shape}")
        if self.from_logits:
            return ops.softplus(y) - t * y
        p = ops.clip(y, low=_EPSILON, high=1.0 - _EPSILON)
        return -(t * ops.log(p) + (1.0 - t) * ops.log(1.0 - p))


class CategoricalCrossentropyOp(_Crossentropy):
    """Of one among classes, whose shares are the target."""

    module = "nn"
    examples = (_SURE, _LOGITS)
    axis: int = integer(-1, help="The axis of classes.")

    def compute(self, target: Value, output: Value) -> Value:
        t, y = fractions(target, output)
        (axis,) = axes_of(y, self.axis)
        return -ops.sum(t * _log_shares(y, axis, self.from_logits), (axis,))


class SparseCategoricalCrossentropyOp(_Crossentropy):
    """Of one among classes, whose number is the target."""

    module = "nn"
    examples = (
        Example(inputs=((2,), (2, 3)), dtypes=("int32", "float32"), high=3, span=(0.1, 0.9)),
        Example(inputs=((2,), (2, 3)), config={"from_logits": True}, dtypes=("int32", "float32"), high=3),
    )
    axis: int = integer(-1, help="The axis of classes.")

    def compute(self, target: Value, output: Value) -> Value:
        (axis,) = axes_of(output, self.axis)
        if target.rank == output.rank and target.shape[-1] == 1:
            target = ops.squeeze(target, -1)
        shares = _log_shares(output, axis, self.from_logits)
        picked = ops.take_along(shares, ops.expand_dims(as_dtype(target, "int64"), axis), axis)
        return -ops.squeeze(picked, axis)


def _log_shares(y: Value, axis: int, from_logits: bool) -> Value:
    """Logarithms of probabilities, which add up to one."""
    if from_logits:
        return log_softmax(y, axis)
    shares = y / ops.sum(y, (axis,), True)
    return ops.log(ops.clip(shares, low=_EPSILON, high=1.0 - _EPSILON))

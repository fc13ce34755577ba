"""The same numbers in another dtype, as a copy, or cut off from the gradient (``keras.ops``)."""

from __future__ import annotations

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Example
from graph_engine.layers.operations.base import Operation
from graph_engine.layers.operations.dtypes import CASTS, as_dtype, floating
from graph_engine.params import choice


class CastOp(Operation):
    """Another dtype."""

    module = "core"
    examples = (
        Example(inputs=((2, 3),), config={"dtype": "int32"}),
        Example(inputs=((2, 3),), dtype="bool"),
    )

    dtype: str = choice("float32", CASTS, help="The dtype of the result.")

    def compute(self, x: Value) -> Value:
        return as_dtype(x, self.dtype)


class SaturateCastOp(CastOp):
    """Another dtype, numbers cut to what it holds."""

    module = "core"

    def compute(self, x: Value) -> Value:
        bits = {"int32": 31, "int64": 63}.get(self.dtype)
        if bits and x.dtype == floating(x).dtype:  # whole floats nearest to the ends, inside them
            top = 2.0**bits - (2.0 ** (bits - 24) if x.dtype == "float32" else 2.0 ** max(0, bits - 53))
            x = ops.clip(x, low=-(2.0**bits), high=top)
        return as_dtype(x, self.dtype)


class CopyOp(Operation):
    """The same numbers."""

    def compute(self, x: Value) -> Value:
        return x


class StopGradientOp(Operation):
    """The same numbers, through which no gradient flows."""

    module = "core"
    operands = ("variable",)
    examples = (Example(inputs=((2, 3),), dtype="int32"),)

    def compute(self, variable: Value) -> Value:
        return ops.stop_gradient(variable)


class ConvertToTensorOp(Operation):
    """The same numbers, in another dtype if asked for."""

    ignored = ("sparse", "ragged")
    module = "core"
    dtype: str | None = choice(None, CASTS, optional=True, help="The dtype of the result; the same if none.")

    def compute(self, x: Value) -> Value:
        return as_dtype(x, self.dtype) if self.dtype else x

"""Where padding is told from data."""

from __future__ import annotations

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Example, Layer
from graph_engine.layers.requirements import require_numbers, require_sample_axes
from graph_engine.params import number
from graph_engine.values import TensorSpec


class Masking(Layer):
    """Takes steps whose features all have one value for padding, which the layers behind skip."""

    title = "Masking"
    family = "core"
    examples = (
        Example(inputs=((2, 4, 3),)),
        Example(inputs=((2, 5, 1),), config={"mask_value": 2.0}, dtype="int32"),
    )

    mask_value: float = number(0.0, help="What every feature of a padded step is.")

    def line(self) -> str:
        return f"{self.mask_value:g}"

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        require_numbers(self, *inputs)
        require_sample_axes(self, inputs[0])
        return inputs[0]

    def lower(self, call: Call, *inputs: Value) -> Value:
        (x,) = inputs
        seen = ops.any(self._differs(x), (-1,), keepdims=True)
        return ops.where(seen, x, x.program.constant(0, x.dtype))

    def masked(self, *arriving: bool) -> bool:
        return True

    def mask(self, call: Call, *inputs: Value) -> Value:
        return ops.any(self._differs(inputs[0]), (-1,))

    def _differs(self, x: Value) -> Value:
        return ops.not_equal(x, x.program.constant(self.mask_value, x.dtype))

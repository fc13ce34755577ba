"""Where data enters and leaves a graph."""

from __future__ import annotations

from graph_engine.kernels.program import Value
from graph_engine.layers.base import NONE, Call, Example, Layer, summary_line
from graph_engine.params import choice, dims, integer
from graph_engine.values import DTYPES, Dim, DType, TensorSpec, shape_text


class Input(Layer):
    """Where data enters: one sample's sizes and whether it holds fractions or whole numbers."""

    title = "Input"
    family = "io"
    ports = NONE
    examples = (
        Example(inputs=(), config={"shape": [8, 8, 1]}),
        Example(inputs=(), config={"shape": [None], "dtype": "int32", "batch_size": 4}),
    )

    shape: tuple[Dim, ...] = dims(
        (1,), help="Sizes of one sample, without the batch axis; ? where a size is left open."
    )
    dtype: DType = choice("float32", DTYPES, help="float32 for quantities, int32 for numbered categories.")

    batch_size: int | None = integer(
        None, minimum=1, optional=True, help="How many samples every batch has; open without it."
    )

    def line(self) -> str:
        return summary_line(
            shape_text(self.shape),
            "" if self.dtype == "float32" else self.dtype,
            "" if self.batch_size is None else f"batches of {self.batch_size}",
        )

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        return TensorSpec((self.batch_size, *self.shape), self.dtype)

    def lower(self, call: Call, *inputs: Value) -> Value:
        raise TypeError("an Input is fed, not computed")


class Output(Layer):
    """Where a result leaves: it names a head, which a loss and metrics can be attached to."""

    title = "Output"
    family = "io"
    keeps_mask = True
    examples = (Example(inputs=((2, 3),)), Example(inputs=((2, 4, 4, 3),), dtype="int32"))

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        return inputs[0]

    def lower(self, call: Call, *inputs: Value) -> Value:
        return inputs[0]

"""The layer that looks at everything at once, and the one that looks things up."""

from __future__ import annotations

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.activations import ACTIVATIONS, activate
from graph_engine.layers.base import Call, Example, Layer, Weight, summary_line, unless
from graph_engine.layers.initializers import INITIALIZERS, Initializer
from graph_engine.layers.regularizers import REGULARIZERS, Regularizer
from graph_engine.layers.requirements import (
    require_floats,
    require_integers,
    require_sample_axes,
    require_size,
)
from graph_engine.params import boolean, choice, configured, integer
from graph_engine.values import TensorSpec


class Dense(Layer):
    """Every output is a weighted sum of all inputs: ``activation(x @ kernel + bias)``."""

    title = "Dense"
    family = "core"
    examples = (
        Example(
            inputs=((2, 5),), config={"units": 3, "activation": "relu", "bias_initializer": "random_normal"}
        ),
        Example(
            inputs=((2, 4, 5),),
            config={
                "units": 3,
                "use_bias": False,
                "kernel_initializer": "he_normal",
                "kernel_regularizer": "l2",
            },
        ),
    )

    units: int = integer(64, minimum=1, help="Size of the output's last axis.")
    activation: str = choice("linear", ACTIVATIONS, help="Function applied to the result.")
    use_bias: bool = boolean(True, help="Whether to add a learned bias.")
    kernel_initializer: Initializer = configured("GlorotUniform", INITIALIZERS, help="How the kernel starts.")
    bias_initializer: Initializer = configured("Zeros", INITIALIZERS, help="How the bias starts.")
    kernel_regularizer: Regularizer | None = configured(
        None, REGULARIZERS, optional=True, help="Penalty on the kernel, added to the loss."
    )

    def line(self) -> str:
        return summary_line(str(self.units), unless(self.activation, "linear"))

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        require_floats(self, x)
        require_sample_axes(self, x)
        return x.with_shape((*x.shape[:-1], self.units))

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        features = require_size(self, inputs[0], -1, "number of input features")
        kernel = Weight(
            "kernel", (features, self.units), self.kernel_initializer, regularizer=self.kernel_regularizer
        )
        bias = Weight("bias", (self.units,), self.bias_initializer)
        return (kernel, bias) if self.use_bias else (kernel,)

    def lower(self, call: Call, *inputs: Value) -> Value:
        (x,) = inputs
        rows = ops.reshape(x, shape=(-1, x.shape[-1]))
        y = ops.matmul(rows, call.weight("kernel"))
        if self.use_bias:
            y = y + call.weight("bias")
        return ops.reshape(activate(self.activation, y), shape=(*x.shape[:-1], self.units))


class Embedding(Layer):
    """A learned vector for every category: whole numbers in, rows of a table out."""

    title = "Embedding"
    family = "core"
    examples = (
        Example(inputs=((2, 5),), config={"input_dim": 4, "output_dim": 3}, dtype="int32"),
        Example(
            inputs=((3,),),
            config={
                "input_dim": 6,
                "output_dim": 2,
                "embeddings_initializer": "glorot_uniform",
                "embeddings_regularizer": "l2",
            },
            dtype="int32",
            high=6,
        ),
    )

    input_dim: int = integer(
        1000, minimum=1, help="Number of categories; the input holds numbers from 0 to one less than this."
    )
    output_dim: int = integer(32, minimum=1, help="Length of each category's vector.")
    embeddings_initializer: Initializer = configured(
        "RandomUniform", INITIALIZERS, help="How the vectors start."
    )
    embeddings_regularizer: Regularizer | None = configured(
        None, REGULARIZERS, optional=True, help="Penalty on the vectors, added to the loss."
    )

    def line(self) -> str:
        return f"{self.input_dim:,} \u2192 {self.output_dim}"

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        require_integers(self, x, "categories numbered from 0")
        return TensorSpec((*x.shape, self.output_dim), "float32")

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        shape = (self.input_dim, self.output_dim)
        return (
            Weight("embeddings", shape, self.embeddings_initializer, regularizer=self.embeddings_regularizer),
        )

    def lower(self, call: Call, *inputs: Value) -> Value:
        return ops.gather(call.weight("embeddings"), inputs[0])

"""The layer that looks at everything at once, and the one that looks things up."""

from __future__ import annotations

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.activations import ACTIVATIONS, activate
from graph_engine.layers.base import Call, Example, Keras, Weight, summary_line, unless
from graph_engine.layers.constraints import CONSTRAINTS, Constraint
from graph_engine.layers.initializers import INITIALIZERS, Initializer
from graph_engine.layers.regularizers import REGULARIZERS, Regularizer
from graph_engine.layers.requirements import (
    require_floats,
    require_integers,
    require_sample_axes,
    require_size,
)
from graph_engine.layers.weighted import (
    ACTIVITY_EXAMPLE,
    BIAS_EXAMPLE,
    KERNEL_EXAMPLE,
    Activity,
    Bias,
    Kernel,
)
from graph_engine.params import boolean, choice, configured, integer
from graph_engine.values import TensorSpec


class Dense(Activity, Bias, Kernel):
    """Every output is a weighted sum of all inputs: ``activation(x @ kernel + bias)``."""

    formula = "y = activation(x · kernel + bias)"
    title = "Dense"
    family = "core"
    keeps_mask = True
    keras = Keras(ignored=("lora_rank", "lora_alpha", "quantization_config"))
    examples = (
        Example(
            inputs=((2, 5),), config={"units": 3, "activation": "relu", **KERNEL_EXAMPLE, **BIAS_EXAMPLE}
        ),
        Example(inputs=((2, 4, 5),), config={"units": 3, "use_bias": False, **ACTIVITY_EXAMPLE}),
    )

    units: int = integer(64, minimum=1, help="Size of the output's last axis.")
    activation: str = choice("linear", ACTIVATIONS, help="Function applied to the result.")

    def line(self) -> str:
        return summary_line(str(self.units), unless(self.activation, "linear"))

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        require_floats(self, x)
        require_sample_axes(self, x)
        return x.with_shape((*x.shape[:-1], self.units))

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        features = require_size(self, inputs[0], -1, "number of input features")
        return (self.kernel((features, self.units)), *self.bias(self.units))

    def lower(self, call: Call, *inputs: Value) -> Value:
        (x,) = inputs
        rows = ops.reshape(x, shape=(-1, x.shape[-1]))
        y = activate(self.activation, self.biased(call, ops.matmul(rows, call.weight("kernel"))))
        return self.charged(call, ops.reshape(y, shape=(*x.shape[:-1], self.units)))


class Embedding(Activity):
    """A learned vector for every category: whole numbers in, rows of a table out."""

    formula = "y = embeddings[x]"
    title = "Embedding"
    family = "core"
    keras = Keras(ignored=("lora_rank", "lora_alpha", "quantization_config", "input_length"))
    examples = (
        Example(inputs=((2, 5),), config={"input_dim": 4, "output_dim": 3, "mask_zero": True}, dtype="int32"),
        Example(
            inputs=((3,),),
            config={
                "input_dim": 6,
                "output_dim": 2,
                "embeddings_initializer": "glorot_uniform",
                "embeddings_regularizer": "l2",
                "embeddings_constraint": "unit_norm",
                **ACTIVITY_EXAMPLE,
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
    embeddings_constraint: Constraint | None = configured(
        None, CONSTRAINTS, optional=True, help="What the vectors are brought back to after every step."
    )
    mask_zero: bool = boolean(False, help="Whether 0 is padding, which the layers behind are to skip.")

    def line(self) -> str:
        return summary_line(
            f"{self.input_dim:,} \u2192 {self.output_dim}", "0 is padding" if self.mask_zero else ""
        )

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        require_integers(self, x, "categories numbered from 0")
        return TensorSpec((*x.shape, self.output_dim), "float32")

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        return (
            Weight(
                "embeddings",
                (self.input_dim, self.output_dim),
                self.embeddings_initializer,
                regularizer=self.embeddings_regularizer,
                constraint=self.embeddings_constraint,
            ),
        )

    def lower(self, call: Call, *inputs: Value) -> Value:
        return self.charged(call, ops.gather(call.weight("embeddings"), inputs[0]))

    def masked(self, *arriving: bool) -> bool:
        return self.mask_zero

    def mask(self, call: Call, *inputs: Value) -> Value | None:
        (x,) = inputs
        return ops.not_equal(x, x.program.constant(0, x.dtype)) if self.mask_zero else None

"""The layer that looks at everything at once."""

from __future__ import annotations

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.activations import ACTIVATIONS, activate
from graph_engine.layers.base import Call, Example, Layer, Weight, require_known
from graph_engine.layers.initializers import INITIALIZERS, Initializer
from graph_engine.layers.regularizers import REGULARIZERS, Regularizer
from graph_engine.params import boolean, choice, configured, integer
from graph_engine.values import ShapeError, TensorSpec


class Dense(Layer):
    """Every output is a weighted sum of all inputs: ``activation(x @ kernel + bias)``."""

    title = "Dense"
    family = "core"
    examples = (
        Example(inputs=((2, 5),), config={"units": 3, "activation": "relu"}),
        Example(inputs=((2, 4, 5),), config={"units": 3, "use_bias": False, "kernel_regularizer": "l2"}),
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
        return f"{self.units}" if self.activation == "linear" else f"{self.units} \u00b7 {self.activation}"

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        if x.rank < 2:
            raise ShapeError("Dense needs at least one axis per sample, got a scalar")
        return x.with_shape((*x.shape[:-1], self.units))

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        features = require_known(self, inputs[0], -1, "number of input features")
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

"""Layers that read a sequence step by step and remember."""

from __future__ import annotations

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import NEEDS_SEQUENCE, Call, Example, Layer, Weight, summary_line
from graph_engine.layers.initializers import INITIALIZERS, Array, Initializer
from graph_engine.layers.regularizers import REGULARIZERS, Regularizer
from graph_engine.layers.requirements import require_floats, require_rank, require_size
from graph_engine.params import boolean, configured, integer, number
from graph_engine.values import TensorSpec


class _Remembering(Initializer):
    """The gates' bias as ``bias`` fills it, but ones at the forget gate (Jozefowicz et al., 2015)."""

    bias: Initializer = configured("Zeros", INITIALIZERS, help="How the other gates start.")

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        filled = self.bias.sample(shape, rng)
        units = shape[0] // 4
        filled[units : 2 * units] = 1.0
        return filled


class LSTM(Layer):
    """Reads a sequence and keeps what matters in a long short-term memory."""

    title = "LSTM"
    family = "recurrent"
    examples = (
        Example(inputs=((2, 4, 3),), config={"units": 2}),
        Example(
            inputs=((2, 5, 3),),
            config={
                "units": 4,
                "use_bias": False,
                "kernel_initializer": "he_normal",
                "recurrent_initializer": "glorot_uniform",
                "return_sequences": True,
                "go_backwards": True,
            },
        ),
        Example(
            inputs=((3, 4, 2),),
            config={
                "units": 3,
                "bias_initializer": "random_normal",
                "unit_forget_bias": False,
                "kernel_regularizer": "l2",
                "recurrent_regularizer": "l1",
                "return_state": True,
                "dropout": 0.5,
            },
        ),
    )

    units: int = integer(32, minimum=1, help="Size of the memory, and of the output.")
    use_bias: bool = boolean(True, help="Whether to add a learned bias to the gates.")
    kernel_initializer: Initializer = configured(
        "GlorotUniform", INITIALIZERS, help="How the weights on the input start."
    )
    recurrent_initializer: Initializer = configured(
        "Orthogonal", INITIALIZERS, help="How the weights on the last output start."
    )
    bias_initializer: Initializer = configured("Zeros", INITIALIZERS, help="How the bias starts.")
    unit_forget_bias: bool = boolean(True, help="Whether the forget gate's bias starts at one: remembering.")
    kernel_regularizer: Regularizer | None = configured(
        None, REGULARIZERS, optional=True, help="Penalty on the weights on the input, added to the loss."
    )
    recurrent_regularizer: Regularizer | None = configured(
        None,
        REGULARIZERS,
        optional=True,
        help="Penalty on the weights on the last output, added to the loss.",
    )
    dropout: float = number(
        0.0, minimum=0.0, maximum=1.0, help="Part of the input features that is set to zero in training."
    )
    return_sequences: bool = boolean(False, help="Whether every step's output leaves, or the last one alone.")
    return_state: bool = boolean(
        False, help="Whether the last output and memory leave at ports of their own."
    )
    go_backwards: bool = boolean(False, help="Whether to read from the last step to the first.")

    def output_ports(self) -> tuple[str, ...]:
        return ("output", "state_h", "state_c") if self.return_state else ("output",)

    def line(self) -> str:
        return summary_line(
            str(self.units),
            "sequence" if self.return_sequences else "",
            "backwards" if self.go_backwards else "",
        )

    def infer(self, *inputs: TensorSpec) -> tuple[TensorSpec, ...]:
        (x,) = inputs
        require_rank(self, x, 3, "steps \u00d7 features", NEEDS_SEQUENCE)
        require_floats(self, x)
        batch, steps, _ = x.shape
        last = x.with_shape((batch, self.units))
        output = x.with_shape((batch, steps, self.units)) if self.return_sequences else last
        return (output, last, last) if self.return_state else (output,)

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        features = require_size(self, inputs[0], -1, "number of input features")
        gates = 4 * self.units
        found = (
            Weight("kernel", (features, gates), self.kernel_initializer, regularizer=self.kernel_regularizer),
            Weight(
                "recurrent_kernel",
                (self.units, gates),
                self.recurrent_initializer,
                regularizer=self.recurrent_regularizer,
            ),
        )
        bias = _Remembering(bias=self.bias_initializer) if self.unit_forget_bias else self.bias_initializer
        return (*found, Weight("bias", (gates,), bias)) if self.use_bias else found

    def lower(self, call: Call, *inputs: Value) -> tuple[Value, ...]:
        (x,) = inputs
        batch, _, features = x.shape
        if call.training and self.dropout:  # one mask for all steps, as in Keras
            x = x * ops.dropout_mask(x, self.dropout, (batch, 1, features))
        if self.go_backwards:
            x = ops.flip(x, 1)
        bias = call.weight("bias") if self.use_bias else _zeros(x, 4 * self.units)
        start = _zeros(x, batch, self.units)
        sequence, last, memory = ops.lstm(
            x, call.weight("kernel"), call.weight("recurrent_kernel"), bias, start, start
        )
        output = sequence if self.return_sequences else last
        return (output, last, memory) if self.return_state else (output,)


def _zeros(like: Value, *shape: int) -> Value:
    return ops.broadcast_to(ops.number(0.0, like), shape)

"""The long short-term memory (Hochreiter and Schmidhuber, 1997). Gates in Keras' order i, f, c, o."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.activations import ACTIVATIONS, activate
from graph_engine.layers.base import Call, Example, Keras, Weight
from graph_engine.layers.initializers import INITIALIZERS, Array, Initializer
from graph_engine.layers.recurrent.base import Recurrent, own
from graph_engine.layers.recurrent.cell import GATES, Cell, Dense, DenseCell, Ready, Values, parts, product
from graph_engine.layers.recurrent.examples import CELL, GROUPS, common, masked
from graph_engine.params import boolean, choice, configured, shared

FORGET = "Whether the forget gate's bias starts at one: remembering."


class Remembering(Initializer):
    """The gates' bias as ``bias`` fills it, but ones at the forget gate (Jozefowicz et al., 2015)."""

    bias: Initializer = configured("Zeros", INITIALIZERS, help="How the other gates start.")

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        filled = self.bias.sample(shape, rng)
        units = shape[0] // 4
        filled[units : 2 * units] = 1.0
        return filled


class _LSTM(Dense):
    recurrent_activation: str = choice("sigmoid", ACTIVATIONS, help=GATES)
    unit_forget_bias: bool = shared(boolean(True, help=FORGET))

    def bias(self, *shape: int) -> tuple[Weight, ...]:
        found = super().bias(*shape)
        return remembering(found) if self.unit_forget_bias else found


class LSTMCell(_LSTM, DenseCell):
    """One step of an LSTM: gates decide what of the memory is forgotten, what is added and what is told."""

    title = "LSTMCell"
    gates = 4
    examples = (
        Example(inputs=((2, 4), (2, 3), (2, 3)), config={"units": 3}),
        Example(
            inputs=((2, 4), (2, 3), (2, 3)),
            config={
                "units": 3,
                "activation": "relu",
                "recurrent_activation": "hard_sigmoid",
                "unit_forget_bias": False,
                **CELL,
            },
        ),
    )

    def state_count(self) -> int:
        return 2

    def step(self, ready: Ready, read: Values, states: Values) -> Values:
        h, c = states
        z = read[0] + product(h, ready.call.weight("recurrent_kernel"), ready.states)
        return remembered(self.activation, self.recurrent_activation, z, c)


class LSTM(_LSTM, Recurrent):
    """Reads a sequence and keeps what matters in a long short-term memory."""

    formula = "i, f, o = σ(x · W + h · U + b);  g = tanh(x · W + h · U + b);  c′ = f ⊙ c + i ⊙ g;  h′ = o ⊙ tanh(c′)"
    title = "LSTM"
    keras = Keras(ignored=("seed", "use_cudnn"), groups=GROUPS)
    examples = (
        Example(inputs=((2, 4, 3),), config={"units": 2, "dropout": 0.5}),
        *common((2, 5, 3), {"units": 2, "unit_forget_bias": False}),
        Example(
            inputs=((2, 4, 3), (2, 3), (2, 3), (2, 4)),
            config={"units": 3, "activation": "relu", "recurrent_activation": "hard_sigmoid"},
            **masked(2),
        ),
    )

    def state_names(self) -> tuple[str, ...]:
        return ("state_h", "state_c")

    def make_cell(self) -> Cell:
        return LSTMCell(**own(LSTMCell.params(), self))

    def over_time(self, call: Call, x: Value, states: Values, mask: Value | None) -> Values:
        """One coarse step where nothing is masked and the gates are the usual ones."""
        usual = (self.activation, self.recurrent_activation) == ("tanh", "sigmoid")
        if mask is not None or not usual or (call.training and self.recurrent_dropout):
            return super().over_time(call, x, states, mask)
        for noise in self.ready(call, x).inputs:
            x = x * ops.expand_dims(noise, 1)
        bias = (
            call.weight("bias") if self.use_bias else ops.broadcast_to(ops.number(0.0, x), (4 * self.units,))
        )
        kernels = call.weight("kernel"), call.weight("recurrent_kernel")
        return ops.lstm(x, *kernels, bias, *states)


def remembering(bias: tuple[Weight, ...]) -> tuple[Weight, ...]:
    """With ones at the forget gate."""
    return tuple(replace(each, initializer=Remembering(bias=each.initializer)) for each in bias)


def remembered(activation: str, recurrent_activation: str, z: Value, c: Value) -> Values:
    """Output and memory after a step, from all gates' sums and the memory before it."""
    i, f, g, o = parts(z, 4)
    i, f, o = (activate(recurrent_activation, gate) for gate in (i, f, o))
    memory = f * c + i * activate(activation, g)
    return o * activate(activation, memory), memory

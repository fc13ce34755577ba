"""The gated recurrent unit (Cho et al., 2014). Gates in Keras' order z, r, h along the last axis."""

from __future__ import annotations

from typing import Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.activations import ACTIVATIONS, activate
from graph_engine.layers.base import Call, Example, Keras, Weight
from graph_engine.layers.recurrent.base import Recurrent, own
from graph_engine.layers.recurrent.cell import GATES, Cell, Dense, DenseCell, Ready, Values, parts, product
from graph_engine.layers.recurrent.examples import CELL, GROUPS, common, masked
from graph_engine.params import boolean, choice, shared

_BEFORE: Final = {"units": 3, "recurrent_activation": "hard_sigmoid", "reset_after": False}


class _GRU(Dense):
    recurrent_activation: str = choice("sigmoid", ACTIVATIONS, help=GATES)
    reset_after: bool = shared(
        boolean(
            True, help="Whether the reset gate acts after the product with the recurrent kernel, or before."
        )
    )


class GRUCell(_GRU, DenseCell):
    """One step of a GRU: ``z * h + (1 - z) * candidate``, where z and the candidate see input and h."""

    title = "GRUCell"
    gates = 3
    examples = (
        Example(inputs=((2, 4), (2, 3)), config={"units": 3}),
        Example(inputs=((2, 4), (2, 3)), config={**_BEFORE, **CELL}),
    )

    def biases(self, columns: int) -> tuple[Weight, ...]:
        return self.bias(2, columns) if self.reset_after else self.bias(columns)

    def biased(self, call: Call, y: Value) -> Value:
        if not self.use_bias:
            return y
        return y + (_row(call, 0) if self.reset_after else call.weight("bias"))

    def step(self, ready: Ready, read: Values, states: Values) -> Values:
        (h,) = states
        x_z, x_r, x_h = parts(read[0], 3)
        gates, last = ops.split(ready.call.weight("recurrent_kernel"), (2 * self.units, self.units), 1)
        h_z, h_r = parts(self._shifted(ready.call, product(h, gates, ready.states[:2]), 0, 2), 2)
        z, r = (activate(self.recurrent_activation, gate) for gate in (x_z + h_z, x_r + h_r))
        if self.reset_after:
            h_h = r * self._shifted(ready.call, product(h, last, ready.states[2:]), 2, 3)
        else:
            h_h = product(r * h, last, ready.states[2:])
        return (z * h + (1.0 - z) * activate(self.activation, x_h + h_h),)

    def _shifted(self, call: Call, y: Value, first: int, last: int) -> Value:
        """With the bias of products of the last output, which there is where the reset gate acts after them."""
        if not (self.use_bias and self.reset_after):
            return y
        return y + ops.slice_axis(_row(call, 1), 0, first * self.units, last * self.units)


class GRU(_GRU, Recurrent):
    """Reads a sequence with gated recurrent units: a gate decides how much of the memory each step renews."""

    formula = "z, r = σ(x · W + h · U + b);  ĥ = tanh(x · W + r ⊙ (h · U + b));  h′ = z ⊙ h + (1 − z) ⊙ ĥ"
    title = "GRU"
    keras = Keras(ignored=("seed", "use_cudnn"), groups=GROUPS)
    examples = (
        Example(inputs=((2, 4, 3),), config={"units": 2}),
        *common((2, 5, 3), {"units": 2}),
        Example(inputs=((2, 4, 3), (2, 3), (2, 4)), config={**_BEFORE, "activation": "relu"}, **masked(1)),
        Example(inputs=((2, 4, 3),), config={**_BEFORE, "recurrent_dropout": 0.3}),
    )

    def state_names(self) -> tuple[str, ...]:
        return ("state_h",)

    def make_cell(self) -> Cell:
        return GRUCell(**own(GRUCell.params(), self))


def _row(call: Call, index: int) -> Value:
    """One of the two rows of the bias: on the input's products, and on those of the last output."""
    return ops.squeeze(ops.slice_axis(call.weight("bias"), 0, index, index + 1), 0)

"""The plain recurrent network: the last output is one more input."""

from __future__ import annotations

from typing import Final

from graph_engine.layers.activations import activate
from graph_engine.layers.base import Example, Keras
from graph_engine.layers.recurrent.base import Recurrent, own
from graph_engine.layers.recurrent.cell import Cell, Dense, DenseCell, Ready, Values, product
from graph_engine.layers.recurrent.examples import CELL, GROUPS, common, masked

_STATES: Final = ((2, 3),)


class SimpleRNNCell(DenseCell):
    """One step of a SimpleRNN: ``activation(x @ kernel + bias + h @ recurrent_kernel)``."""

    title = "SimpleRNNCell"
    examples = (
        Example(inputs=((2, 4), *_STATES), config={"units": 3}),
        Example(inputs=((2, 4), *_STATES), config={"units": 3, "activation": "relu", **CELL}),
    )

    def step(self, ready: Ready, read: Values, states: Values) -> Values:
        recurrent = ready.call.weight("recurrent_kernel")
        return (activate(self.activation, read[0] + product(states[0], recurrent, ready.states)),)


class SimpleRNN(Dense, Recurrent):
    """Reads a sequence with a plain recurrent network: every step sees its input and the last output."""

    formula = "h′ = activation(x · W + h · U + b)"
    title = "SimpleRNN"
    keras = Keras(ignored=("seed",), groups=GROUPS)
    examples = (
        Example(inputs=((2, 4, 3),), config={"units": 2}),
        *common((2, 5, 3), {"units": 2}),
        Example(inputs=((2, 4, 3), (2, 2), (2, 4)), config={"units": 2, "activation": "relu"}, **masked(1)),
    )

    def state_names(self) -> tuple[str, ...]:
        return ("state_h",)

    def make_cell(self) -> Cell:
        return SimpleRNNCell(**own(SimpleRNNCell.params(), self))

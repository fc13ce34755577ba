"""Any cell over a sequence, and cells on top of each other."""

from __future__ import annotations

from collections.abc import Sequence

from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Example, Weight
from graph_engine.layers.recurrent.base import Recurrent, renamed
from graph_engine.layers.recurrent.cell import CELLS, Cell, Ready, Values
from graph_engine.layers.recurrent.examples import masked
from graph_engine.layers.weighted import ACTIVITY_EXAMPLE
from graph_engine.params import ParamError, configured, configured_list, snake_case
from graph_engine.values import TensorSpec

_LSTM = {"type": "LSTMCell", "units": 2}
_GRU = {"type": "GRUCell", "units": 3, "dropout": 0.3, "recurrent_dropout": 0.2}
_SIMPLE = {"type": "SimpleRNNCell", "units": 2, "activation": "relu", "dropout": 0.3}
_STACK = {"type": "StackedRNNCells", "cells": [_LSTM, _GRU, _SIMPLE]}


class StackedRNNCells(Cell):
    """Cells on top of each other, as one: each takes in what the one below gives."""

    title = "StackedRNNCells"
    examples = (Example(inputs=((2, 4), (2, 2), (2, 2), (2, 3)), config={"cells": [_LSTM, _GRU]}),)

    cells: tuple[Cell, ...] = configured_list(("LSTMCell",), CELLS, help="From the lowest to the highest.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.cells:
            raise ParamError("StackedRNNCells.cells: at least one cell is needed")

    @property
    def out(self) -> int:
        return sum(cell.state_count() for cell in self.cells[:-1]) + self.cells[-1].out

    def line(self) -> str:
        return ", ".join(cell.line() for cell in self.cells)

    def state_count(self) -> int:
        return sum(cell.state_count() for cell in self.cells)

    def state_specs(self, x: TensorSpec) -> tuple[TensorSpec, ...]:
        return tuple(spec for cell, below in self._stacked(x) for spec in cell.state_specs(below))

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        return tuple(
            weight
            for index, (cell, below) in enumerate(self._stacked(inputs[0]))
            for weight in renamed(f"{_part(index)}.", cell.weights(below))
        )

    def weight_group(self, name: str) -> str:
        part, _, inner = name.partition(".")
        index = int(part.rpartition("_")[2])
        kinds = [type(cell).__name__ for cell in self.cells]
        before = kinds[:index].count(kinds[index])
        own = snake_case(kinds[index]) + (f"_{before}" if before else "")
        return "/".join(filter(None, ("cells", own, self.cells[index].weight_group(inner))))

    def ready(self, call: Call, batch: int, x: TensorSpec) -> Ready:
        parts = (
            cell.ready(call.part(_part(index)), batch, below)
            for index, (cell, below) in enumerate(self._stacked(x))
        )
        return Ready(call, parts=tuple(parts))

    def read(self, ready: Ready, x: Value) -> Values:
        return self.cells[0].read(ready.parts[0], x)

    def step(self, ready: Ready, read: Values, states: Values) -> Values:
        found: list[Value] = []
        for index, cell in enumerate(self.cells):
            mine = states[len(found) : len(found) + cell.state_count()]
            after = cell.step(ready.parts[index], read, mine)
            found += after
            if index + 1 < len(self.cells):
                read = self.cells[index + 1].read(ready.parts[index + 1], after[cell.out])
        return tuple(found)

    def _stacked(self, x: TensorSpec) -> list[tuple[Cell, TensorSpec]]:
        """Each cell with what it takes in."""
        found = []
        for cell in self.cells:
            found.append((cell, x))
            x = cell.state_specs(x)[cell.out]
        return found


class RNN(Recurrent):
    """Reads a sequence with any cell, or with several on top of each other."""

    title = "RNN"
    cell_part = "cell"
    examples = (
        Example(inputs=((2, 4, 3),), config={"cell": _GRU, "return_sequences": True, "go_backwards": True}),
        Example(inputs=((2, 4, 3), (2, 4)), config={"cell": _STACK, "return_state": True}, **masked(0)),
        Example(
            inputs=((2, 4, 3), (2, 4)),
            config={
                "cell": _SIMPLE,
                "return_sequences": True,
                "zero_output_for_mask": True,
                "unroll": True,
                **ACTIVITY_EXAMPLE,
            },
            **masked(0),
        ),
        Example(inputs=((2, 4, 3), (2, 2), (2, 2), (2, 4)), config={"cell": _LSTM}, **masked(2)),
        Example(inputs=((2, 4, 3),), config={"cell": _STACK, "stateful": True}, fixed_batch=True),
    )

    cell: Cell = configured("LSTMCell", CELLS, help="What is done at every step.")

    def __post_init__(self) -> None:
        if isinstance(self.cell, Sequence) and not isinstance(self.cell, str):
            object.__setattr__(self, "cell", StackedRNNCells(cells=tuple(self.cell)))
        super().__post_init__()

    def make_cell(self) -> Cell:
        return self.cell

    def weight_group(self, name: str) -> str:
        part, _, inner = name.partition(".")
        return "/".join(filter(None, (part, self.cell.weight_group(inner)))) if inner else ""


def _part(index: int) -> str:
    return f"cells_{index}"

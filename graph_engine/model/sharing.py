"""Weights that several models share: the newest values follow the layer, whichever model trained it last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from graph_engine.kernels.program import Array
from graph_engine.runtime import Parameters


@dataclass(slots=True)
class Cell:
    """The current array of one weight, and whose flat buffer it is a view of."""

    array: Array
    owner: object


_cells: WeakKeyDictionary[Any, dict[str, Cell]] = WeakKeyDictionary()  # layer object -> weight name -> cell


class SharedWeights:
    """Keeps one model's parameters in step with the layers they belong to.

    ``owners`` gives for every weight path the layer object and the weight's name.
    """

    def __init__(self, parameters: Parameters, owners: Mapping[str, tuple[Any, str]]) -> None:
        self.parameters = parameters
        self.cells = [(path, self._cell(path, layer, name)) for path, (layer, name) in owners.items()]

    def _cell(self, path: str, layer: Any, name: str) -> Cell:
        cells = _cells.setdefault(layer, {})
        if name not in cells or cells[name].array.shape != self.parameters[path].shape:
            cells[name] = Cell(self.parameters[path], self)
        return cells[name]

    def claim(self) -> None:
        """Fetch what other models changed since, and become the place where the newest values are."""
        for path, cell in self.cells:
            if cell.owner is not self:
                mine = self.parameters[path]
                np.copyto(mine, cell.array)
                cell.array, cell.owner = mine, self

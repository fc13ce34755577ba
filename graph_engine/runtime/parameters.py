"""Weights in one flat buffer, trainable ones first, so that optimizers run over one array."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from graph_engine.compiler import WeightEntry
from graph_engine.kernels.program import Array
from graph_engine.runtime.memory import aligned_zeros
from graph_engine.values import DType, LayerloomError


class Parameters(Mapping[str, Array]):
    """Weight path -> array, each a view into ``flat``. Writing into a view changes the weight.

    ``layout`` gives (offset in elements, shape) of each path; the first ``trainable_size`` elements are
    the trainable weights.
    """

    def __init__(self, table: Mapping[str, WeightEntry], dtype: DType = "float32") -> None:
        self.table = dict(table)
        self.dtype: DType = dtype
        self.trainable_paths = tuple(path for path, entry in table.items() if entry.trainable)
        state = tuple(path for path, entry in table.items() if not entry.trainable)
        self.layout: dict[str, tuple[int, tuple[int, ...]]] = {}
        offset = 0
        for path in (*self.trainable_paths, *state):
            shape = table[path].weight.shape
            self.layout[path] = (offset, shape)
            offset += math.prod(shape)
        self.flat = aligned_zeros(offset, dtype, f"the model's {offset:,} weights call for")
        self.trainable_size = sum(math.prod(table[path].weight.shape) for path in self.trainable_paths)
        self._views = self.views_of(self.flat)

    @property
    def trainable(self) -> Array:
        """The trainable part of ``flat``."""
        return self.flat[: self.trainable_size]

    def initialize(self, seed: int) -> Parameters:
        """Fill every weight from its initializer. The values depend on the seed and the path alone."""
        for path, entry in self.table.items():
            rng = np.random.default_rng([seed, zlib.crc32(path.encode())])
            self[path][...] = entry.weight.initializer.sample(entry.weight.shape, rng)
        return self

    def load(self, weights: Mapping[str, Array]) -> list[str]:
        """Take every weight that fits by path and shape; returns the paths that were not given or not fitting."""
        missing = []
        for path, view in self.items():
            given = weights.get(path)
            if given is not None and given.shape == view.shape:
                view[...] = given
            else:
                missing.append(path)
        return missing

    def set(self, path: str, value: Any) -> None:
        """Replace one weight. Raises LayerloomError when the path or the shape is wrong."""
        if path not in self.layout:
            raise LayerloomError(f"there is no weight {path!r}; there are {', '.join(self.layout) or 'none'}")
        array = np.asarray(value)
        if array.shape != self[path].shape:
            raise LayerloomError(f"weight {path!r} has shape {self[path].shape}, the value has {array.shape}")
        self[path][...] = array

    def snapshot(self) -> dict[str, Array]:
        """A copy of every weight."""
        return {path: view.copy() for path, view in self.items()}

    def views_of(self, flat: Array) -> dict[str, Array]:
        """Views, by path, into a flat buffer of the same layout (or of its trainable part)."""
        return {
            path: flat[offset : offset + math.prod(shape)].reshape(shape)
            for path, (offset, shape) in self.layout.items()
            if offset + math.prod(shape) <= flat.size
        }

    def __getitem__(self, path: str) -> Array:
        return self._views[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.table)

    def __len__(self) -> int:
        return len(self.table)

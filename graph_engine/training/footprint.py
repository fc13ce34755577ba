"""What a training takes of memory, as one figure with its parts: said before it runs, held to by a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from math import prod
from typing import Final

from graph_engine.kernels.program import Array
from graph_engine.runtime import Parameters, Preview
from graph_engine.training.optimizers import Optimizer, slot_names

BATCHES: Final = 2  # rows gathered for training, and for validation


@dataclass(frozen=True, slots=True)
class Footprint:
    """Bytes besides the data and the program itself. ``moments``: what the optimizer keeps; ``arena``: activations and
    all else a batch needs; ``workspace``: of threads; ``batch``: its rows; ``copies``: of weights and moments, which a
    project's training keeps to find out what broke, and hands over at its end."""

    weights: int = 0
    gradients: int = 0
    moments: int = 0
    arena: int = 0
    workspace: int = 0
    batch: int = 0
    copies: int = 0

    @property
    def total(self) -> int:
        return sum(astuple(self))


def footprint(
    parameters: Parameters, preview: Preview, feeds: Mapping[str, Array], optimizer: Optimizer | None
) -> Footprint:
    """Of a training with ``optimizer`` on batches like ``feeds``; None: of predictions."""
    needed = preview.needed
    moments = 0 if optimizer is None else len(slot_names(optimizer)) * parameters.trainable.nbytes
    return Footprint(
        weights=parameters.flat.nbytes,
        gradients=needed["gradients"],
        moments=moments,
        arena=needed["arena"],
        workspace=needed.get("workspace", 0),
        batch=BATCHES * sum(prod(array.shape) * array.itemsize for array in feeds.values()),
        copies=0 if optimizer is None else parameters.flat.nbytes + moments,
    )

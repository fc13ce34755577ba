"""The variables of an optimizer in ``model.weights.h5`` <-> slots by path.

Below the optimizer's group lie the count of batches, the learning rate (none beside a schedule), and the slots:
the running mean of the weights, gathered gradients, then those of the rule, variable by variable, in the order of
the model's trainable variables (``keras.src.optimizers``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from graph_engine.interchange.keras.errors import KerasError
from graph_engine.interchange.keras.places import VARIABLES, Place
from graph_engine.interchange.keras.store import Store
from graph_engine.kernels.program import Array
from graph_engine.training.optimizers import Adafactor, Muon, Nadam, Optimizer, OptimizerState, kept_state
from graph_engine.training.optimizers.adam import momenta
from graph_engine.training.optimizers.state import AVERAGE, GATHERED

GROUP: Final = "optimizer"
INNER: Final = "optimizer/inner_optimizer"  # of one that scales the loss
_ALONE: Final = {  # slots that Keras keeps for all variables before the next; others take turns at each variable
    "RMSprop": ("velocity", "momentum", "average_gradient"),
    "Adam": ("largest_velocity",),
    "AdamW": ("largest_velocity",),
}


class Variable(NamedTuple):
    """One slot of one weight; ``slot`` is empty for what is there to no end. ``shape``: as it is stored."""

    slot: str
    path: str
    shape: tuple[int, ...]


def load_optimizer(
    optimizer: Optimizer, places: Sequence[Place], store: Store, group: str = GROUP
) -> dict[str, Array]:
    """What a project keeps of the optimizer; nothing where it has taken no step.

    Raises KerasError where the file's variables are not those of this optimizer.
    """
    below = f"{group}/{VARIABLES}"
    trained = [place for place in places if place.trainable]
    first = 1 if optimizer.schedule else 2
    wanted = list(variables(optimizer, trained))
    count = store.count(below)
    if wanted and count <= first:
        return {}
    if count != first + len(wanted):
        raise KerasError(
            f"its optimizer has {count} variables, but {type(optimizer).__name__} keeps {first + len(wanted)} "
            f"for {len(trained)} trainable weights"
        )
    shapes = {place.path: place.weight.shape for place in trained}
    slots = {}
    for number, (slot, path, shape) in enumerate(wanted, first):
        array = store.array(f"{below}/{number}", shape)
        if array is None:
            raise KerasError(f"its optimizer lacks variable {number}")
        if slot:
            slots[f"{slot}/{path}"] = _widened(array.astype(np.float32), shapes[path])
    steps = store.array(f"{below}/0", ())
    return kept_state(slots, type(optimizer).__name__, 0 if steps is None else max(0, int(steps)))


def stored_optimizer(state: OptimizerState, places: Sequence[Place]) -> dict[str, Array]:
    """The datasets that Keras reads back, by path."""
    rate = [] if state.optimizer.schedule else [np.array(state.learning_rate, np.float32)]
    tensors = state.tensors()
    slots = [
        _narrowed(tensors[f"{slot}/{path}"], shape) if slot else np.array(_unslotted(state), np.float32)
        for slot, path, shape in variables(state.optimizer, [place for place in places if place.trainable])
    ]
    arrays = [np.array(state.iterations, np.int64), *rate, *slots]
    return {f"{GROUP}/{VARIABLES}/{number}": array for number, array in enumerate(arrays)}


def variables(optimizer: Optimizer, trained: Sequence[Place]) -> Iterator[Variable]:
    """All that follow the learning rate, in Keras' order."""
    shapes = {place.path: place.weight.shape for place in trained}
    for general, used in ((AVERAGE, optimizer.use_ema), (GATHERED, optimizer.gradient_accumulation_steps)):
        if used:
            yield from (Variable(general, path, shape) for path, shape in shapes.items())
    if isinstance(optimizer, Adafactor):
        yield from _of_adafactor(shapes)
        return
    alone = _ALONE.get(type(optimizer).__name__, ())
    together = [slot for slot in optimizer.slots if slot not in alone]
    for slots in (together, *([slot] for slot in alone if slot in optimizer.slots)):
        for path, shape in shapes.items():
            yield from (Variable(slot, path, shape) for slot in slots if _keeps(optimizer, slot, path, shape))
    if isinstance(optimizer, Nadam):
        yield Variable("", "", ())  # the product of its momenta, which here follows from the count


def _of_adafactor(shapes: Mapping[str, tuple[int, ...]]) -> Iterator[Variable]:
    """Rows and columns of matrices; others have a number in their place."""
    for path, shape in shapes.items():
        matrix = len(shape) > 1
        yield Variable("row" if matrix else "", path, shape[:-1] if matrix else ())
        yield Variable("column" if matrix else "", path, (*shape[:-2], shape[-1]) if matrix else ())
        yield Variable("velocity", path, shape)


def _keeps(optimizer: Optimizer, slot: str, path: str, shape: tuple[int, ...]) -> bool:
    return not isinstance(optimizer, Muon) or slot != "velocity" or optimizer.moves_as_adam(path, shape)


def _unslotted(state: OptimizerState) -> float:
    """What Keras keeps where there is no slot here."""
    return momenta(state.optimizer.beta_1, state.updates) if isinstance(state.optimizer, Nadam) else 0.0


def _narrowed(array: Array, shape: tuple[int, ...]) -> Array:
    """Of a slot as large as its weight, as much as is used."""
    return array.ravel()[: math.prod(shape)].reshape(shape)


def _widened(array: Array, shape: tuple[int, ...]) -> Array:
    """Rows and columns stand at the beginning of a slot that is as large as its weight."""
    if array.shape == shape:
        return array
    wide = np.zeros(shape, array.dtype)
    wide.ravel()[: array.size] = array.ravel()
    return wide

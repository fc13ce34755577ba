"""What training changes about an optimizer: its slots, the count of updates and the learning rate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from graph_engine.runtime import Parameters, aligned_zeros
from graph_engine.training.optimizers.base import Array, Block, Optimizer

BLOCK: Final = 32768  # elements: five float32 buffers of this length fit in a core's second-level cache


class OptimizerState:
    """Applies an optimizer to the trainable part of ``parameters``.

    Order within a step as in Keras: clip, decay, update. Slots are flat and aligned with the weights;
    everything works in buffers that live as long as the state. ``learning_rate`` may be set at any time.
    """

    def __init__(self, optimizer: Optimizer, parameters: Parameters) -> None:
        self.optimizer = optimizer
        self.learning_rate = optimizer.learning_rate
        self.iterations = 0
        self._weights = parameters.trainable
        self._layout = {path: parameters.layout[path] for path in parameters.trainable_paths}
        self.slots = {slot: self._new_slot(slot, parameters) for slot in optimizer.slots}
        size = min(BLOCK, self._weights.size)
        self._scratch = (aligned_zeros(size, parameters.dtype), aligned_zeros(size, parameters.dtype))
        self._blocks: dict[int, list[Block]] = {}

    @property
    def rate(self) -> float:
        """The learning rate of the next step: the schedule's, or ``learning_rate`` as it is."""
        schedule = self.optimizer.schedule
        return schedule.rate(self.learning_rate, self.iterations) if schedule else self.learning_rate

    def step(self, gradients: Array) -> None:
        """One update. ``gradients`` is flat; clipping happens in place."""
        rate = self.rate
        self.iterations += 1
        with np.errstate(all="ignore"):  # a diverging run is reported by its loss
            self._clip(gradients)
            if self.optimizer.weight_decay:
                self._weights *= 1.0 - self.optimizer.weight_decay * rate
            for block in self._blocks_of(gradients):
                self.optimizer.update(block, rate, self.iterations)

    def tensors(self) -> dict[str, Array]:
        """``slot/path of the weight`` -> view: by path, so that they survive a change of the drawing."""
        return {
            f"{slot}/{path}": flat[offset : offset + math.prod(shape)].reshape(shape)
            for slot, flat in self.slots.items()
            for path, (offset, shape) in self._layout.items()
        }

    def restore(self, tensors: Mapping[str, Array], iterations: int, learning_rate: float) -> None:
        """Continue from what ``tensors`` gave. Slots that are missing or of another shape start anew."""
        self.iterations, self.learning_rate = iterations, learning_rate
        for name, view in self.tensors().items():
            saved = tensors.get(name)
            if saved is not None and saved.shape == view.shape:
                view[...] = saved

    def _new_slot(self, slot: str, parameters: Parameters) -> Array:
        flat = aligned_zeros(parameters.trainable_size, parameters.dtype)
        flat[...] = self.optimizer.slot_start(slot)
        return flat

    def _clip(self, gradients: Array) -> None:
        optimizer = self.optimizer
        if optimizer.clipnorm:
            for offset, shape in self._layout.values():
                _limit_norm(gradients[offset : offset + math.prod(shape)], optimizer.clipnorm)
        elif optimizer.global_clipnorm:
            _limit_norm(gradients, optimizer.global_clipnorm)
        elif optimizer.clipvalue:
            np.clip(gradients, -optimizer.clipvalue, optimizer.clipvalue, out=gradients)

    def _blocks_of(self, gradients: Array) -> list[Block]:
        """The blocks over a gradient buffer; executors keep theirs, so each is cut once."""
        key = gradients.ctypes.data
        if key not in self._blocks:
            starts = range(0, self._weights.size, BLOCK)
            self._blocks[key] = [self._block(gradients, start) for start in starts]
        return self._blocks[key]

    def _block(self, gradients: Array, start: int) -> Block:
        part = slice(start, min(start + BLOCK, self._weights.size))
        scratch = tuple(buffer[: part.stop - part.start] for buffer in self._scratch)
        slots = tuple(flat[part] for flat in self.slots.values())
        return Block(self._weights[part], gradients[part], slots, scratch)


def _limit_norm(gradient: Array, limit: float) -> None:
    norm = math.sqrt(float(np.dot(gradient, gradient)))
    if norm > limit:
        gradient *= limit / norm

"""What training changes about an optimizer: its slots, the count of updates and the learning rate."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from graph_engine.runtime import Parameters, aligned_zeros, make_update
from graph_engine.training.optimizers.base import Array, Block, Optimizer
from graph_engine.values import LayerloomError

if TYPE_CHECKING:
    from graph_engine.runtime.updates import NativeUpdate

BLOCK: Final = 32768  # elements: five float32 buffers of this length fit in a core's second-level cache
AVERAGE: Final = "average"  # running mean of the weights
GATHERED: Final = "gradient_accumulator"  # gradients of batches that wait for an update
ITERATIONS: Final = "iterations"


class OptimizerState:
    """Applies an optimizer to the trainable part of ``parameters``.

    Order within a step as in Keras: clip, decay, update, running mean, constraints. Slots are flat and aligned
    with the weights; everything works in buffers that live as long as the state. ``learning_rate`` may be set
    at any time. ``iterations`` counts batches, ``updates`` those that changed the weights.
    """

    def __init__(self, optimizer: Optimizer, parameters: Parameters) -> None:
        self.optimizer = optimizer
        self.learning_rate = optimizer.learning_rate
        self.iterations = 0
        self._weights = parameters.trainable
        self._layout = {path: parameters.layout[path] for path in parameters.trainable_paths}
        self._constrained = {
            path: (parameters[path], constraint)
            for path in self._layout
            if (constraint := parameters.table[path].weight.constraint) is not None
        }
        self.slots = {slot: self._new_slot(slot, parameters) for slot in slot_names(optimizer)}
        sizes = [math.prod(shape) for _, shape in self._layout.values()]
        size = max(sizes, default=0) if optimizer.by_weight else min(BLOCK, self._weights.size)
        self._scratch = (aligned_zeros(size, parameters.dtype), aligned_zeros(size, parameters.dtype))
        self._blocks: dict[int, list[Block]] = {}
        self._native: dict[int, tuple[Array, NativeUpdate]] = {}  # by the gradients, which stay alive

    @property
    def updates(self) -> int:
        return self.iterations // (self.optimizer.gradient_accumulation_steps or 1)

    @property
    def rate(self) -> float:
        """The next step's learning rate: the schedule's (it counts batches, as in Keras), or ``learning_rate``."""
        schedule = self.optimizer.schedule
        return schedule.rate(self.learning_rate, self.iterations) if schedule else self.learning_rate

    def step(self, gradients: Array, moved: Collection[str] | None = None) -> None:
        """One update. ``gradients`` is flat; clipping happens in place.

        ``moved``: paths of the weights that the loss depends on (None: all); others are left alone.
        """
        with np.errstate(all="ignore"):  # a diverging run is reported by its loss
            if self._gathered(gradients):
                self._clip(gradients)
                self._update(gradients, moved)
            if self.optimizer.use_ema:
                self._average_weights()
            for weight, constraint in self._constrained.values():
                weight[...] = constraint.project(weight)
        self.iterations += 1

    def _update(self, gradients: Array, moved: Collection[str] | None) -> None:
        rate, step = self.rate, self.updates + 1
        if self._updated_natively(gradients, moved, rate, step):
            return
        for block in self._blocks_of(gradients, moved):
            if decay := self.optimizer.decay(block):
                block.weights *= 1.0 - decay * rate
            self.optimizer.update(block, rate, step)

    def _updated_natively(
        self, gradients: Array, moved: Collection[str] | None, rate: float, step: int
    ) -> bool:
        """Whether a native kernel has done the update."""
        fused = self.optimizer.fused(rate, step)
        if fused is None:
            return False
        name, numbers = fused
        _, update = self._native.get(id(gradients), (gradients, None))
        if update is None:
            stretches = [
                [buffer[first:last] for buffer in (self._weights, gradients, *self._rule_slots())]
                for first, last in self._spans(moved)
            ]
            update = make_update(name, stretches)
            if update is None:
                return False
            self._native[id(gradients)] = gradients, update
        update.run({**numbers, "shrink": 1.0 - (self.optimizer.weight_decay or 0.0) * rate})
        return True

    def finish(self) -> None:
        """End a training: weights become their running mean, if one is kept."""
        if self.optimizer.use_ema and self.iterations:
            self._weights[...] = self.slots[AVERAGE]

    def settle_average(self) -> None:
        """Let the running mean be what the weights are now."""
        self.slots[AVERAGE][...] = self._weights

    def swap_average(self) -> None:
        """Exchange the weights and their running mean."""
        if not self.optimizer.use_ema:
            raise LayerloomError("the optimizer keeps no running mean of the weights: set use_ema")
        weights = self._weights.copy()
        self._weights[...] = self.slots[AVERAGE]
        self.slots[AVERAGE][...] = weights

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

    def saved(self) -> dict[str, Array]:
        """What a project keeps: copies of ``tensors`` with the count of batches (see ``kept_state``)."""
        slots = {name: view.copy() for name, view in self.tensors().items()}
        return kept_state(slots, type(self.optimizer).__name__, self.iterations)

    def take(self, kept: Mapping[str, Array]) -> None:
        """Continue from what a project keeps; the slots of another optimizer mean nothing to this one."""
        count = kept.get(f"{ITERATIONS}/{type(self.optimizer).__name__}")
        if count is not None and count.shape == (1,) and count.dtype.kind in "iu" and count[0] >= 0:
            self.restore(kept, int(count[0]), self.learning_rate)

    def _gathered(self, gradients: Array) -> bool:
        """Whether it is time for an update; ``gradients`` then holds the mean of those gathered."""
        if GATHERED not in self.slots:
            return True
        count, gathered = self.optimizer.gradient_accumulation_steps or 1, self.slots[GATHERED]
        if (self.iterations + 1) % count:
            gathered += gradients
            return False
        gradients += gathered
        gradients /= count
        gathered[...] = 0.0
        return True

    def _average_weights(self) -> None:
        average, keep = self.slots[AVERAGE], self.optimizer.ema_momentum if self.updates else 0.0
        average *= keep
        average += self._weights * (1.0 - keep)
        every = self.optimizer.ema_overwrite_frequency
        if every and (self.updates + 1) % every == 0:
            self._weights[...] = average

    def _new_slot(self, slot: str, parameters: Parameters) -> Array:
        told = f"the optimizer's {slot.replace('_', ' ')} calls for"
        flat = aligned_zeros(parameters.trainable_size, parameters.dtype, told)
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

    def _blocks_of(self, gradients: Array, moved: Collection[str] | None) -> list[Block]:
        """The blocks over a gradient buffer; executors keep theirs, so each is cut once."""
        key = gradients.ctypes.data
        if key not in self._blocks:
            self._blocks[key] = [self._block(gradients, *part) for part in self._parts(moved)]
        return self._blocks[key]

    def _parts(self, moved: Collection[str] | None) -> Iterator[tuple[int, int, str]]:
        """(start, stop, path): single weights, or stretches of at most BLOCK elements of neighbours."""
        chosen = [path for path in self._layout if moved is None or path in moved]
        if self.optimizer.by_weight:
            spans = self._single(chosen)
            yield from ((*span, path) for span, path in zip(spans, chosen, strict=True))
            return
        for first, last in self._spans(moved):
            yield from ((start, min(start + BLOCK, last), "") for start in range(first, last, BLOCK))

    def _spans(self, moved: Collection[str] | None) -> list[tuple[int, int]]:
        """The weights to move, neighbours joined."""
        return _joined(self._single([path for path in self._layout if moved is None or path in moved]))

    def _single(self, paths: Iterable[str]) -> list[tuple[int, int]]:
        layout = (self._layout[path] for path in paths)
        return [(offset, offset + math.prod(shape)) for offset, shape in layout]

    def _rule_slots(self) -> list[Array]:
        return [self.slots[slot] for slot in self.optimizer.slots]

    def _block(self, gradients: Array, start: int, stop: int, path: str) -> Block:
        part = slice(start, stop)
        scratch = tuple(buffer[: stop - start] for buffer in self._scratch)
        slots = tuple(slot[part] for slot in self._rule_slots())
        shape = self._layout[path][1] if path else ()
        return Block(self._weights[part], gradients[part], slots, scratch, path, shape)


def slot_names(optimizer: Optimizer) -> tuple[str, ...]:
    """The buffers as long as the trainable weights that a training with it keeps."""
    average = (AVERAGE,) if optimizer.use_ema else ()
    return (*optimizer.slots, *average, *((GATHERED,) if optimizer.gradient_accumulation_steps else ()))


def kept_state(slots: Mapping[str, Array], optimizer: str, iterations: int) -> dict[str, Array]:
    """Slots by path, and under ``iterations/OPTIMIZER`` the count of batches and whose slots they are."""
    return {**slots, f"{ITERATIONS}/{optimizer}": np.array([iterations], np.int64)}


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Neighbouring spans as one."""
    joined: list[tuple[int, int]] = []
    for start, stop in spans:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], stop)
        else:
            joined.append((start, stop))
    return joined


def _limit_norm(gradient: Array, limit: float) -> None:
    norm = math.sqrt(float(np.dot(gradient, gradient)))
    if norm > limit:
        gradient *= limit / norm

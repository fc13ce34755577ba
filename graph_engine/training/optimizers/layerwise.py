"""Optimizers whose step depends on a weight as a whole: its norm, its rows and columns."""

from __future__ import annotations

import math

import numpy as np

from graph_engine.params import boolean, integer, number, shared
from graph_engine.training.optimizers.adam import Moments
from graph_engine.training.optimizers.base import (
    Array,
    Block,
    Optimizer,
    average,
    average_square,
)


class Lamb(Moments):
    """Adam whose step is as long as the weight it changes: for large batches (You et al., 2019)."""

    title = "LAMB"
    by_weight = True

    def update(self, block: Block, rate: float, step: int) -> None:
        change, other = block.scratch
        momentum, velocity = self.advance(block)
        np.divide(velocity, 1.0 - self.beta_2**step, out=other)
        np.sqrt(other, out=other)
        other += self.epsilon
        np.divide(momentum, 1.0 - self.beta_1**step, out=change)
        change /= other
        length, wanted = norm(change), norm(block.weights)
        change *= rate * (wanted / length if length > 0.0 and wanted > 0.0 else 1.0)
        block.weights -= change


class Adafactor(Optimizer):
    """Keeps the mean squares of rows and columns alone (Shazeer and Stern, 2018)."""

    title = "Adafactor"
    by_weight = True
    beta_2_decay: float = number(-0.8, maximum=0.0, help="How fast old mean squares lose their share.")
    epsilon_1: float = number(1e-30, minimum=0.0, help="Keeps divisions away from zero.")
    epsilon_2: float = number(1e-3, minimum=0.0, help="Least size a weight is taken to have.")
    clip_threshold: float = number(1.0, minimum=0.0, help="Largest root mean square of an update.")
    relative_step: bool = boolean(True, help="Let the learning rate fall with the root of the steps.")

    @property
    def slots(self) -> tuple[str, ...]:
        return ("row", "column", "velocity")

    def update(self, block: Block, rate: float, step: int) -> None:
        fall = 1.0 / math.sqrt(step)
        if self.relative_step and self.schedule is None:
            rate = min(rate, fall)
        size = max(self.epsilon_2, root_mean_square(block.weights)) * min(rate, fall)
        keep = 1.0 - step**self.beta_2_decay
        change, squares = block.scratch
        np.square(block.gradients, out=squares)
        squares += self.epsilon_1
        velocity = self._velocity(block, squares, keep)
        np.sqrt(velocity, out=change)
        np.divide(block.gradients, change, out=change)
        change *= size / max(1.0, root_mean_square(change) / self.clip_threshold)
        block.weights -= change

    def _velocity(self, block: Block, squares: Array, keep: float) -> Array:
        """Mean squares per element, those of a matrix put together from its rows and columns."""
        rows, columns, velocity = block.slots
        shape = block.shape
        if len(shape) < 2:
            velocity *= keep
            velocity += squares * (1.0 - keep)
            return velocity
        table = squares.reshape(shape)
        row = self._part(rows, table.mean(-1), keep)
        column = self._part(columns, table.mean(-2), keep)
        whole = (row / row.mean(-1, keepdims=True))[..., None] * column[..., None, :]
        velocity[...] = whole.ravel()
        return velocity

    def _part(self, slot: Array, found: Array, keep: float) -> Array:
        """The running mean of rows or columns, kept at the beginning of a slot."""
        view = slot[: found.size].reshape(found.shape)
        view *= keep
        view += found * (1.0 - keep)
        return view


class Muon(Optimizer):
    """Turns the momentum of a matrix into the nearest orthogonal one (Jordan, 2024); AdamW for all else."""

    title = "Muon"
    by_weight = True
    adam_beta_1: float = number(
        0.9,
        minimum=0.0,
        maximum=0.999999,
        help="Share of the mean gradient kept each step, where Adam is used.",
    )
    adam_beta_2: float = number(
        0.999,
        minimum=0.0,
        maximum=0.999999,
        help="Share of the mean square kept each step, where Adam is used.",
    )
    adam_weight_decay: float | None = number(
        0.004, minimum=0.0, optional=True, help="weight_decay of weights that Adam changes."
    )
    epsilon: float = number(1e-7, minimum=0.0, help="Keeps divisions away from zero.")
    weight_decay: float | None = shared(
        number(
            0.004,
            minimum=0.0,
            optional=True,
            help="Shrink matrices by this times the learning rate at each step.",
        )
    )
    exclude_embeddings: bool = boolean(True, help="Change embeddings as Adam does.")
    muon_a: float = number(3.4445, help="First coefficient of the Newton-Schulz iteration.")
    muon_b: float = number(-4.775, help="Second coefficient of the Newton-Schulz iteration.")
    muon_c: float = number(2.0315, help="Third coefficient of the Newton-Schulz iteration.")
    adam_lr_ratio: float = number(1.0, minimum=0.0, help="Factor on the learning rate where Adam is used.")
    momentum: float = number(0.95, minimum=0.0, maximum=1.0, help="Share of the momentum kept each step.")
    ns_steps: int = integer(5, minimum=1, help="Newton-Schulz iterations.")
    nesterov: bool = boolean(True, help="Look ahead along the momentum.")
    rms_rate: float | None = number(
        0.2, minimum=0.0, optional=True, help="Root mean square of a step, as Adam's has; none: as it comes."
    )

    @property
    def slots(self) -> tuple[str, ...]:
        return ("momentum", "velocity")

    def decay(self, block: Block) -> float | None:
        return self.adam_weight_decay if self.moves_as_adam(block.path, block.shape) else self.weight_decay

    def update(self, block: Block, rate: float, step: int) -> None:
        if self.moves_as_adam(block.path, block.shape):
            self._adam(block, rate * self.adam_lr_ratio, step)
            return
        change, _ = block.scratch
        momentum = block.slots[0]
        momentum *= self.momentum
        momentum += block.gradients
        np.multiply(momentum, self.momentum if self.nesterov else 1.0, out=change)
        if self.nesterov:
            change += block.gradients
        turned = self._orthogonal(change.reshape(block.shape))
        scale = 1.0 if self.rms_rate is None else math.sqrt(max(block.shape)) * self.rms_rate
        block.weights -= rate * scale * turned.ravel()

    def moves_as_adam(self, path: str, shape: tuple[int, ...]) -> bool:
        """Whether a weight is changed as Adam does."""
        name = path.rpartition("/")[2]
        return len(shape) != 2 or (self.exclude_embeddings and "embedding" in name)

    def _adam(self, block: Block, rate: float, step: int) -> None:
        change, other = block.scratch
        momentum, velocity = block.slots
        average(momentum, block.gradients, self.adam_beta_1, other)
        average_square(velocity, block.gradients, self.adam_beta_2, other)
        np.sqrt(velocity, out=other)
        other += self.epsilon
        alpha = rate * math.sqrt(1.0 - self.adam_beta_2**step) / (1.0 - self.adam_beta_1**step)
        np.multiply(momentum, alpha, out=change)
        change /= other
        block.weights -= change

    def _orthogonal(self, matrix: Array) -> Array:
        """Newton-Schulz iterations towards the nearest orthogonal matrix."""
        tall = matrix.shape[0] > matrix.shape[1]
        x = matrix.T if tall else matrix
        x = x / (norm(x.ravel()) + 1e-7)
        for _ in range(self.ns_steps):
            square = x @ x.T
            x = self.muon_a * x + (self.muon_b * square + self.muon_c * (square @ square)) @ x
        return x.T if tall else x


def norm(values: Array) -> float:
    return math.sqrt(float(np.dot(values, values)))


def root_mean_square(values: Array) -> float:
    return norm(values) / math.sqrt(values.size)

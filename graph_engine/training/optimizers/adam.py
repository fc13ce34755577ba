"""Adam and its relatives: momentum, divided by a history of the gradient's size."""

from __future__ import annotations

import functools
import math

import numpy as np

from graph_engine.params import boolean, number
from graph_engine.training.optimizers.base import (
    Array,
    Block,
    Optimizer,
    average,
    average_square,
)


class Moments(Optimizer):
    """Base of those that keep the mean gradient and the mean square: Adam's parameters under Adam's names."""

    beta_1: float = number(
        0.9, minimum=0.0, maximum=0.999999, help="Share of the mean gradient kept each step."
    )
    beta_2: float = number(
        0.999, minimum=0.0, maximum=0.999999, help="Share of the mean square kept each step."
    )
    epsilon: float = number(1e-7, minimum=0.0, help="Keeps divisions away from zero.")

    @property
    def slots(self) -> tuple[str, ...]:
        return ("momentum", "velocity")

    def advance(self, block: Block) -> tuple[Array, Array]:
        """The momentum and the velocity, with this step's gradients in them."""
        momentum, velocity = block.slots[:2]
        average(momentum, block.gradients, self.beta_1, block.scratch[0])
        average_square(velocity, block.gradients, self.beta_2, block.scratch[0])
        return momentum, velocity


class Adam(Moments):
    """Momentum over a running root mean square, both corrected for starting at zero (Kingma and Ba, 2014)."""

    title = "Adam"
    amsgrad: bool = boolean(False, help="Divide by the largest velocity so far (Reddi et al., 2018).")

    @property
    def slots(self) -> tuple[str, ...]:
        return (*super().slots, "largest_velocity") if self.amsgrad else super().slots

    def fused(self, rate: float, step: int) -> tuple[str, dict[str, float]] | None:
        if self.amsgrad:
            return None
        numbers = {"keep_mean": self.beta_1, "keep_square": self.beta_2, "epsilon": self.epsilon}
        return "adam", {**numbers, "rate": self._corrected(rate, step)}

    def update(self, block: Block, rate: float, step: int) -> None:
        change, other = block.scratch
        momentum, velocity = self.advance(block)
        if self.amsgrad:
            velocity = np.maximum(block.slots[2], velocity, out=block.slots[2])
        np.sqrt(velocity, out=other)
        other += self.epsilon
        np.multiply(momentum, self._corrected(rate, step), out=change)
        change /= other
        block.weights -= change

    def _corrected(self, rate: float, step: int) -> float:
        """The rate with both corrections for starting at zero."""
        return rate * math.sqrt(1.0 - self.beta_2**step) / (1.0 - self.beta_1**step)


class AdamW(Adam):
    """Adam whose weights also shrink a little at each step, apart from the gradient (Loshchilov, 2017)."""

    title = "AdamW"
    weight_decay: float | None = number(
        0.004, minimum=0.0, help="Shrink weights by this times the learning rate at each step."
    )


class Nadam(Moments):
    """Adam that looks ahead along its momentum (Dozat, 2015)."""

    title = "Nadam"

    def update(self, block: Block, rate: float, step: int) -> None:
        change, other = block.scratch
        momentum, velocity = self.advance(block)
        now, ahead = _keep(self.beta_1, step), _keep(self.beta_1, step + 1)
        product = momenta(self.beta_1, step)
        np.multiply(momentum, rate * ahead / (1.0 - product * ahead), out=change)
        np.multiply(block.gradients, rate * (1.0 - now) / (1.0 - product), out=other)
        change += other
        np.divide(velocity, 1.0 - self.beta_2**step, out=other)
        np.sqrt(other, out=other)
        other += self.epsilon
        change /= other
        block.weights -= change


class Adamax(Optimizer):
    """Adam with the largest absolute gradient in place of the root mean square (Kingma and Ba, 2014)."""

    title = "Adamax"
    beta_1: float = number(
        0.9, minimum=0.0, maximum=0.999999, help="Share of the mean gradient kept each step."
    )
    beta_2: float = number(
        0.999, minimum=0.0, maximum=0.999999, help="Share of the largest gradient kept each step."
    )
    epsilon: float = number(1e-7, minimum=0.0, help="Keeps divisions away from zero.")

    @property
    def slots(self) -> tuple[str, ...]:
        return ("momentum", "largest")

    def update(self, block: Block, rate: float, step: int) -> None:
        change, other = block.scratch
        momentum, largest = block.slots
        average(momentum, block.gradients, self.beta_1, other)
        np.absolute(block.gradients, out=other)
        largest *= self.beta_2
        np.maximum(largest, other, out=largest)
        np.add(largest, self.epsilon, out=other)
        np.multiply(momentum, rate / (1.0 - self.beta_1**step), out=change)
        change /= other
        block.weights -= change


def _keep(beta_1: float, step: int) -> float:
    """Nadam's momentum at a step: it rises towards beta_1."""
    return float(beta_1 * (1.0 - 0.5 * 0.96**step))


@functools.lru_cache(maxsize=4)
def momenta(beta_1: float, step: int) -> float:
    """The product of Nadam's momenta up to a step; after a thousand steps all further ones are beta_1."""
    rising = np.prod(1.0 - 0.5 * 0.96 ** np.arange(1, min(step, 1000) + 1))
    return float(beta_1**step * rising)

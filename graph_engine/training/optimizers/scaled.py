"""Optimizers that divide the gradient by a history of its size."""

from __future__ import annotations

import numpy as np

from graph_engine.params import boolean, number
from graph_engine.training.optimizers.base import (
    Block,
    Optimizer,
    average,
    average_square,
)


class RMSprop(Optimizer):
    """Divides by a running root mean square of the gradient (Tieleman and Hinton, 2012)."""

    title = "RMSprop"
    rho: float = number(0.9, minimum=0.0, maximum=0.999999, help="Share of the mean square kept each step.")
    momentum: float = number(0.0, minimum=0.0, maximum=1.0, help="How much of the last step is repeated.")
    epsilon: float = number(1e-7, minimum=0.0, help="Keeps divisions away from zero.")
    centered: bool = boolean(False, help="Subtract the squared mean gradient: normalise by the variance.")

    @property
    def slots(self) -> tuple[str, ...]:
        momentum = ("momentum",) if self.momentum else ()
        return ("velocity", *momentum, *(("average_gradient",) if self.centered else ()))

    def update(self, block: Block, rate: float, step: int) -> None:
        change, other = block.scratch
        slots = dict(zip(self.slots, block.slots, strict=True))
        average_square(slots["velocity"], block.gradients, self.rho, other)
        np.add(slots["velocity"], self.epsilon, out=change)
        if self.centered:
            average(slots["average_gradient"], block.gradients, self.rho, other)
            np.square(slots["average_gradient"], out=other)
            change -= other
        np.sqrt(change, out=change)
        np.multiply(block.gradients, rate, out=other)
        np.divide(other, change, out=change)
        if self.momentum:
            slots["momentum"] *= self.momentum
            slots["momentum"] += change
            change = slots["momentum"]
        block.weights -= change


class Adagrad(Optimizer):
    """Divides by the root of all squared gradients so far (Duchi et al., 2011)."""

    title = "Adagrad"
    initial_accumulator_value: float = number(0.1, minimum=0.0, help="What the sum of squares starts from.")
    epsilon: float = number(1e-7, minimum=0.0, help="Keeps divisions away from zero.")

    @property
    def slots(self) -> tuple[str, ...]:
        return ("accumulator",)

    def slot_start(self, slot: str) -> float:
        return self.initial_accumulator_value

    def update(self, block: Block, rate: float, step: int) -> None:
        change, other = block.scratch
        (accumulator,) = block.slots
        np.square(block.gradients, out=other)
        accumulator += other
        np.add(accumulator, self.epsilon, out=other)
        np.sqrt(other, out=other)
        np.multiply(block.gradients, rate, out=change)
        change /= other
        block.weights -= change


class Adadelta(Optimizer):
    """Steps in proportion to the steps taken lately (Zeiler, 2012)."""

    title = "Adadelta"
    rho: float = number(0.95, minimum=0.0, maximum=0.999999, help="Share of the mean squares kept each step.")
    epsilon: float = number(1e-7, minimum=0.0, help="Keeps divisions away from zero.")

    @property
    def slots(self) -> tuple[str, ...]:
        return ("accumulated_gradient", "accumulated_change")

    def update(self, block: Block, rate: float, step: int) -> None:
        change, other = block.scratch
        gradients, changes = block.slots
        average_square(gradients, block.gradients, self.rho, other)
        np.add(changes, self.epsilon, out=change)
        np.add(gradients, self.epsilon, out=other)
        np.sqrt(change, out=change)
        np.sqrt(other, out=other)
        change /= other
        change *= block.gradients
        average_square(changes, change, self.rho, other)
        change *= rate
        block.weights -= change

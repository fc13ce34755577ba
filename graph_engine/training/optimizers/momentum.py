"""Optimizers whose step follows the gradient or its sign."""

from __future__ import annotations

import numpy as np

from graph_engine.params import boolean, number
from graph_engine.training.optimizers.base import Block, Optimizer, average


class SGD(Optimizer):
    """Gradient descent, with momentum if wanted (Sutskever et al., 2013)."""

    title = "SGD"
    learning_rate: float = number(0.01, minimum=0.0, help="Size of a step.")
    momentum: float = number(0.0, minimum=0.0, maximum=1.0, help="How much of the last step is repeated.")
    nesterov: bool = boolean(False, help="Look ahead along the momentum.")

    @property
    def slots(self) -> tuple[str, ...]:
        return ("momentum",) if self.momentum else ()

    def fused(self, rate: float, step: int) -> tuple[str, dict[str, float]] | None:
        if not self.momentum:
            return "descent", {"rate": rate}
        numbers = {"keep": self.momentum, "nesterov": float(self.nesterov)}
        return "descent_with_momentum", {**numbers, "rate": rate}

    def update(self, block: Block, rate: float, step: int) -> None:
        change, _ = block.scratch
        np.multiply(block.gradients, rate, out=change)
        if not self.momentum:
            block.weights -= change
            return
        (momentum,) = block.slots
        momentum *= self.momentum
        momentum -= change
        if self.nesterov:
            block.weights -= change
            np.multiply(momentum, self.momentum, out=change)
            block.weights += change
        else:
            block.weights += momentum


class Lion(Optimizer):
    """Steps of one size, along the sign of the momentum (Chen et al., 2023)."""

    title = "Lion"
    beta_1: float = number(0.9, minimum=0.0, maximum=0.999999, help="Share of the momentum in this step.")
    beta_2: float = number(0.99, minimum=0.0, maximum=0.999999, help="Share of the momentum kept each step.")

    @property
    def slots(self) -> tuple[str, ...]:
        return ("momentum",)

    def update(self, block: Block, rate: float, step: int) -> None:
        change, other = block.scratch
        (momentum,) = block.slots
        np.multiply(momentum, self.beta_1, out=change)
        np.multiply(block.gradients, 1.0 - self.beta_1, out=other)
        change += other
        np.sign(change, out=change)
        change *= rate
        block.weights -= change
        average(momentum, block.gradients, self.beta_2, other)

"""Optimizers that keep another set of weights: a sum to solve for, an average to end with."""

from __future__ import annotations

import math

import numpy as np

from graph_engine.params import integer, number
from graph_engine.training.optimizers.base import Block, Optimizer, average_square


class Ftrl(Optimizer):
    """Solves for the weights anew at each step, so that L1 makes exact zeros (McMahan et al., 2013)."""

    title = "FTRL"
    learning_rate_power: float = number(-0.5, maximum=0.0, help="How steps shrink; 0: all of one size.")
    initial_accumulator_value: float = number(0.1, minimum=0.0, help="What the sum of squares starts from.")
    l1_regularization_strength: float = number(0.0, minimum=0.0, help="Pull towards exact zeros.")
    l2_regularization_strength: float = number(0.0, minimum=0.0, help="Pull towards small weights.")
    l2_shrinkage_regularization_strength: float = number(
        0.0, minimum=0.0, help="Pull towards small weights, as part of the gradient."
    )
    beta: float = number(0.0, minimum=0.0, help="Makes first steps smaller.")

    @property
    def slots(self) -> tuple[str, ...]:
        return ("accumulator", "linear")

    def slot_start(self, slot: str) -> float:
        return self.initial_accumulator_value if slot == "accumulator" else 0.0

    def update(self, block: Block, rate: float, step: int) -> None:
        change, other = block.scratch
        accumulator, linear = block.slots
        power = -self.learning_rate_power
        np.power(accumulator, power, out=change)
        np.square(block.gradients, out=other)
        accumulator += other
        np.power(accumulator, power, out=other)
        np.subtract(change, other, out=change)
        change /= rate
        change += 2.0 * self.l2_shrinkage_regularization_strength
        change *= block.weights
        linear += block.gradients
        linear += change
        other /= rate
        other += 2.0 * self.l2_regularization_strength + self.beta / rate
        limit = self.l1_regularization_strength
        np.clip(linear, -limit, limit, out=change)
        change -= linear
        np.divide(change, other, out=block.weights)


class ScheduleFreeAdamW(Optimizer):
    """Adam on the way to an average of the weights, in place of a schedule (Defazio et al., 2024)."""

    title = "Schedule-free AdamW"
    learning_rate: float = number(0.0025, minimum=0.0, help="Size of a step.")
    beta_1: float = number(0.9, minimum=1e-6, maximum=0.999999, help="Share of the average in the weights.")
    beta_2: float = number(
        0.999, minimum=0.0, maximum=0.999999, help="Share of the mean square kept each step."
    )
    epsilon: float = number(1e-8, minimum=0.0, help="Keeps divisions away from zero.")
    warmup_steps: int = integer(0, minimum=0, help="Steps until the learning rate is reached.")

    @property
    def slots(self) -> tuple[str, ...]:
        return ("momentum", "velocity")

    def update(self, block: Block, rate: float, step: int) -> None:
        change, other = block.scratch
        momentum, velocity = block.slots  # what Keras calls momentum is where plain steps would have led
        if step == 1:
            momentum[...] = block.weights
        if self.warmup_steps:
            rate *= min(step / self.warmup_steps, 1.0)
        average_square(velocity, block.gradients, self.beta_2, other)
        np.sqrt(velocity, out=other)
        other /= math.sqrt(1.0 - self.beta_2**step)
        other += self.epsilon
        np.divide(block.gradients, other, out=change)
        change *= rate
        # weights = (1 - beta_1) * momentum + beta_1 * average, before and after
        share = 1.0 / step
        block.weights -= (1.0 - self.beta_1) * momentum
        block.weights *= 1.0 - share
        momentum -= change
        block.weights += (self.beta_1 * share + 1.0 - self.beta_1) * momentum

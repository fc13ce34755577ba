"""Learning rates that change with the number of steps taken (``keras.optimizers.schedules``).

A schedule shapes the optimizer's ``learning_rate``; it has no starting rate of its own, so that editing
the rate during training scales the whole curve.
"""

from __future__ import annotations

import math
from abc import abstractmethod

from graph_engine.params import Catalogue, Config, ParamError, boolean, integer, number, numbers


class Schedule(Config):
    """Gives the learning rate of a step from the optimizer's own rate."""

    @abstractmethod
    def rate(self, initial: float, step: int) -> float:
        """The rate after ``step`` updates (0 for the first one)."""


class ExponentialDecay(Schedule):
    """Multiplies the rate by ``decay_rate`` every ``decay_steps``."""

    title = "Exponential decay"
    decay_steps: int = integer(1000, minimum=1, help="Steps until the rate is multiplied once.")
    decay_rate: float = number(0.9, minimum=0.0, help="Factor per decay_steps.")
    staircase: bool = boolean(False, help="Change only at whole multiples of decay_steps.")

    def rate(self, initial: float, step: int) -> float:
        return float(initial * self.decay_rate ** _progress(step, self.decay_steps, self.staircase))


class InverseTimeDecay(Schedule):
    """Divides the rate by ``1 + decay_rate * step / decay_steps``."""

    title = "Inverse time decay"
    decay_steps: int = integer(1000, minimum=1, help="Steps that count as one unit of time.")
    decay_rate: float = number(0.5, minimum=0.0, help="How fast the divisor grows.")
    staircase: bool = boolean(False, help="Change only at whole multiples of decay_steps.")

    def rate(self, initial: float, step: int) -> float:
        return initial / (1.0 + self.decay_rate * _progress(step, self.decay_steps, self.staircase))


class PiecewiseConstantDecay(Schedule):
    """Multiplies the rate by the next factor each time a boundary is passed."""

    title = "Piecewise constant"
    boundaries: tuple[float, ...] = numbers((1000.0, 2000.0), help="Steps after which the rate changes.")
    factors: tuple[float, ...] = numbers((0.1, 0.01), help="Factor on the learning rate after each boundary.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.boundaries) != len(self.factors):
            raise ParamError(
                f"PiecewiseConstantDecay has {len(self.boundaries)} boundaries "
                f"but {len(self.factors)} factors: give one factor for each boundary"
            )
        if list(self.boundaries) != sorted(self.boundaries):
            raise ParamError("PiecewiseConstantDecay.boundaries: must rise")

    def rate(self, initial: float, step: int) -> float:
        passed = sum(step > boundary for boundary in self.boundaries)
        return initial * (1.0, *self.factors)[passed]


class PolynomialDecay(Schedule):
    """Falls from the rate to ``end_learning_rate`` along a polynomial."""

    title = "Polynomial decay"
    decay_steps: int = integer(1000, minimum=1, help="Steps until the end is reached.")
    end_learning_rate: float = number(0.0001, minimum=0.0, help="The rate at the end.")
    power: float = number(1.0, minimum=0.0, help="Power of the polynomial; 1 is a straight line.")
    cycle: bool = boolean(False, help="Begin anew after decay_steps, over twice, three times ... the steps.")

    def rate(self, initial: float, step: int) -> float:
        steps = self.decay_steps * (max(1, math.ceil(step / self.decay_steps)) if self.cycle else 1)
        left = 1.0 - min(step, steps) / steps
        return float((initial - self.end_learning_rate) * left**self.power + self.end_learning_rate)


class CosineDecay(Schedule):
    """Falls along half a cosine wave, after an optional linear warm-up (Loshchilov and Hutter, 2016)."""

    title = "Cosine decay"
    decay_steps: int = integer(1000, minimum=1, help="Steps of the fall, warm-up not counted.")
    alpha: float = number(0.0, minimum=0.0, help="What is left at the end, as a fraction of the top rate.")
    warmup_target: float | None = number(
        None, minimum=0.0, optional=True, help="Rise to this rate first; none: no warm-up."
    )
    warmup_steps: int = integer(0, minimum=0, help="Steps of the warm-up.")

    def rate(self, initial: float, step: int) -> float:
        if self.warmup_target is None:
            return self._fall(initial, step)
        if step < self.warmup_steps:
            return initial + (self.warmup_target - initial) * step / self.warmup_steps
        return self._fall(self.warmup_target, step - self.warmup_steps)

    def _fall(self, highest: float, step: int) -> float:
        return highest * _cosine(min(step, self.decay_steps) / self.decay_steps, self.alpha)


class CosineDecayRestarts(Schedule):
    """Cosine falls that begin anew, each longer and lower than the last (SGDR)."""

    title = "Cosine decay with restarts"
    first_decay_steps: int = integer(1000, minimum=1, help="Steps of the first fall.")
    t_mul: float = number(2.0, minimum=1.0, help="How much longer each fall is than the one before.")
    m_mul: float = number(1.0, minimum=0.0, help="Factor on the starting rate at each restart.")
    alpha: float = number(0.0, minimum=0.0, help="What is left at the end of a fall, as a fraction.")

    def rate(self, initial: float, step: int) -> float:
        done = step / self.first_decay_steps
        if self.t_mul == 1.0:
            restarts = math.floor(done)
            fraction = done - restarts
        else:
            restarts = math.floor(math.log(1.0 - done * (1.0 - self.t_mul)) / math.log(self.t_mul))
            before = (1.0 - self.t_mul**restarts) / (1.0 - self.t_mul)
            fraction = (done - before) / self.t_mul**restarts
        lowest_first = self.m_mul**restarts * 0.5 * (1.0 + math.cos(math.pi * fraction))
        return initial * ((1.0 - self.alpha) * lowest_first + self.alpha)


SCHEDULES: Catalogue[Schedule] = Catalogue(Schedule, "graph_engine.training.schedules", "schedule")


def _progress(step: int, decay_steps: int, staircase: bool) -> float:
    return step // decay_steps if staircase else step / decay_steps


def _cosine(fraction: float, alpha: float) -> float:
    return (1.0 - alpha) * 0.5 * (1.0 + math.cos(math.pi * fraction)) + alpha

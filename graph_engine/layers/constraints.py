"""What a weight must satisfy after every optimizer step (``keras.constraints``)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from graph_engine.params import Catalogue, Config, integers, number

Array = npt.NDArray[Any]
_EPSILON: Final = 1e-7  # Keras' backend epsilon
_AXIS: Final = "The axes along which the length of a weight vector is measured."


class Constraint(Config):
    """Puts a weight back into the set it may be in."""

    @abstractmethod
    def project(self, weight: Array) -> Array:
        """The nearest allowed values; ``weight`` stays as it is."""


class NonNeg(Constraint):
    """No negative weights: they become zero."""

    title = "Not negative"

    def project(self, weight: Array) -> Array:
        return weight * (weight >= 0)


class MaxNorm(Constraint):
    """Weight vectors no longer than a bound (Srivastava et al., 2014)."""

    title = "Maximum norm"
    max_value: float = number(2.0, minimum=0.0, help="The greatest length.")
    axis: tuple[int, ...] = integers((0,), help=_AXIS)

    def project(self, weight: Array) -> Array:
        norms = _norms(weight, self.axis)
        return weight * (np.clip(norms, 0, self.max_value) / (_EPSILON + norms))


class UnitNorm(Constraint):
    """Weight vectors of length one."""

    title = "Unit norm"
    axis: tuple[int, ...] = integers((0,), help=_AXIS)

    def project(self, weight: Array) -> Array:
        return weight / (_EPSILON + _norms(weight, self.axis))


class MinMaxNorm(Constraint):
    """Weight vectors with a length between two bounds."""

    title = "Norm between bounds"
    min_value: float = number(0.0, minimum=0.0, help="The smallest length.")
    max_value: float = number(1.0, minimum=0.0, help="The greatest length.")
    rate: float = number(1.0, minimum=0.0, maximum=1.0, help="How much of the way is gone in each step.")
    axis: tuple[int, ...] = integers((0,), help=_AXIS)

    def project(self, weight: Array) -> Array:
        norms = _norms(weight, self.axis)
        wanted = self.rate * np.clip(norms, self.min_value, self.max_value) + (1 - self.rate) * norms
        return weight * (wanted / (_EPSILON + norms))


def _norms(weight: Array, axes: Sequence[int]) -> Array:
    squares: Array = np.sum(np.square(weight), axis=tuple(axes), keepdims=True)
    return np.sqrt(np.maximum(squares, 0))


CONSTRAINTS: Catalogue[Constraint] = Catalogue(Constraint, "graph_engine.layers.constraints", "constraint")

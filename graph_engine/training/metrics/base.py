"""What a metric is: statistics that add up over batches, and the number they give in the end."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.params import Config, snake_case, text
from graph_engine.values import TensorSpec

Array = npt.NDArray[Any]


class Metric(Config):
    """Base of all metrics. ``direction`` says which way is better; ``aliases`` are Keras' short names."""

    direction: ClassVar[Literal["up", "down"]] = "down"
    aliases: ClassVar[tuple[str, ...]] = ()

    name: str | None = text(None, optional=True, help="What logs call it; none: the metric's own name.")

    @classmethod
    def log_name(cls) -> str:
        """What logs call the metric unless it is given a name, as in Keras."""
        return snake_case(cls.__name__)

    def target(self, output: TensorSpec) -> TensorSpec | None:
        """The target's spec for an output of this spec; None: any that a loss takes."""
        return output

    @abstractmethod
    def statistics(self, y_true: Value, y_pred: Value, weight: Value) -> tuple[Value, ...]:
        """Values to be summed over batches. ``weight`` has one number per sample."""

    @abstractmethod
    def result(self, statistics: Sequence[Array]) -> float:
        """The metric from the summed statistics, as float64 arrays."""


class MeanMetric(Metric):
    """Base of metrics that are a weighted mean over samples."""

    @abstractmethod
    def per_sample(self, y_true: Value, y_pred: Value) -> Value:
        """Values of shape (batch,)."""

    def statistics(self, y_true: Value, y_pred: Value, weight: Value) -> tuple[Value, ...]:
        return ops.sum(self.per_sample(y_true, y_pred) * weight), ops.sum(weight)

    def result(self, statistics: Sequence[Array]) -> float:
        total, count = statistics
        return ratio(total, count)


def ratio(part: Array, whole: Array) -> float:
    """``part / whole``, 0 where there is nothing to divide by, as in Keras."""
    return float(part) / float(whole) if whole else 0.0


def ratios(part: Array, whole: Array) -> Array:
    """``ratio`` by element."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole != 0.0)

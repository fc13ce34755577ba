"""What a metric is: statistics that add up over batches, and the number they give in the end."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.params import Config, boolean, shared, snake_case, text
from graph_engine.training.losses.base import aligned
from graph_engine.values import Shape, TensorSpec

Array = npt.NDArray[Any]


class Metric(Config):
    """Base of all metrics. ``direction`` says which way is better; ``aliases`` are Keras' short names.

    ``masked``: a mask of the output (steps that are padding) weighs its entries; as in Keras, means alone.
    """

    direction: ClassVar[Literal["up", "down"]] = "down"
    aliases: ClassVar[tuple[str, ...]] = ()
    masked: ClassVar[bool] = False

    name: str | None = shared(
        text(None, optional=True, help="What logs call it; none: the metric's own name.")
    )
    weighted: bool = shared(
        boolean(False, help="Count each sample by its weight, as Keras' weighted_metrics do.")
    )

    @classmethod
    def log_name(cls) -> str:
        """What logs call the metric unless it is given a name, as in Keras."""
        return snake_case(cls.__name__)

    def target(self, output: TensorSpec, given: Shape | None = None) -> TensorSpec | None:
        """The target's spec for an output of this spec; None: any that a loss takes.

        ``given`` is the shape of the target at hand, for a metric that takes several.
        """
        return output

    def classes(self, output: TensorSpec) -> int | None:
        """How many classes a target of ids may name; None where targets are no class ids."""
        return None

    def entries(self, output: TensorSpec) -> int:
        """How many numbers the result holds for an output of this spec."""
        return 1

    @abstractmethod
    def statistics(self, y_true: Value, y_pred: Value, weight: Value | None) -> tuple[Value, ...]:
        """Values to be summed over batches. ``weight``: per sample, or per step; None: all count as 1."""

    @abstractmethod
    def result(self, statistics: Sequence[Array]) -> float | Array:
        """The metric from the summed statistics, as float64 arrays: one number, or an array of ``entries``."""


class MeanMetric(Metric):
    """Base of metrics that are a weighted mean (``keras.metrics.MeanMetricWrapper``)."""

    masked = True

    @abstractmethod
    def values(self, y_true: Value, y_pred: Value) -> Value:
        """One number per entry, samples along the first axis."""

    def statistics(self, y_true: Value, y_pred: Value, weight: Value | None) -> tuple[Value, ...]:
        values = self.values(y_true, y_pred)
        if weight is None:
            return ops.sum(_per_sample(values)), ops.number(float(values.shape[0]), values)
        if weight.rank > values.rank:
            values = aligned(values, weight.rank)
        elif values.rank > weight.rank:
            values = ops.mean(values, axes=tuple(range(weight.rank, values.rank)))
        spread = ops.broadcast_to(weight, shape=values.shape)
        return ops.sum(_per_sample(values * spread)), ops.sum(_per_sample(spread))

    def result(self, statistics: Sequence[Array]) -> float:
        total, count = statistics
        return ratio(total, count)


def _per_sample(values: Value) -> Value:
    return ops.mean(values, axes=tuple(range(1, values.rank)))


def spread(weight: Value | None, like: Value) -> Value | None:
    """A weight per sample or step repeated over all that the step holds."""
    return None if weight is None else ops.broadcast_to(aligned(weight, like.rank), shape=like.shape)


def weighed(values: Value, weight: Value | None) -> Value:
    return values if weight is None else values * weight


def number_of(condition: Value, like: Value) -> Value:
    """1 where it holds, 0 elsewhere, in the dtype of ``like``."""
    return ops.cast(condition, dtype=like.dtype)


def ratio(part: Array, whole: Array) -> float:
    """``part / whole``, 0 where there is nothing to divide by, as in Keras."""
    return float(part) / float(whole) if whole else 0.0


def ratios(part: Array, whole: Array) -> Array:
    """``ratio`` by element."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole != 0.0)

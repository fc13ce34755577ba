"""What a loss is: the target it expects for an output, and a number for each of the output's entries.

An entry is what a loss compares as one: a sample, a time step, a pixel. Weights and masks count entries,
as in ``keras.losses.Loss.__call__``.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.params import Config, choice, shared
from graph_engine.values import Shape, TensorSpec

EPSILON: Final = 1e-7  # keras.config.epsilon()
REDUCTIONS: Final = ("sum_over_batch_size", "mean", "mean_with_sample_weight", "sum")


class Loss(Config):
    """Base of all losses. ``aliases`` are the short names that Keras knows, such as ``mse``."""

    aliases: ClassVar[tuple[str, ...]] = ()

    reduction: str = shared(
        choice(
            "sum_over_batch_size",
            REDUCTIONS,
            help="How entries become one number: their mean (twice by name), the mean by weight, or the sum.",
        )
    )

    def target(self, output: TensorSpec, given: Shape | None = None) -> TensorSpec:
        """The target's spec for an output of this spec: the same, unless a loss says otherwise.

        ``given`` is the shape of the target at hand, for a loss that takes several.
        """
        return output

    def classes(self, output: TensorSpec) -> int | None:
        """How many classes a target of ids may name; None where targets are no class ids."""
        return None

    def ignored(self) -> int | None:
        """The class whose entries are left out of the loss."""
        return None

    @abstractmethod
    def values(self, y_true: Value, y_pred: Value) -> Value:
        """One number per entry: the output's shape without the axis that the loss runs over."""

    def valid(self, y_true: Value, values: Value) -> Value | None:
        """Which entries count, as booleans of the shape of ``values``; None: all of them."""
        return None


def class_ids(output: TensorSpec, axis: int = -1) -> TensorSpec:
    """The spec of targets that are class ids: the output's shape without the axis of its classes."""
    position = axis % output.rank
    return TensorSpec((*output.shape[:position], *output.shape[position + 1 :]), "int32")


def reduced(loss: Loss, values: Value, mask: Value | None, weight: Value | None) -> Value:
    """Entries as one number (``keras.src.losses.loss.reduce_weighted_values``).

    ``mask`` holds 1 where an entry counts, so that a mean is over those; ``weight`` multiplies each entry.
    Both have the batch axis and any number of the following ones.
    """
    averages = loss.reduction in ("sum_over_batch_size", "mean")
    factors = [] if weight is None else [weight]
    if mask is not None:
        factors.append(mask * _divided(float(math.prod(mask.shape)), ops.sum(mask)) if averages else mask)
    if not factors:
        return ops.sum(values) if loss.reduction == "sum" else ops.mean(values)
    factor = product(factors, values.rank)
    weighted = values * factor  # a loss of the whole batch is a scalar, which every weight multiplies
    if loss.reduction == "mean_with_sample_weight":
        return _divided(ops.sum(weighted), ops.sum(factor))
    return ops.sum(weighted) if loss.reduction == "sum" else ops.mean(weighted)


def aligned(factor: Value, rank: int) -> Value:
    """A factor per sample or step with axes of size 1 behind, so that it multiplies all that the step holds."""
    return ops.reshape(factor, (*factor.shape, *(1,) * (rank - factor.rank)))


def product(factors: Sequence[Value], rank: int) -> Value:
    """Factors of several ranks, each per sample or per step, as one factor of at least ``rank``."""
    highest = max(rank, *(factor.rank for factor in factors))
    found = aligned(factors[0], highest)
    for factor in factors[1:]:
        found = found * aligned(factor, highest)
    return found


def mean_last(values: Value) -> Value:
    """The mean over the last axis; one number per sample stays as it is."""
    return values if values.rank == 1 else ops.mean(values, axes=(values.rank - 1,))


def sum_last(values: Value, keepdims: bool = False) -> Value:
    """The sum over the last axis."""
    return ops.sum(values, axes=(values.rank - 1,), keepdims=keepdims)


def _divided(part: Value | float, whole: Value) -> Value:
    """``part / whole``, 0 where there is nothing to divide by."""
    zero, one = ops.number(0.0, whole), ops.number(1.0, whole)
    empty = ops.equal(whole, zero)
    return ops.where(empty, zero, part / ops.where(empty, one, whole))

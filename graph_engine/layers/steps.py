"""Something applied to every step of sequences: steps are folded into the batch, as samples of their own."""

from __future__ import annotations

from collections.abc import Callable

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.values import Dim, TensorSpec

Apply = Callable[[Value, Value | None], tuple[Value, ...]]


def step_of(x: TensorSpec) -> TensorSpec:
    """One step of a sequence."""
    return x.with_shape((x.shape[0], *x.shape[2:]))


def with_steps(y: TensorSpec, steps: Dim) -> TensorSpec:
    """A sequence of what one step gives."""
    return y.with_shape((y.shape[0], steps, *y.shape[1:]))


def over_steps(apply: Apply, x: Value, mask: Value | None, *, one_by_one: bool) -> tuple[Value, ...]:
    """``apply`` on every step of ``x`` (batch, steps, ...), given its part of the mask where it has one.

    ``one_by_one`` for what samples do not pass alone: statistics of a batch are those of one step, and what is
    remembered is remembered from step to step.
    """
    batch, steps = x.shape[:2]
    if mask is not None and mask.rank < 3 and x.rank > 3:
        mask = None  # it is about these steps, not about steps within them
    if not one_by_one:
        folded = apply(_folded(x), None if mask is None else _folded(mask))
        return tuple(ops.reshape(y, (batch, steps, *y.shape[1:])) for y in folded)
    found = [apply(_step(x, step), None if mask is None else _step(mask, step)) for step in range(steps)]
    return tuple(ops.stack(*each, axis=1) for each in zip(*found, strict=True))


def _folded(x: Value) -> Value:
    return ops.reshape(x, (x.shape[0] * x.shape[1], *x.shape[2:]))


def _step(x: Value, step: int) -> Value:
    return ops.squeeze(ops.slice_axis(x, 1, step, step + 1), 1)

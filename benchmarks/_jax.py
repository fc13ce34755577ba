"""jax as a contestant: a compiled step that keeps its buffers, Adam by hand, batches that lie on the device."""

from __future__ import annotations

from typing import Any, Final

import jax
from jax import numpy as jnp

from benchmarks._jax_models import loss_of
from benchmarks._nine import Case

RATE: Final = 1e-3  # of Adam, as what follows
FIRST, SECOND, EPSILON = 0.9, 0.999, 1e-7


class Jax:
    """``mode``: "epoch" compiles the loop over the batches as well; "" calls the step from Python."""

    def __init__(self, case: Case, weights: list[list[Any]], mode: str) -> None:
        if mode == "epoch" and len(case.inputs[0]) == 3:
            raise ValueError("jax needs minutes for convolutions in a compiled loop")
        self.case, self.whole = case, mode == "epoch"
        step = _step(case)
        self.step = jax.jit(step, donate_argnums=0)
        self.steps = jax.jit(lambda state, batches: jax.lax.scan(step, state, batches), donate_argnums=0)
        self.state = _state(weights)
        self.batches: Any = None

    def losses(self, xs: list[Any], y: Any, steps: range) -> list[float]:
        found = []
        for batch in self._split(xs, y)[steps.start : steps.stop]:
            self.state, loss = self.step(self.state, batch)
            found.append(float(loss))
        return found

    def epoch(self, xs: list[Any], y: Any) -> None:
        if self.batches is None:
            self.batches = self._split(xs, y)
            if self.whole:
                self.batches = jax.tree.map(lambda *parts: jnp.stack(parts), *self.batches)
        losses: Any = []
        if self.whole:
            self.state, losses = self.steps(self.state, self.batches)
        else:
            for batch in self.batches:
                self.state, loss = self.step(self.state, batch)
                losses.append(loss)
        jax.block_until_ready((self.state, losses))

    def _split(self, xs: list[Any], y: Any) -> list[Any]:
        """On the device, by batch: inputs and class ids."""
        size = self.case.batch
        rows = [slice(at, at + size) for at in range(0, len(y), size)]
        return [jax.device_put(([x[some] for x in xs], y[some])) for some in rows]


def _state(weights: list[list[Any]]) -> Any:
    """Weights, moving statistics, both moments, and the number of steps."""
    norms = [len(arrays) == 4 for arrays in weights]  # only batch normalization has so many
    trained = [arrays[:2] if norm else arrays for arrays, norm in zip(weights, norms, strict=True)]
    moving = [arrays[2:] for arrays, norm in zip(weights, norms, strict=True) if norm]
    moments = [jax.tree.map(jnp.zeros_like, trained) for _ in range(2)]
    return jax.device_put((trained, moving, *moments, jnp.zeros(())))


def _step(case: Case) -> Any:
    """From a state and a batch to the next state and the loss."""
    gradient_of = jax.value_and_grad(loss_of(case), has_aux=True)

    def step(state: Any, batch: Any) -> tuple[Any, Any]:
        trained, moving, first, second, count = state
        (loss, moving), gradient = gradient_of(trained, moving, *batch)
        count = count + 1
        rate = RATE * jnp.sqrt(1 - SECOND**count) / (1 - FIRST**count)
        first = jax.tree.map(lambda m, g: m + (1 - FIRST) * (g - m), first, gradient)
        second = jax.tree.map(lambda v, g: v + (1 - SECOND) * (g * g - v), second, gradient)
        trained = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + EPSILON), trained, first, second)
        return (trained, moving, first, second, count), loss

    return step

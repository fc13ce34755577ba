"""Several steps in order, with their states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph_engine.data.columns import Column, Draw, Rows
from graph_engine.data.errors import DataError
from graph_engine.data.steps.base import Array, Step
from graph_engine.params import JSON


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Steps and what each learned from the training rows. Equal states give equal results, anywhere."""

    steps: tuple[Step, ...] = ()
    states: tuple[JSON, ...] = ()

    @classmethod
    def fit(cls, steps: Sequence[Step], training: Array) -> Pipeline:
        """Each step learns from the training rows as the steps before it leave them."""
        states = []
        for step in steps:
            states.append(step.fit(training))
            training = cls((step,), (states[-1],)).apply(training)
        return cls(tuple(steps), tuple(states))

    @classmethod
    def restore(cls, steps: Sequence[Step], states: Sequence[JSON]) -> Pipeline:
        if len(steps) != len(states):
            raise DataError(
                f"{len(steps)} preprocessing steps, but {len(states)} stored states: train from fresh weights"
            )
        return cls(tuple(steps), tuple(states))

    @property
    def varies(self) -> bool:
        return any(step.varies for step in self.steps)

    def apply(self, array: Array) -> Array:
        """Of a column a column, whose rows pass through the steps when they are taken."""
        if isinstance(array, Column):
            return array.then(self._made)
        for step, state in zip(self.steps, self.states, strict=True):
            array = step.apply(array, state)
        return array

    def _made(self, array: Array, rows: Rows, draw: Draw | None) -> Array:
        """``rows``: their numbers, which they draw by. What draws nothing is the same in training and elsewhere."""
        place = 0
        for step, state in zip(self.steps, self.states, strict=True):
            if step.varies and draw is not None:
                array = step.vary(array, state, [draw.generator(row, place) for row in rows.tolist()])
                place += 1
            else:
                array = step.apply(array, state)
        return array

    def invert(self, array: Array) -> Array:
        """From the model's terms back to the data's."""
        for step, state in zip(reversed(self.steps), reversed(self.states), strict=True):
            array = step.invert(array, state)
        return array

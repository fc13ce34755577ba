"""Where a value that is not finite came from: one run of a plan's numpy definitions, every step checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from graph_engine.compiler import Step
from graph_engine.kernels.program import Array
from graph_engine.runtime.executor import Executor

LOSS = "loss"


@dataclass(frozen=True, slots=True)
class Break:
    """The first value that is not finite of those a result came from.

    It is that of the feed or the parameter called ``name`` (``outputs`` holds it), or a step's, whose ``inputs`` are
    finite. ``results``: what it spoiled, results and gradients by name. ``in_gradient``: the step comes
    after the loss.
    """

    kind: Literal["feed", "parameter", "step"]
    results: tuple[str, ...]
    name: str = ""
    step: Step | None = None
    inputs: tuple[Array, ...] = ()
    outputs: tuple[Array, ...] = ()
    in_gradient: bool = False


class Tracer(Executor):
    """Follows spoiled results back to where they began: what is infinite on purpose, as in a mask, spoils none."""

    def trace(self, feeds: Mapping[str, Array], *, step: int = 0, seed: int = 0) -> Break | None:
        """None where all results and gradients are finite. Parameters are left as they are."""
        bad, maker = self._run_checked(feeds, step, seed)
        ends = {**self.plan.results, **self.plan.gradients}
        spoiled = tuple(name for name, slot in ends.items() if self._root(slot) in bad)
        if not spoiled:
            return None
        slot = self._origin({self._root(ends[name]) for name in spoiled}, bad, maker)
        number = maker.get(slot)
        if number is None:
            fed = {number: name for name, number in self.plan.feeds.items()}.get(slot)
            name = self.plan.slots[slot].key if fed is None else fed
            kind: Literal["feed", "parameter"] = "parameter" if fed is None else "feed"
            return Break(kind, spoiled, name, outputs=(self._arrays[slot].copy(),))
        self._run_checked(feeds, step, seed, number + 1)  # memory is used again and again: up to there
        planned = self.plan.steps[number]
        return Break(
            "step",
            spoiled,
            step=planned,
            inputs=tuple(self._arrays[slot].copy() for slot in planned.inputs),
            outputs=tuple(self._arrays[slot].copy() for slot in planned.outputs),
            in_gradient=number > maker.get(self._root(self.plan.results.get(LOSS, -1)), len(maker)),
        )

    def _run_checked(
        self, feeds: Mapping[str, Array], step: int, seed: int, count: int | None = None
    ) -> tuple[set[int], dict[int, int]]:
        """Slots that hold what is not finite, and which step made each slot."""
        bad: set[int] = set()
        maker: dict[int, int] = {}
        with np.errstate(all="ignore"):
            self._load(feeds)
            bad |= set(self._spoiled(self._entering()))
            for number, planned in enumerate(self.plan.steps[:count]):
                self._calls[number](step, seed)
                maker |= dict.fromkeys(planned.outputs, number)
                bad |= set(self._spoiled(planned.outputs))
        return bad, maker

    def _origin(self, ends: Iterable[int], bad: set[int], maker: Mapping[int, int]) -> int:
        """Back along spoiled values: feeds and parameters count before steps, earlier steps before later ones."""
        todo, seen, firsts = list(ends), set(ends), []
        while todo:
            slot = todo.pop()
            number = maker.get(slot)
            before = set() if number is None else self._inputs(self.plan.steps[number]) & bad
            if not before:
                firsts.append((-1 if number is None else number, slot))
            todo += before - seen
            seen |= before
        return min(firsts)[1]

    def _inputs(self, step: Step) -> set[int]:
        return {self._root(slot) for slot in step.inputs}

    def _entering(self) -> Iterator[int]:
        yield from self.plan.feeds.values()
        yield from (number for number, slot in enumerate(self.plan.slots) if slot.place == "parameter")

    def _spoiled(self, slots: Iterable[int]) -> Iterator[int]:
        for slot in slots:
            array = self._arrays[slot]
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                yield self._root(slot)

    def _root(self, slot: int) -> int:
        while slot >= 0 and self.plan.slots[slot].place == "view":
            slot = self.plan.slots[slot].base
        return slot

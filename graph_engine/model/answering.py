"""One batch and its answer, as quickly as may be: of a small model, naming and checking take longer than computing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from graph_engine.kernels.program import Array
from graph_engine.training import Trainer


class Answerer:
    """What was found out about one batch, for those that follow of the same kind: as many arrays, of the same shapes
    and dtypes, which the model takes as they are."""

    __slots__ = ("_executor", "_kinds", "_names", "_outputs", "_trainer")

    def __init__(self, trainer: Trainer, feeds: Mapping[str, Array], outputs: Sequence[str]) -> None:
        self._trainer = trainer
        self._executor = trainer.session.executor("predict", feeds)
        self._names = tuple(feeds)
        self._kinds = tuple((array.shape, array.dtype) for array in feeds.values())
        self._outputs = tuple(f"output/{name}" for name in outputs)

    def takes(self, trainer: Trainer, arrays: list[Any]) -> bool:
        """Whether the same way leads to the answer for these arrays, one for each input in their order."""
        if self._trainer is not trainer or len(arrays) != len(self._kinds):
            return False
        for array, (shape, dtype) in zip(arrays, self._kinds, strict=True):
            if type(array) is not np.ndarray or array.shape != shape or array.dtype != dtype:
                return False
        return True

    def answer(self, arrays: list[Any]) -> list[Array]:
        """Outputs in their order; arrays of the caller's own."""
        results = self._executor.run(dict(zip(self._names, arrays, strict=True)), seed=self._trainer.seed)
        return [results[name].copy() for name in self._outputs]

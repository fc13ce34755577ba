"""What a preprocessing step is: typed parameters, a state fitted on training rows, and how to apply it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from graph_engine.data.errors import DataError
from graph_engine.params import JSON, Config

Array = npt.NDArray[Any]


class Step(Config):
    """One step. Rows are the first axis, columns the last. The state is JSON, stored with the run."""

    varies: ClassVar[bool] = False
    """Whether it draws at random what training sees of a row (``vary``)."""

    def fit(self, array: Array) -> JSON:
        """What the step must know of the training rows; nothing by default. They may be a ``Column``."""
        return None

    @abstractmethod
    def apply(self, array: Array, state: JSON) -> Array: ...

    def vary(self, array: Array, state: JSON, draws: Sequence[np.random.Generator]) -> Array:
        """``array`` as training sees it, each row with what its generator draws; only asked for where it ``varies``."""
        return self.apply(array, state)

    def invert(self, array: Array, state: JSON) -> Array:
        """Undo the step, to read predictions in the data's own terms. Raises DataError where it cannot be."""
        raise DataError(f"{type(self).__name__} cannot be undone")


def require_numbers(step: Step, array: Array) -> Array:
    if array.dtype.kind not in "biuf":
        raise DataError(
            f"{type(step).__name__} needs numbers, but the column holds words: use CategoryIds or OneHot"
        )
    return array

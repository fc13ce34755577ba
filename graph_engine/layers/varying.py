"""What layers share that vary pictures at random in training, so that a network sees none of them twice."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Keras
from graph_engine.layers.operations.dtypes import floating
from graph_engine.layers.requirements import FLOATS, title
from graph_engine.layers.spatial import Spatial
from graph_engine.params import ParamError, numbers, shared
from graph_engine.values import TensorSpec

_RANGE: Final = "Lowest and highest value of a pixel."


class Augmentation(Spatial):
    """Each picture of a batch is varied by itself. Whole numbers become floats."""

    family = "regularization"
    rank = 2
    takes_whole_numbers = True
    keras = Keras(
        ignored=("seed", "bounding_box_format"),  # the draws of two programs differ in any case
        training=True,
    )

    def infer_last(self, x: TensorSpec) -> TensorSpec:
        return x if x.dtype in FLOATS else TensorSpec(x.shape, "float32")

    def lower_last(self, call: Call, x: Value) -> Value:
        y = floating(x)
        return self.vary(y) if call.training else y

    @abstractmethod
    def vary(self, x: Value) -> Value:
        """A variation of ``x`` (batch, height, width, channels)."""


def factors(default: tuple[float, ...] | None, help: str, low: float, high: float) -> Any:
    """A parameter: one number or two, see ``ends``."""
    one = "as far either way" if low < 0 else f"from {low:g} to it"
    return numbers(
        default,
        minimum=low,
        maximum=high,
        optional=default is None,
        help=f"{help} One number: {one}; two: from, to.",
    )


def shown_range() -> Any:
    """A parameter: what the numbers of a pixel may be."""
    return shared(numbers((0.0, 255.0), help=_RANGE))


def ends(name: str, factor: tuple[float, ...], lowest: float = -1.0) -> tuple[float, float]:
    """(from, to) of what is drawn. Raises ParamError unless there are one or two numbers."""
    if len(factor) not in (1, 2):
        raise ParamError(f"{name}: one number or two, got {len(factor)}")
    return (min(factor), max(factor)) if len(factor) == 2 else (max(-abs(factor[0]), lowest), abs(factor[0]))


def drawn(x: Value, between: tuple[float, float], rank: int = 4) -> Value:
    """Uniform between the ends: one number for each sample, (batch, 1, ...)."""
    low, high = between
    found = ops.random_uniform(x, (x.shape[0], *(1,) * (rank - 1))) * (high - low) + low
    assert isinstance(found, Value)
    return found


def require_range(layer: Augmentation, value_range: tuple[float, ...]) -> tuple[float, float]:
    """(lowest, highest). Raises ParamError unless there are two numbers."""
    if len(value_range) != 2 or value_range[0] == value_range[1]:
        raise ParamError(
            f"{title(layer)}.value_range: two numbers, the lowest and the highest value of a pixel"
        )
    return min(value_range), max(value_range)

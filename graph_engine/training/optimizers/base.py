"""What an optimizer is: typed parameters, the slots it keeps, and an update rule over flat buffers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from graph_engine.params import Config, ParamError, boolean, configured, integer, number, shared
from graph_engine.training.schedules import SCHEDULES, Schedule

Array = npt.NDArray[Any]


@dataclass(slots=True)
class Block:
    """A stretch of the flat buffers, and scratch of its length: as long as fits in the processor's cache.

    For an optimizer that works ``by_weight`` it is one weight, with its path and its shape.
    """

    weights: Array
    gradients: Array
    slots: Sequence[Array]
    scratch: Sequence[Array]
    path: str = ""
    shape: tuple[int, ...] = ()


class Optimizer(Config):
    """Base of all optimizers. ``slots`` names the buffers a rule keeps, each as long as the weights."""

    by_weight: ClassVar[bool] = False

    learning_rate: float = number(0.001, minimum=0.0, help="Size of a step.")
    schedule: Schedule | None = shared(
        configured(None, SCHEDULES, optional=True, help="How the learning rate changes with the steps taken.")
    )
    weight_decay: float | None = shared(
        number(
            None,
            minimum=0.0,
            optional=True,
            help="Shrink weights by this times the learning rate at each step.",
        )
    )
    clipnorm: float | None = shared(
        number(None, minimum=0.0, optional=True, help="Largest norm of each weight's gradient.")
    )
    global_clipnorm: float | None = shared(
        number(None, minimum=0.0, optional=True, help="Largest norm of all gradients together.")
    )
    clipvalue: float | None = shared(
        number(None, minimum=0.0, optional=True, help="Largest absolute value within a gradient.")
    )
    use_ema: bool = shared(boolean(False, help="Keep a running mean of the weights, and end with it."))
    ema_momentum: float = shared(
        number(0.99, minimum=0.0, maximum=1.0, help="Share of the running mean kept each step.")
    )
    ema_overwrite_frequency: int | None = shared(
        integer(
            None, minimum=1, optional=True, help="Set the weights to their running mean every so many steps."
        )
    )
    gradient_accumulation_steps: int | None = shared(
        integer(None, minimum=2, optional=True, help="Batches whose mean gradient makes one step.")
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        clips = [name for name in ("clipnorm", "global_clipnorm", "clipvalue") if getattr(self, name)]
        if len(clips) > 1:
            raise ParamError(f"{type(self).__name__} clips in one way only, but has {' and '.join(clips)}")

    @property
    def slots(self) -> tuple[str, ...]:
        return ()

    def slot_start(self, slot: str) -> float:
        """The value a slot starts from."""
        return 0.0

    def decay(self, block: Block) -> float | None:
        """By how much, times the learning rate, the block's weights shrink before each update."""
        return self.weight_decay

    def fused(self, rate: float, step: int) -> tuple[str, dict[str, float]] | None:
        """The native kernel that does ``update`` in one pass, and its numbers; None where there is none."""
        return None

    @abstractmethod
    def update(self, block: Block, rate: float, step: int) -> None:
        """Write new weights and slots. ``step`` counts from 1; ``gradients`` are left as they are."""


def average(mean: Array, values: Array, keep: float, scratch: Array) -> None:
    """``mean += (values - mean) * (1 - keep)``"""
    np.subtract(values, mean, out=scratch)
    scratch *= 1.0 - keep
    mean += scratch


def average_square(mean: Array, values: Array, keep: float, scratch: Array) -> None:
    """``mean += (values^2 - mean) * (1 - keep)``"""
    np.square(values, out=scratch)
    scratch -= mean
    scratch *= 1.0 - keep
    mean += scratch

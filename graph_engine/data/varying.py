"""The arithmetic of layers that vary pictures at random, on rows that each bring their own generator.

A layer's random tensors have one part for each picture of a batch. They become feeds here, filled row by row: what a
row draws depends on no other row, and on no batch.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt

from graph_engine.compiler import compile_plan
from graph_engine.data.columns import workers
from graph_engine.kernels.program import Op, Program
from graph_engine.layers.base import LAYERS, Call
from graph_engine.layers.varying import Augmentation
from graph_engine.params import JSON
from graph_engine.runtime import Executor, Parameters
from graph_engine.values import TensorSpec

Array = npt.NDArray[Any]
Generators = Sequence[np.random.Generator]
BLOCK: Final = 2**15  # numbers that pass through at once: what a processor's own memory holds


def varied(layer: Augmentation, pictures: Array, draws: Generators, *, alone: bool = False) -> Array:
    """``pictures`` (rows, height, width, channels) as training sees them, float32. ``alone``: the layer draws once for
    a batch, so that each picture needs to be one."""
    return _passed(layer, pictures, draws, alone)


def unvaried(layer: Augmentation, pictures: Array) -> Array:
    """As everybody else sees them."""
    return _passed(layer, pictures, None, alone=False)


def _passed(layer: Augmentation, pictures: Array, draws: Generators | None, alone: bool) -> Array:
    shape = pictures.shape[1:]
    size = 1 if alone else max(1, BLOCK // max(1, int(np.prod(shape))))
    block = _block(json.dumps(layer.encode()), (size, *shape), draws is not None)
    cuts = [slice(start, start + size) for start in range(0, len(pictures), size)]
    given = [None if draws is None else draws[cut] for cut in cuts]
    parts = list(workers().map(block.run, [pictures[cut] for cut in cuts], given))
    return np.concatenate(parts) if parts else np.zeros((0, *block.shape[1:]), np.float32)


@dataclass(frozen=True, slots=True)
class _Call:
    """All that these layers want to know of where they are called."""

    program: Program
    training: bool


class _Block:
    """A layer as a plan for so many pictures at once; each thread has its own buffers."""

    def __init__(self, layer: Augmentation, shape: tuple[int, ...], training: bool) -> None:
        program = Program()
        given = program.feed("pictures", TensorSpec(shape))
        program.results["result"] = layer.lower_last(cast("Call", _Call(program, training)), given)
        self._draws = _given_from_outside(program)
        self._plan = compile_plan(program)
        self._own = threading.local()
        self._size = shape[0]
        self.shape = program.results["result"].shape

    def run(self, pictures: Array, draws: Generators | None) -> Array:
        """The last ones may be fewer."""
        feeds = {name: np.zeros(op.outputs[0].shape, op.outputs[0].dtype) for name, op in self._draws.items()}
        for name, op in self._draws.items():
            for row, generator in enumerate(draws or ()):
                op.primitive.forward([feeds[name][row : row + 1]], [], **op.attrs, rng=generator)
        whole = np.zeros((self._size, *pictures.shape[1:]), np.float32)
        whole[: len(pictures)] = pictures
        found = self._executor.run({"pictures": whole, **feeds})["result"]
        return found[: len(pictures)].copy()

    @property
    def _executor(self) -> Executor:
        if not hasattr(self._own, "executor"):
            self._own.executor = Executor(self._plan, Parameters({}))
        return cast("Executor", self._own.executor)


def _given_from_outside(program: Program) -> dict[str, Op]:
    """The random ops, taken out of the program: what they would give are feeds now."""
    random = {f"draw {place}": op for place, op in enumerate(program.ops) if op.primitive.is_random}
    program.ops = [op for op in program.ops if not op.primitive.is_random]
    program.feeds |= {name: op.outputs[0] for name, op in random.items()}
    return random


@lru_cache(maxsize=32)
def _block(layer: str, shape: tuple[int, ...], training: bool) -> _Block:
    found: JSON = json.loads(layer)
    return _Block(cast("Augmentation", LAYERS.decode(found)), shape, training)

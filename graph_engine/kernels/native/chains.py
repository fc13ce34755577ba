"""Binds elementwise steps: writes the program that ``elementwise`` interprets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from graph_engine.kernels.native.elementwise import BLOCK, CODE, CODE_WORDS, OPERATIONS, elementwise
from graph_engine.kernels.native.integers import INTEGERS, bind_cast_integers, bind_equal_integers
from graph_engine.kernels.native.language import bits
from graph_engine.kernels.native.rows import Bound, Rows, Tensor, binds
from graph_engine.values import ITEMSIZE

_NAMES: Final = OPERATIONS[6:42]
_COSTS: Final = {
    "exp": 4, "log": 5, "log1p": 8, "tanh": 5, "sigmoid": 5, "softplus": 12, "erf": 5, "sin": 12, "cos": 12,
    "power": 25, "divide": 2, "sqrt": 2, "rsqrt": 3,
}  # fmt: skip
_AXES: Final = 4


@binds(*_NAMES, "where", "clip", "copy", "cast", "broadcast_to")
def bind_elementwise(step: Bound) -> Rows:
    if all(tensor.dtype in INTEGERS for tensor in step.inputs):
        if step.name in ("equal", "not_equal"):
            return bind_equal_integers(step)
        return bind_cast_integers(step) if step.name == "cast" else None
    if any(tensor.dtype not in ("float32", "bool") for tensor in (*step.inputs, *step.outputs)):
        return None
    chain = Chain(step.outputs[0].shape)
    operands = [chain.load(tensor) for tensor in step.inputs]
    if any(operand is None for operand in operands):
        return None
    places = [operand for operand in operands if operand is not None]
    if step.name == "clip":
        places += [chain.number(step.attrs["low"]), chain.number(step.attrs["high"])]
    chain.apply(_operation(step), places, step.outputs[0])
    return chain.rows(step)


def _operation(step: Bound) -> str:
    if step.name == "cast":
        return "nonzero" if step.outputs[0].dtype == "bool" else "copy"
    return "copy" if step.name == "broadcast_to" else step.name


@dataclass(slots=True)
class Chain:
    """A program over all elements of ``shape`` in the making."""

    shape: tuple[int, ...]
    slots: list[tuple[int, int]] = field(default_factory=list)
    once: list[list[int]] = field(default_factory=list)
    each: list[list[int]] = field(default_factory=list)
    gathers: list[tuple[int, list[int]]] = field(default_factory=list)
    registers: int = 0
    cost: float = 0.0
    period: int = 1

    def load(self, tensor: Tensor) -> int | None:
        """The slot of an operand; None where it has too many axes to broadcast along."""
        if tensor.shape == self.shape or tensor.size == self._size:
            return self._direct(tensor)
        if tensor.size == 1 and tensor.constant is not None:
            return self.number(float(tensor.constant.reshape(-1)[0]))
        axes = broadcast_axes(tensor.shape, self.shape)
        if len(axes) > _AXES:
            return None
        return self._gathered(tensor, axes)

    def number(self, value: float) -> int:
        slot = self._register()
        self.once.append(_words("fill", slot, bits(value)))
        return slot

    def apply(self, operation: str, operands: Sequence[int], output: Tensor) -> None:
        self.cost += _COSTS.get(operation, 1)
        if output.dtype == "bool":
            held = self._register()
            self.each.append(_words(operation, held, *operands))
            self.each.append(_words("store_flags", self._memory(output), held))
        else:
            self.each.append(_words(operation, self._memory(output), *operands))

    def rows(self, step: Bound) -> Rows:
        space = step.workspace
        block = BLOCK // self.period * self.period if self.period <= BLOCK else BLOCK
        buffers = -(-len(self.slots) * 8 // 64) * 64
        home, stride = space.private(buffers + self.registers * BLOCK * 4)
        code = [*self.once, *self.each]
        for place, description in self.gathers:
            code[place if place >= 0 else len(self.once) - place - 1][2] = space.table(description)
        return [
            step.row(
                elementwise,
                work=self._size * (1 + self.cost) / 8,
                code=space.table(word for words in code for word in words),
                first=len(self.once),
                once=len(self.once),
                count=len(self.each),
                slots=space.table(word for slot in self.slots for word in slot),
                slot_count=len(self.slots),
                elements=self._size,
                block=block,
                home=home,
                stride=stride,
            )
        ]

    @property
    def _size(self) -> int:
        return int(np.prod(self.shape, dtype=np.int64))

    def _direct(self, tensor: Tensor) -> int:
        place = self._memory(tensor)
        if tensor.dtype != "bool":
            return place
        slot = self._register()
        self.each.append(_words("load_flags", slot, place))
        return slot

    def _gathered(self, tensor: Tensor, axes: list[tuple[int, int]]) -> int:
        """A register filled from a tensor that broadcasts: once, if every block sees the same."""
        slot = self._register()
        operation = "gather_flags" if tensor.dtype == "bool" else "gather"
        full = [(1, 0)] * (_AXES - len(axes)) + axes
        description = [tensor.address, *(size for size, _ in full), *(step for _, step in full)]
        repeats = all(step == 0 for _, step in axes[:-1])
        period = axes[-1][0] if axes and axes[-1][1] else 1
        if repeats and period <= BLOCK and (self.period in (1, period) or period == 1):
            self.period = max(self.period, period)
            self.gathers.append((len(self.once), description))
            self.once.append(_words(operation, slot, 0))
        else:
            self.gathers.append((-len(self.each) - 1, description))
            self.each.append(_words(operation, slot, 0))
        return slot

    def _memory(self, tensor: Tensor) -> int:
        self.slots.append((tensor.address, ITEMSIZE[tensor.dtype]))
        return len(self.slots) - 1

    def _register(self) -> int:
        self.slots.append((self.registers * BLOCK * 4, 0))
        self.registers += 1
        return len(self.slots) - 1


def broadcast_axes(shape: Sequence[int], onto: Sequence[int]) -> list[tuple[int, int]]:
    """(size, stride in elements) of as few axes as describe ``shape`` broadcast onto ``onto``."""
    full = (1,) * (len(onto) - len(shape)) + tuple(shape)
    axes: list[tuple[int, int]] = []
    step = 1
    for size, target in zip(reversed(full), reversed(onto), strict=True):
        own = step if size > 1 else 0
        step *= size
        if target == 1:
            continue
        if axes and own == axes[0][1] * axes[0][0] and (own > 0) == (axes[0][1] > 0):
            axes[0] = (target * axes[0][0], axes[0][1])
        else:
            axes.insert(0, (target, own))
    return axes


def _words(operation: str, *operands: int) -> list[int]:
    words = [CODE[operation], *operands]
    return words + [0] * (CODE_WORDS - len(words))

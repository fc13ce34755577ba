"""How cost grows: the sizes that sweeps go through, each a case like the nine."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from benchmarks._nine import CASES, Case, perceptron

BATCHES: Final = tuple(2**power for power in range(11))
DEPTHS: Final = (1, 2, 5, 10, 20, 50, 100, 200)
WIDTHS: Final = (16, 32, 64, 128, 256, 512, 1024, 2048)


def _steps(batch: int) -> int:
    return max(3, min(50, 2048 // batch))


SWEEPS: Final[dict[str, dict[int, Case]]] = {
    "batch": {size: replace(CASES["b"], batch=size, steps=_steps(size)) for size in BATCHES},
    "images": {size: replace(CASES["c"], batch=size, steps=_steps(8 * size)) for size in BATCHES},
    "depth": {
        size: Case(f"{size} layers of 64", 32, 50, ((64,),), 10, perceptron(64, *(64,) * size))
        for size in DEPTHS
    },
    "width": {
        size: Case(f"two layers of {size}", 128, 15, ((size,),), 10, perceptron(size, size, size))
        for size in WIDTHS
    },
}
TITLES: Final = {
    "batch": ("MLP 784-512-512-10", "rows in a batch"),
    "images": ("convnet 28x28", "images in a batch"),
    "depth": ("layers of 64 units, batches of 32", "layers"),
    "width": ("two hidden layers, batches of 128", "units of a layer"),
}


def case_of(name: str) -> Case:
    """One of the nine by its name, or ``SWEEP:SIZE``."""
    sweep, _, size = name.partition(":")
    return SWEEPS[sweep][int(size)] if size else CASES[name]

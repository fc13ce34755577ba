"""What this machine can do at most, on all threads, in a process of its own: ``python -m benchmarks._limits``.

Prints one JSON line: ``gflops``, the best of several products whose operands stay in the caches, and ``gbytes``, a sum
of two arrays larger than any cache (two reads and a write a number), both a second.
"""

from __future__ import annotations

import json
import time
from typing import Final

import numpy as np

from benchmarks._contest import THREADS
from graph_engine.compiler import compile_plan
from graph_engine.kernels import ops
from graph_engine.kernels.program import Program, Value
from graph_engine.runtime import Parameters
from graph_engine.runtime.native import NativeExecutor

PRODUCTS: Final = ((448, 256, 256), (896, 256, 512), (1792, 512, 256))  # rows, inner, columns
AT_ONCE: Final = 20  # products in one call, so that calling costs nothing
NUMBERS: Final = 2**24  # of each array, 64 MB
SECONDS: Final = 1.5


def main() -> None:
    gflops = max(AT_ONCE * 2e-9 * rows * inner * columns / _product(rows, inner, columns)
                 for rows, inner, columns in PRODUCTS)  # fmt: skip
    print(json.dumps({"gflops": gflops, "gbytes": 3 * 4e-9 * NUMBERS / _sum()}), flush=True)


def _product(rows: int, inner: int, columns: int) -> float:
    program, a, b = _operands((rows, inner), (inner, columns))
    program.results = {str(number): ops.matmul(a, b) for number in range(AT_ONCE)}
    return _fastest(program)


def _sum() -> float:
    program, a, b = _operands((NUMBERS,), (NUMBERS,))
    program.results = {"sum": a + b}
    return _fastest(program)


def _operands(*shapes: tuple[int, ...]) -> tuple[Program, Value, Value]:
    """Constants, so that nothing is loaded before a run."""
    program, rng = Program(), np.random.default_rng(0)
    a, b = (program.constant(rng.standard_normal(shape, dtype=np.float32), "float32") for shape in shapes)
    return program, a, b


def _fastest(program: Program) -> float:
    """Seconds that a run of the program takes at best."""
    executor = NativeExecutor(compile_plan(program), Parameters({}), THREADS)
    best, until = float("inf"), time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        begin = time.perf_counter()
        executor.run({})
        best = min(best, time.perf_counter() - begin)
    return best


if __name__ == "__main__":
    main()

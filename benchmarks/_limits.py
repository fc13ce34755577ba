"""What this machine can do at most, on all threads, in a process of its own: ``python -m benchmarks._limits``.

Prints one JSON line, both figures a second: ``gflops``, what the micro-kernel of our products does with operands that
never leave the first cache, on all threads at once; ``gbytes``, a sum of two arrays larger than any cache (two reads
and a write a number).
"""

from __future__ import annotations

import ctypes
import json
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import numpy as np

from benchmarks._contest import THREADS
from graph_engine.compiler import compile_plan
from graph_engine.kernels.native.cpu import processor
from graph_engine.kernels.native.microkernel import PARAMETERS, tile
from graph_engine.kernels.native.products import tiling
from graph_engine.kernels.program import Program
from graph_engine.runtime import Parameters
from graph_engine.runtime.native import NativeExecutor

INNER: Final = 1 << 18  # multiplications of a tile in one call: about two milliseconds
ROUNDS: Final = 200  # calls of every thread, begun together; the best is kept
NUMBERS: Final = 2**24  # of each array, 64 MB
SECONDS: Final = 1.0
ZERO: Final = np.zeros(1, np.int64)


def main() -> None:
    print(json.dumps({"gflops": _arithmetic(), "gbytes": 3 * 4e-9 * NUMBERS / _sum()}), flush=True)


def _arithmetic() -> float:
    """GFLOP/s of the tile that products like most, in the best round of all threads."""
    host = processor()
    cut = tiling(host.accumulators, 4 * host.lanes)
    rows, columns = cut.low, cut.vectors * host.lanes
    call = ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * len(PARAMETERS))(tile(rows, cut.vectors, False).address)
    begins, ends = np.zeros((2, ROUNDS, THREADS))
    meet = threading.Barrier(THREADS)

    def work(thread: int) -> None:
        operands = [np.zeros(size, np.float32) for size in (1, columns, rows * columns)]
        arguments = _arguments(operands, columns)
        for number in range(ROUNDS):
            meet.wait()
            begins[number, thread] = time.perf_counter()
            call(*arguments)
            ends[number, thread] = time.perf_counter()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    seconds = float((ends.max(1) - begins.min(1)).min())
    return 2e-9 * rows * columns * INNER * THREADS / seconds


def _arguments(operands: Sequence[Any], columns: int) -> list[int]:
    """Of a tile that reads one row of each operand again and again: all strides but the result's are 0."""
    a, b, c = (operand.ctypes.data for operand in operands)
    given = {"a": a, "a_offsets": ZERO.ctypes.data, "b": b, "b_offsets": ZERO.ctypes.data, "series": 1,
             "inner": INNER, "c": c, "c_row": columns * 4}  # fmt: skip
    return [given.get(name, 0) for name in PARAMETERS]


def _sum() -> float:
    """Seconds that the sum takes at best."""
    program, rng = Program(), np.random.default_rng(0)
    a, b = (program.constant(rng.standard_normal(NUMBERS, dtype=np.float32), "float32") for _ in range(2))
    program.results = {"sum": a + b}
    executor = NativeExecutor(compile_plan(program), Parameters({}), THREADS)
    best, until = float("inf"), time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        begin = time.perf_counter()
        executor.run({})
        best = min(best, time.perf_counter() - begin)
    return best


if __name__ == "__main__":
    main()

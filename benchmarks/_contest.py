"""One contestant on one case, in a process of its own: ``python -m benchmarks._contest WHO CASE SECONDS FOLDER``.

Prints one JSON line. Initial weights are ours, kept in FOLDER by our own process, which therefore runs first.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._nine import Case

THREADS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
LOSS_STEPS = 10


def contestant(who: str, name: str, folder: Path) -> Any:
    from benchmarks._sweeps import case_of

    case, kept = case_of(name), folder / f"{name.replace(':', '-')}.npz"
    if who == "layerloom":
        from benchmarks._ours import Ours

        ours = Ours(case)
        flat = {
            f"{n:03}_{m}": array for n, arrays in enumerate(ours.weights()) for m, array in enumerate(arrays)
        }
        np.savez(kept, **flat)
        return ours
    weights: dict[str, list[Any]] = {}
    with np.load(kept, allow_pickle=False) as file:
        for key in sorted(file.files):
            weights.setdefault(key[:3], []).append(file[key])
    return _peer(who, case, list(weights.values()))


def _peer(who: str, case: Case, weights: list[list[Any]]) -> Any:
    framework, _, mode = who.partition("_")
    if framework == "jax":
        from benchmarks._jax import Jax

        return Jax(case, weights, mode)
    from benchmarks._peers import Keras, Torch

    if "torch" in who:
        import torch

        torch.set_num_threads(THREADS)
    return Keras(case, weights) if framework == "keras" else Torch(case, weights, mode)


def main(who: str, name: str, seconds: float, folder: Path) -> None:
    from benchmarks._sweeps import case_of

    case = case_of(name)
    start = time.perf_counter()
    xs, y = case.data(max(case.steps, LOSS_STEPS))
    found = contestant(who, name, folder)
    losses = found.losses(xs, y, range(1))
    first = time.perf_counter() - start
    losses += found.losses(xs, y, range(1, LOSS_STEPS))
    rows = case.batch * case.steps
    xs, y = [x[:rows] for x in xs], y[:rows]
    found.epoch(xs, y)
    times: list[float] = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(times) < 3:
        begin = time.perf_counter()
        found.epoch(xs, y)
        times.append((time.perf_counter() - begin) / case.steps * 1000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    facts = found.facts() if hasattr(found, "facts") else {}
    result = {"min": min(times), "median": float(np.median(times)), "first_step_s": first, "peak_mb": peak}
    print(json.dumps({**result, "losses": losses, **facts}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), Path(sys.argv[4]))

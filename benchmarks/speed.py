"""Training steps of nine models beside torch, jax and Keras: whole ``fit`` calls, one framework per fresh process.

    python -m benchmarks speed [--cases a32,b] [--peers jax,keras_jax] [--repeats 3] [--seconds 1] [--minutes 22]

Contestants take turns, ``repeats`` times, or fewer where the minutes would not do for all cases. A figure is the best
(min) and the median of all epochs' means per step. The machine may be busy: read ratios, not milliseconds. Results of
all cases and peers go to ``benchmarks/results/speed.json``; those of some are only printed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks._nine import CASES
from benchmarks._ratios import OURS, means, ratios
from benchmarks._turns import contest, turn

PEERS: Final = (
    "torch_eager", "torch_channels_last", "torch_compile", "jax", "jax_epoch", "keras_torch", "keras_jax",
)  # fmt: skip
LIBRARIES: Final = ("torch", "jax", "keras")
RESULTS: Final = Path(__file__).parent / "results" / "speed.json"
LOSS_TOLERANCE: Final = 2e-3
IN_CACHES: Final = 0.03  # GB that Adam passes over without asking memory


def main(arguments: Sequence[str] = ()) -> None:
    options = _options(arguments)
    results: dict[str, dict[str, Any]] = {}
    limits: dict[str, float] = {}
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="layerloom-bench-") as folder:
        for number, case in enumerate(options.cases, 1):
            limits = _most(limits, turn("benchmarks._limits") or {})
            until = start + 60 * options.minutes * number / len(options.cases)
            contestants = [OURS, *options.peers]
            results[case] = contest(case, contestants, options.repeats, options.seconds, Path(folder), until)
            print(_line(case, results[case], options.peers, limits), flush=True)
            print(_progress(number, len(options.cases), time.monotonic() - start), flush=True)
    if limits:
        print(f"limits, the best seen: {limits['gflops']:.0f} GFLOP/s, {limits['gbytes']:.1f} GB/s")
    told = report(results, limits)
    for who, mean in told["means"].items():
        print(
            f"geometric mean over {who}: x{mean['min']:.2f}/{mean['median']:.2f}, least x{mean['least']:.2f}"
        )
    if set(options.cases) == set(CASES) and set(options.peers) == set(_present()):
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(told, indent=1) + "\n")


def report(results: dict[str, dict[str, Any]], limits: dict[str, Any]) -> dict[str, Any]:
    """What is kept: the machine, its limits, the figures, and what follows from these."""
    of = {case: ratios(found) for case, found in results.items()}
    told = {"machine": machine(), "limits": limits, "cases": results}
    return {**told, "ratios": of, "means": means(of.values())}


def _most(limits: dict[str, float], again: dict[str, float]) -> dict[str, float]:
    """The best seen: another program takes a core for a while, and none of them gives one."""
    return {name: max(limits.get(name, 0.0), found) for name, found in again.items()} or limits


def share_of_limit(found: dict[str, Any], limits: dict[str, Any]) -> tuple[float, str]:
    """How near our fastest step comes to what the machine can do, and to which limit: operations, or memory."""
    seconds = found["min"] / 1000
    flop = found["gflop"] / limits["gflops"] / seconds
    memory = found["adam_gb"] / limits["gbytes"] / seconds if found["adam_gb"] > IN_CACHES else 0.0
    return (flop, "FLOP") if flop >= memory else (memory, "memory")


def _line(case: str, found: dict[str, Any], peers: Sequence[str], limits: dict[str, Any]) -> str:
    if OURS not in found:
        return f"{case:5} did not run"
    mine = found[OURS]
    of = ratios(found)
    parts = [f"{case:5}{mine['min']:9.3f}/{mine['median']:<9.3f}{mine['peak_mb']:7.0f} MB"]
    parts.append(f"first {mine['first_step_s']:.2f} s")
    if limits:
        share, which = share_of_limit(mine, limits)
        parts.append(f"{share:4.0%} of the {which} limit")
    for peer in peers:
        if peer not in found:
            parts.append(f"{peer} -")
            continue
        theirs = found[peer]
        agreed = "" if agree(mine["losses"], theirs["losses"]) else " LOSSES DIFFER"
        times = f"x{of[peer]['min']:.2f}/{of[peer]['median']:.2f}"
        parts.append(f"{peer} {theirs['min']:.3f}/{theirs['median']:.3f} {times}{agreed}")
    return "  ".join(parts)


def _progress(done: int, all_: int, seconds: float) -> str:
    left = seconds / done * (all_ - done) / 60
    return f"  {done} of {all_} models, {seconds / 60:.1f} minutes; about {left:.0f} left"


def agree(ours: Sequence[float], theirs: Sequence[float]) -> bool:
    """Whether ten steps gave the same losses, up to what rounding grows to."""
    return all(
        math.isclose(one, other, rel_tol=LOSS_TOLERANCE * (1 + step))
        for step, (one, other) in enumerate(zip(ours, theirs, strict=True))
    )


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench speed", description=__doc__)
    parser.add_argument("--cases", type=_some_of(CASES), default=list(CASES))
    parser.add_argument("--peers", type=_some_of(PEERS), default=_present())
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--minutes", type=float, default=22.0)
    return parser.parse_args(arguments)


def _some_of(names: Iterable[str]) -> Callable[[str], list[str]]:
    """Reads names with commas between them."""

    def read(text: str) -> list[str]:
        asked = [name for name in text.split(",") if name]
        if unknown := sorted(set(asked) - set(names)):
            raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}, only {', '.join(names)}")
        return asked

    return read


def _present() -> list[str]:
    """The peers whose libraries are installed."""
    return [
        peer
        for peer in PEERS
        if all(part not in LIBRARIES or importlib.util.find_spec(part) for part in peer.split("_"))
    ]


def machine() -> dict[str, Any]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    facts = {
        "processor": platform.processor() or platform.machine(),
        "cores": cores,
        "system": platform.system(),
    }
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {**facts, "python": platform.python_version(), "load": load}


if __name__ == "__main__":
    main(sys.argv[1:])

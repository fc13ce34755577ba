"""Training steps of nine models beside torch and Keras: whole ``fit`` calls, one framework per fresh process.

    python -m benchmarks speed [--cases a32,b] [--peers torch_eager,keras] [--repeats 3] [--seconds 1]

Contestants take turns, ``repeats`` times; a figure is the best (min) and the median of all its epochs' means per
step. The machine may be busy: read ratios, not milliseconds. Results go to ``benchmarks/results/speed.json``.
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
from collections.abc import Sequence
from pathlib import Path
from statistics import geometric_mean, median
from typing import Any, Final

from benchmarks._nine import CASES
from benchmarks._turns import turn

OURS: Final = "layerloom"
PEERS: Final = ("torch_eager", "torch_channels_last", "torch_compile", "keras")
RESULTS: Final = Path(__file__).parent / "results" / "speed.json"
LOSS_TOLERANCE: Final = 2e-3
IN_CACHES: Final = 0.03  # GB that Adam passes over without asking memory
# What makes torch fastest here: freed memory is kept for the next step.
MALLOC: Final = {"MALLOC_TRIM_THRESHOLD_": "1073741824", "MALLOC_MMAP_THRESHOLD_": "1073741824"}


def main(arguments: Sequence[str] = ()) -> None:
    options = _options(arguments)
    results: dict[str, dict[str, Any]] = {}
    limits = turn("benchmarks._limits") or {}
    if limits:
        print(f"limits: {limits['gflops']:.0f} GFLOP/s, {limits['gbytes']:.1f} GB/s", flush=True)
    with tempfile.TemporaryDirectory(prefix="layerloom-bench-") as folder:
        for case in options.cases:
            results[case] = contest(
                case, [OURS, *options.peers], options.repeats, options.seconds, Path(folder)
            )
            print(_line(case, results[case], options.peers, limits), flush=True)
    _print_mean(results, options.peers)
    RESULTS.parent.mkdir(exist_ok=True)
    told = {"machine": machine(), "limits": limits, "cases": results}
    RESULTS.write_text(json.dumps(told, indent=1) + "\n")


def contest(
    case: str, contestants: Sequence[str], repeats: int, seconds: float, folder: Path
) -> dict[str, Any]:
    """By contestant the merged figures of all its turns."""
    turns: dict[str, list[dict[str, Any]]] = {who: [] for who in contestants}
    for _ in range(repeats):
        for who in contestants:
            if found := _turn(who, case, seconds, folder):
                turns[who].append(found)
    return {who: _merged(found) for who, found in turns.items() if found}


def _turn(who: str, case: str, seconds: float, folder: Path) -> dict[str, Any] | None:
    """One process; None where it could not run."""
    environment = {"KERAS_BACKEND": "torch", "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment |= MALLOC if who in ("torch_channels_last", "torch_compile") else {}
    return turn("benchmarks._contest", who, case, str(seconds), str(folder), environment=environment)


def _merged(turns: Sequence[dict[str, Any]]) -> dict[str, Any]:
    best = min(turns, key=lambda turn: turn["min"])
    return {
        **best,
        "median": median(turn["median"] for turn in turns),
        "first_step_s": min(turn["first_step_s"] for turn in turns),
        "turns": len(turns),
    }


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
        best, middle = theirs["min"] / mine["min"], theirs["median"] / mine["median"]
        parts.append(f"{peer} {theirs['min']:.3f}/{theirs['median']:.3f} x{best:.2f}/{middle:.2f}{agreed}")
    return "  ".join(parts)


def agree(ours: Sequence[float], theirs: Sequence[float]) -> bool:
    """Whether ten steps gave the same losses, up to what rounding grows to."""
    return all(
        math.isclose(one, other, rel_tol=LOSS_TOLERANCE * (1 + step))
        for step, (one, other) in enumerate(zip(ours, theirs, strict=True))
    )


def _print_mean(results: dict[str, dict[str, Any]], peers: Sequence[str]) -> None:
    torch = [peer for peer in peers if peer.startswith("torch")]
    for title, those in (("torch at its best", torch), ("every peer at its best", list(peers))):
        ratios = [
            min(found[peer]["min"] for peer in those if peer in found) / found[OURS]["min"]
            for found in results.values()
            if OURS in found and any(peer in found for peer in those)
        ]
        if ratios:
            print(f"geometric mean over {title}: x{geometric_mean(ratios):.2f}, least x{min(ratios):.2f}")


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench speed", description=__doc__)
    present = [peer for peer in PEERS if importlib.util.find_spec(peer.split("_")[0]) is not None]
    parser.add_argument("--cases", type=lambda text: text.split(","), default=list(CASES))
    parser.add_argument("--peers", type=lambda text: [p for p in text.split(",") if p], default=present)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0)
    return parser.parse_args(arguments)


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

"""How the cost of a training step grows with batch, depth and width, beside torch at its best.

    python -m benchmarks sweeps [--sweeps batch,depth] [--peers torch_channels_last] [--seconds 0.3] [--repeats 1]

Each size is a contest as in ``bench speed``. Results go to ``benchmarks/results/sweeps.json``; ``python3 dev.py docs``
draws them.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks._ratios import OURS
from benchmarks._sweeps import SWEEPS, TITLES
from benchmarks._turns import contest
from benchmarks.speed import machine

RESULTS: Final = Path(__file__).parent / "results" / "sweeps.json"
KEPT: Final = ("min", "median", "peak_mb", "first_step_s")


def main(arguments: Sequence[str] = ()) -> None:
    options = _options(arguments)
    results = {name: _sweep(name, options) for name in options.sweeps}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"machine": machine(), "sweeps": results}, indent=1) + "\n")


def _sweep(name: str, options: argparse.Namespace) -> list[dict[str, Any]]:
    """For each size the figures of every contestant that ran."""
    print(f"{name}: {', '.join(TITLES[name])}", flush=True)
    points = []
    with tempfile.TemporaryDirectory(prefix="layerloom-bench-") as folder:
        for size in SWEEPS[name]:
            case = f"{name}:{size}"
            found = contest(case, [OURS, *options.peers], options.repeats, options.seconds, Path(folder))
            point = {who: {key: one[key] for key in KEPT} for who, one in found.items()}
            print(_line(size, point), flush=True)
            points.append({"size": size, **point})
    return points


def _line(size: int, point: dict[str, dict[str, float]]) -> str:
    parts = [f"{size:6}"]
    for who, found in point.items():
        ratio = found["min"] / point[OURS]["min"] if OURS in point else float("nan")
        parts.append(
            f"{who} {found['min']:.3f}/{found['median']:.3f} ms x{ratio:.2f}, {found['peak_mb']:.0f} MB"
        )
    return "  ".join(parts)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench sweeps", description=__doc__)
    present = ["torch_channels_last"] if importlib.util.find_spec("torch") is not None else []
    parser.add_argument("--sweeps", type=lambda text: text.split(","), default=list(SWEEPS))
    parser.add_argument("--peers", type=lambda text: [p for p in text.split(",") if p], default=present)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0.3)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])

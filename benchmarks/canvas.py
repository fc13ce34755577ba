"""How long the canvas takes: every figure is from the call to the painted window, in milliseconds.

    python -m benchmarks canvas [--kinds residual,inception,random] [--sizes 100,1000,3000,10000] [--no-peer]

Beside pyqtgraph's flowchart on the same graphs, for what that can do. Offscreen unless QT_QPA_PLATFORM says
otherwise; on a virtual screen: `QT_QPA_PLATFORM=xcb xvfb-run python3 dev.py bench canvas`. Results go to
``benchmarks/results/canvas.json``, by the platform's name.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import sysconfig
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from benchmarks._graphs import KINDS
from benchmarks._startup import forget_files
from benchmarks._turns import turn
from benchmarks.speed import machine

SIZES: Final = (100, 1000, 3000, 10000)
PEER_SIZES: Final = (100, 1000)  # beyond, it takes minutes to open a graph
STARTS: Final = 3
ROOT: Final = Path(__file__).parent.parent
RESULTS: Final = Path(__file__).parent / "results" / "canvas.json"
MODULE: Final = "benchmarks._canvas_contest"

Figures = dict[str, list[float]]  # what was done -> median and 95th percentile


def main(arguments: Sequence[str] = ()) -> None:
    options = _options(arguments)
    found: dict[str, Any] = {"machine": machine(), "start": _starts()}
    for name, seconds in found["start"].items():
        print(f"start of the window, {name}: {seconds:.2f} s", flush=True)
    for kind in options.kinds:
        ours = {str(n): _turn("ours", kind, n) for n in options.sizes}
        peer = {str(n): _turn("peer", kind, n) for n in options.sizes if n in PEER_SIZES and options.peer}
        found[kind] = {"ours": ours, "peer": peer}
        _print_table(kind, ours, peer)
    found["while training"] = busy = _turn("training", options.kinds[0], 1000)
    _print_table("1,000 nodes while a training runs", {"1000": busy}, {})
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.write_text(json.dumps({**kept, os.environ["QT_QPA_PLATFORM"]: found}, indent=1) + "\n")


def _turn(who: str, kind: str, size: int) -> Figures:
    """In a process of its own: one canvas leaves nothing behind for the next."""
    times: Mapping[str, list[float]] = turn(MODULE, who, kind, str(size)) or {}
    return {name: [round(median(found), 2), round(_p95(found), 2)] for name, found in times.items()}


def _p95(found: Sequence[float]) -> float:
    return quantiles(found, n=20)[-1] if len(found) > 1 else found[0]


def _starts() -> dict[str, float]:
    """Seconds from the start of the process to the painted window, the best of a few."""
    with tempfile.TemporaryDirectory(prefix="layerloom-bench-") as folder:
        _start(folder)  # caches of Python and fonts are written once
        warm = min(_start(folder) for _ in range(STARTS))
        cold = []
        for _ in range(STARTS):
            forget_files(ROOT / "app", ROOT / "graph_engine", ROOT / "resources", _environment())
            cold.append(_start(folder))
    return {"warm": warm, "files not in memory": min(cold)}


def _environment() -> Path:
    return Path(sysconfig.get_path("purelib"))


def _start(folder: str) -> float:
    begun = time.time()
    told = turn("benchmarks._startup", folder)
    return float(told["painted"]) - begun if told else float("nan")


def _print_table(title: str, ours: Mapping[str, Figures], peer: Mapping[str, Figures]) -> None:
    columns = [*ours.items(), *((f"peer, {size}", figures) for size, figures in peer.items())]
    print(f"\n{title}: median / p95 in ms")
    print(f"{'nodes':22}" + "".join(f"{size:>18}" for size, _figures in columns))
    for name in next(iter(ours.values()), {}):
        cells = (figures.get(name) for _size, figures in columns)
        print(f"{name:22}" + "".join(f"{_cell(cell):>18}" for cell in cells), flush=True)


def _cell(figures: Sequence[float] | None) -> str:
    return "-" if figures is None else f"{figures[0]:.1f} / {figures[1]:.1f}"


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench canvas", description=__doc__)
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=list(KINDS))
    parser.add_argument(
        "--sizes", type=lambda text: [int(size) for size in text.split(",")], default=list(SIZES)
    )
    parser.add_argument("--no-peer", dest="peer", action="store_false")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])

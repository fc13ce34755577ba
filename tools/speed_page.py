"""The docs' page about speed, from what ``python3 dev.py bench`` measured last and kept beside the benchmarks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks._nine import CASES
from benchmarks._ratios import KEYS, OURS, means, ratios
from benchmarks._sweeps import TITLES
from tools.canvas_page import canvas_part
from tools.charts import Panel, chart
from tools.steps_page import NAMES, ratio, steps_part
from tools.tables import row, rule

RESULTS: Final = Path(__file__).resolve().parent.parent / "benchmarks" / "results"
PLOT: Final = "pictures/sweeps.svg"


def speed_page(note: str) -> str:
    """Tables of training steps, of how cost grows, of single answers, and of the canvas. ``note``: who wrote it."""
    speed, sweeps = _results("speed"), _results("sweeps")
    return "\n\n".join(
        [
            "# Speed",
            note,
            *steps_part(speed, _machine(speed["machine"])),
            "## How cost grows",
            f"One training step over sizes, by `python3 dev.py bench sweeps`, on "
            f"{_machine(sweeps['machine'])}. Both axes are logarithmic.",
            f"![Milliseconds a step over sizes]({PLOT})",
            *("\n".join(_sweep(name, points)) for name, points in sweeps["sweeps"].items()),
            "## One row at a time",
            "How long a person waits for the answer to one row, by `python3 dev.py bench inference`: microseconds, and "
            "how many times as long each peer takes, of the least and of the median times.",
            "\n".join(_answers(_results("inference")["cases"])),
            *canvas_part(_results("canvas")),
        ]
    ) + "\n"  # fmt: skip


def sweeps_plot() -> str:
    return chart([_panel(name, points) for name, points in _results("sweeps")["sweeps"].items()])


def _results(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def _machine(facts: Mapping[str, Any]) -> str:
    return f"{facts['cores']} cores ({facts['processor']}, {facts['system']}; load {facts['load']:.1f})"


def _sweep(name: str, points: list[dict[str, Any]]) -> Iterator[str]:
    model, sizes = TITLES[name]
    peers = [who for who in NAMES if who != OURS and any(who in point for point in points)]
    yield f"### {model}: {sizes}\n"
    yield from rule([sizes, "Layerloom ms", *(f"{NAMES[who]} ms" for who in peers), "ratio"])
    for point in points:
        times = [point[who]["min"] if who in point else None for who in (OURS, *peers)]
        mine, others = times[0], [time for time in times[1:] if time is not None]
        ratio = f"{min(others) / mine:.2f}x" if mine is not None and others else ""
        yield row([str(point["size"]), *("" if time is None else f"{time:.3g}" for time in times), ratio])


def _answers(cases: Mapping[str, Any]) -> Iterator[str]:
    peers = {"onnxruntime": "ONNX Runtime", "torch": "torch"}
    of = {name: ratios(found) for name, found in cases.items()}
    yield from rule(["model", "Layerloom", *peers.values()])
    for name, found in cases.items():
        mine = " / ".join(f"{1000 * found[OURS][key]:.3g}" for key in KEYS)
        yield row([CASES[name].title, mine, *(ratio(of[name].get(who)) for who in peers)])
    yield row(["geometric mean", "", *(ratio(means(of.values()).get(who)) for who in peers)])


def _panel(name: str, points: list[dict[str, Any]]) -> Panel:
    contestants = [who for who in NAMES if any(who in point for point in points)]
    curves = {
        NAMES[who]: [(point["size"], point[who]["min"]) for point in points if who in point]
        for who in contestants
    }
    return Panel(*TITLES[name], "ms a step", curves)

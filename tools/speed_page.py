"""The docs' page about speed, from what ``python3 dev.py bench`` measured last and kept beside the benchmarks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks._nine import CASES
from benchmarks._sweeps import TITLES
from benchmarks.speed import OURS, share_of_limit
from tools.canvas_page import canvas_part
from tools.charts import Panel, chart

RESULTS: Final = Path(__file__).resolve().parent.parent / "benchmarks" / "results"
NAMES: Final = {
    OURS: "Layerloom", "torch_eager": "torch", "torch_channels_last": "torch at its best",
    "torch_compile": "torch.compile", "keras": "Keras on torch",
}  # fmt: skip
PLOT: Final = "pictures/sweeps.svg"


def speed_page(note: str) -> str:
    """Tables of training steps, of how cost grows, of single answers, and of the canvas. ``note``: who wrote it."""
    speed, sweeps = _results("speed"), _results("sweeps")
    limits = speed.get("limits") or {}
    return "\n\n".join(
        [
            "# Speed",
            note,
            "Whole training steps (`fit`: forward, backward, Adam) as `python3 dev.py bench speed` measured them: the "
            "fastest, in milliseconds, and how many times as long each peer takes. Losses of the first ten steps are "
            f"compared. On {_machine(speed['machine'])}{_most(limits)}. "
            "What was tried, and what limits each row, is in "
            "[the notes](../benchmarks/NOTES.md).",
            "\n".join(_steps(speed["cases"], limits)),
            "## How cost grows",
            f"One training step over sizes, by `python3 dev.py bench sweeps`, on "
            f"{_machine(sweeps['machine'])}. Both axes are logarithmic.",
            f"![Milliseconds a step over sizes]({PLOT})",
            *("\n".join(_sweep(name, points)) for name, points in sweeps["sweeps"].items()),
            "## One row at a time",
            "How long a person waits for the answer to one row, by `python3 dev.py bench inference`: microseconds, the "
            "least of many.",
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


def _most(limits: Mapping[str, Any]) -> str:
    if not limits:
        return ""
    return f", which can do {limits['gflops']:.0f} GFLOP/s and {limits['gbytes']:.0f} GB/s"


def _steps(cases: Mapping[str, Any], limits: Mapping[str, Any]) -> Iterator[str]:
    peers = [who for who in NAMES if who != OURS and any(who in found for found in cases.values())]
    heads = ["model (batch)", "ms", *(NAMES[who] for who in peers), "of the limit", "memory", "first step"]
    yield from _rule(heads)
    for name, found in cases.items():
        mine = found[OURS]
        share, which = share_of_limit(mine, dict(limits)) if limits else (0.0, "not measured")
        ratios = [f"{found[who]['min'] / mine['min']:.2f}x" if who in found else "" for who in peers]
        title = f"{CASES[name].title} ({CASES[name].batch})"
        facts = [
            f"{share:.0%} ({which})" if limits else which,
            f"{mine['peak_mb']:.0f} MB",
            f"{mine['first_step_s']:.1f} s",
        ]
        yield _row([title, f"{mine['min']:.3g}", *ratios, *facts])


def _sweep(name: str, points: list[dict[str, Any]]) -> Iterator[str]:
    model, sizes = TITLES[name]
    peers = [who for who in NAMES if who != OURS and any(who in point for point in points)]
    yield f"### {model}: {sizes}\n"
    yield from _rule([sizes, "Layerloom ms", *(f"{NAMES[who]} ms" for who in peers), "ratio"])
    for point in points:
        times = [point[who]["min"] if who in point else None for who in (OURS, *peers)]
        mine, others = times[0], [time for time in times[1:] if time is not None]
        ratio = f"{min(others) / mine:.2f}x" if mine is not None and others else ""
        yield _row([str(point["size"]), *("" if time is None else f"{time:.3g}" for time in times), ratio])


def _answers(cases: Mapping[str, Any]) -> Iterator[str]:
    peers = {"onnxruntime": "ONNX Runtime", "torch": "torch"}
    yield from _rule(["model", "Layerloom", *peers.values()])
    for name, found in cases.items():
        times = [found[who]["min"] if who in found else None for who in (OURS, *peers)]
        yield _row([CASES[name].title, *("" if time is None else f"{1000 * time:.3g}" for time in times)])


def _panel(name: str, points: list[dict[str, Any]]) -> Panel:
    contestants = [who for who in NAMES if any(who in point for point in points)]
    curves = {
        NAMES[who]: [(point["size"], point[who]["min"]) for point in points if who in point]
        for who in contestants
    }
    return Panel(*TITLES[name], "ms a step", curves)


def _rule(heads: list[str]) -> Iterator[str]:
    yield _row(heads)
    yield _row(["---"] * len(heads))


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"

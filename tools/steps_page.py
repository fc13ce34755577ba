"""The part of the docs' page about speed that is about training steps, from what ``bench speed`` kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from benchmarks._nine import CASES
from benchmarks._ratios import KEYS, OURS
from benchmarks.speed import agree, share_of_limit
from tools.tables import row, rule

NAMES: Final = {
    OURS: "Layerloom", "torch_eager": "torch", "torch_channels_last": "torch, channels last",
    "torch_compile": "torch.compile", "jax": "jax", "jax_epoch": "jax, whole epochs",
    "keras_torch": "Keras on torch", "keras_jax": "Keras on jax",
}  # fmt: skip
BESTS: Final = {"best_torch": "best of torch", "best": "best of all"}


def steps_part(speed: Mapping[str, Any], machine: str) -> Iterator[str]:
    """Paragraphs and tables. ``machine``: where it was measured, in words."""
    cases, limits = speed["cases"], speed["limits"]
    yield (
        "Whole training steps (`fit`: forward, backward, Adam) as `python3 dev.py bench speed` measured them on "
        f"{machine}{_most(limits)}: milliseconds, and how many times as long each peer takes, as ratios of the least "
        "and of the median times. What was tried, and what limits each row, is in "
        "[the notes](../benchmarks/NOTES.md)."
    )
    yield "\n".join(_times(speed))
    yield _losses(cases)
    yield "What a process takes at its peak, the library itself included, in MB:"
    yield "\n".join(_memory(cases))
    yield (
        "Seconds until the first step is done, building and compiling included; last, how near our least time comes "
        "to what the machine can do:"
    )
    yield "\n".join(_limits(cases, limits))


def _most(limits: Mapping[str, Any]) -> str:
    return f", which can do {limits['gflops']:.0f} GFLOP/s and {limits['gbytes']:.0f} GB/s" if limits else ""


def _times(speed: Mapping[str, Any]) -> Iterator[str]:
    columns = [who for who in (*NAMES, *BESTS) if who in speed["means"]]
    yield from rule(["model (batch)", "ms", *((NAMES | BESTS)[who] for who in columns)])
    for case, found in speed["cases"].items():
        mine = " / ".join(f"{found[OURS][key]:.3g}" for key in KEYS)
        yield row([_title(case), mine, *(ratio(speed["ratios"][case].get(who)) for who in columns)])
    yield row(["geometric mean", "", *(ratio(speed["means"][who]) for who in columns)])
    yield row(["least", "", *(f"{speed['means'][who]['least']:.2f}x" for who in columns)])


def ratio(found: Mapping[str, float] | None) -> str:
    """Of the least and of the median times; nothing where there is none."""
    return " / ".join(f"{found[key]:.2f}x" for key in KEYS) if found else ""


def _losses(cases: Mapping[str, Any]) -> str:
    differ = [
        f"{NAMES[who]} on {_title(case)}"
        for case, found in cases.items()
        for who in _peers(cases)
        if who in found and not agree(found[OURS]["losses"], found[who]["losses"])
    ]
    told = f"differ for {', '.join(differ)}" if differ else "agree with every peer's on every model"
    return f"Losses of the first ten steps {told}. An empty cell: the peer cannot run that model."


def _memory(cases: Mapping[str, Any]) -> Iterator[str]:
    contestants = [OURS, *_peers(cases)]
    yield from rule(["model (batch)", *(NAMES[who] for who in contestants)])
    for case, found in cases.items():
        peaks = (f"{found[who]['peak_mb']:.0f}" if who in found else "" for who in contestants)
        yield row([_title(case), *peaks])


def _limits(cases: Mapping[str, Any], limits: Mapping[str, Any]) -> Iterator[str]:
    contestants = [OURS, *_peers(cases)]
    yield from rule(["model (batch)", *(NAMES[who] for who in contestants), "of the limit"])
    for case, found in cases.items():
        share, which = share_of_limit(found[OURS], dict(limits)) if limits else (0.0, "")
        firsts = (f"{found[who]['first_step_s']:.1f}" if who in found else "" for who in contestants)
        yield row([_title(case), *firsts, f"{share:.0%} ({which})" if limits else ""])


def _peers(cases: Mapping[str, Any]) -> list[str]:
    return [who for who in NAMES if who != OURS and any(who in found for found in cases.values())]


def _title(case: str) -> str:
    return f"{CASES[case].title} ({CASES[case].batch})"

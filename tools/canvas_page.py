"""The part of the docs' page about speed that is about drawing, from what ``bench canvas`` kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tools.tables import row, rule

SCREENS: Final = {"offscreen": "offscreen", "xcb": "on a virtual screen of X"}
KINDS: Final = {
    "residual": "rows of residual blocks",
    "inception": "rows of Inception modules",
    "random": "layers wired at random",
}


def canvas_part(results: Mapping[str, Any]) -> Iterator[str]:
    """Paragraphs and tables, for each screen that was measured."""
    yield "## Drawing"
    yield (
        "Milliseconds from the call to the painted window, as `python3 dev.py bench canvas` measured them: median / "
        "95th percentile, by the number of nodes; beside pyqtgraph's flowchart on the same graph, for what that can do."
    )
    for screen, found in results.items():
        facts, starts = found["machine"], found["start"]
        told = ", ".join(f"{seconds:.2f} s {name}" for name, seconds in starts.items())
        yield f"### {SCREENS.get(screen, screen).capitalize()}, load {facts['load']:.1f}"
        yield f"The window is up after {told}."
        for kind, words in KINDS.items():
            if kind in found:
                yield "\n".join(_table(words, found[kind]["ours"], found[kind]["peer"]))
        yield "\n".join(_table("1,000 nodes while a training runs", {"1000": found["while training"]}, {}))


def _table(title: str, ours: Mapping[str, Any], peer: Mapping[str, Any]) -> Iterator[str]:
    columns = [*ours.items(), *((f"flowchart, {int(n):,}", found) for n, found in peer.items())]
    heads = [f"{int(n):,}" if n.isdecimal() else n for n, _found in columns]
    yield from rule([title, *heads])
    for name in next(iter(ours.values()), {}):
        yield row([name, *(_cell(found.get(name)) for _n, found in columns)])


def _cell(figures: Sequence[float] | None) -> str:
    return "" if figures is None else f"{figures[0]:.1f} / {figures[1]:.1f}"

"""Tables in markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def rule(heads: Sequence[str]) -> Iterator[str]:
    """The two lines that a table begins with."""
    yield row(heads)
    yield row(["---"] * len(heads))


def row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"

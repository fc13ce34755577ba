"""Finding layers by what a person types: the start of a name, its capitals, or letters in order."""

from __future__ import annotations

from collections.abc import Iterable


def ranked(typed: str, names: Iterable[str]) -> list[str]:
    """The names that match, best first; all of them, in order, while nothing is typed."""
    wanted = typed.replace(" ", "").lower()
    if not wanted:
        return list(names)
    found = [
        (points[0], is_operation(name), points[1], name)
        for name in names
        if (points := score(wanted, name)) is not None
    ]
    return [name for *_, name in sorted(found)]


def is_operation(name: str) -> bool:
    """Tensor operations end so; of two that match alike, the layer is what is meant."""
    return name.endswith("Op")


def score(wanted: str, name: str) -> tuple[int, int] | None:
    """Smaller is better: kind of match, then length. None where letters are missing."""
    lowered = name.lower()
    if lowered == wanted:
        return 0, 0
    if lowered.startswith(wanted):
        return 1, len(name)
    capitals = "".join(letter for letter in name if letter.isupper() or letter.isdigit()).lower()
    if capitals.startswith(wanted):
        return 2, len(name)
    at = lowered.find(wanted)
    if at > 0:
        return (3 if name[at].isupper() else 4), len(name)
    gaps = _gaps(wanted, lowered)
    return None if gaps is None else (5 + gaps, len(name))


def _gaps(wanted: str, lowered: str) -> int | None:
    """Letters skipped when all are found in order; None when some are not."""
    at, gaps = -1, 0
    for letter in wanted:
        found = lowered.find(letter, at + 1)
        if found < 0:
            return None
        gaps += found - at - 1 if at >= 0 else found
        at = found
    return gaps

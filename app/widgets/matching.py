"""How well a few typed letters match a name: for search fields over short lists."""

from __future__ import annotations

from typing import Final

from graph_engine.params import snake_case

NO_MATCH: Final = 0


def score(query: str, name: str, description: str = "") -> int:
    """Above zero where it matches; the start of a name beats its middle, letters in order beat the description.

    `conv`, `2d` and `bn` all find names: at the start, inside, and as the first letters of words.
    """
    wanted, text = query.lower().replace(" ", ""), name.lower()
    if not wanted:
        return 1
    if text.startswith(wanted):
        return 6 if text == wanted else 5
    if "".join(word[0] for word in snake_case(name).split("_") if word).startswith(wanted):
        return 4
    if wanted in text:
        return 3
    if _in_order(wanted, text) and text[0] == wanted[0]:
        return 2
    return 1 if query.lower().strip() in description.lower() else NO_MATCH


def _in_order(letters: str, text: str) -> bool:
    left = iter(text)
    return all(letter in left for letter in letters)

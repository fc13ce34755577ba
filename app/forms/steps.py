"""What the arrow keys do to a value in a field."""

from __future__ import annotations

import math
import re
from typing import Final

_NUMBERS: Final = re.compile(r"-?\d+")
_DIGITS: Final = 12  # as many as survive adding tenths


def stepped_number(value: float, steps: float) -> float:
    """A step at the leading digit: 0.001 -> 0.002 upwards, 0.001 -> 0.0009 downwards."""
    if value == 0:
        return steps / 100
    down = (steps < 0) == (value > 0)
    exponent = math.floor(math.log10(abs(value)) + 1e-9)
    leading = round(abs(value) / 10.0**exponent, _DIGITS)
    if down and leading <= 1:
        exponent -= 1
    moved = value + steps * 10.0**exponent
    return float(f"{moved:.{_DIGITS}g}")


def stepped_text(text: str, cursor: int, steps: int) -> tuple[str, int]:
    """The text with the whole number at (or before) the cursor moved, and where the cursor goes."""
    found = list(_NUMBERS.finditer(text))
    if not found:
        return text, cursor
    here = next((match for match in found if match.end() >= cursor), found[-1])
    moved = str(int(here.group()) + steps)
    return text[: here.start()] + moved + text[here.end() :], here.start() + len(moved)

"""Round numbers for axes."""

from __future__ import annotations

import math


def round_step(size: float) -> float:
    """1, 2 or 5 times a power of ten, at least ``size``."""
    power: float = 10.0 ** math.floor(math.log10(size))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= size * (1 - 1e-9))

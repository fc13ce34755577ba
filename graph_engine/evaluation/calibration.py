"""Whether a model is as sure as it should be: of what it gives 70 %, seven in ten should be right.

C. Guo, G. Pleiss, Y. Sun, K. Weinberger, "On calibration of modern neural networks" (2017).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
BINS: Final = 10


@dataclass(frozen=True, slots=True)
class Reliability:
    """By bin of confidence: its mean, the share that was right, how many. ``error``: the expected calibration error.

    Bins without entries have NaN as mean and share.
    """

    confidence: Array
    accuracy: Array
    counts: Array
    error: float


def reliability(confidence: Array, right: Array, bins: int = BINS) -> Reliability:
    """``confidence``: 0 to 1; ``right``: booleans, both (entries,). ECE = sum of count/all * |share - mean|."""
    bin_of = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)  # (0, 0.1], (0.1, 0.2] ...
    counts = np.bincount(bin_of, minlength=bins)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(bin_of, confidence, bins) / counts
        share = np.bincount(bin_of, right.astype(np.float64), bins) / counts
    gaps = np.nan_to_num(np.abs(share - mean))
    return Reliability(mean, share, counts, float(np.sum(gaps * counts) / max(1, counts.sum())))

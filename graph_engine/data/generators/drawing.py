"""Shapes drawn into arrays: all that generated pictures need."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def grid(size: int) -> tuple[Array, Array]:
    """Row and column of every pixel's centre, in pixels."""
    rows, columns = np.mgrid[0:size, 0:size]
    return rows + 0.5, columns + 0.5


def disc(size: int, row: float, column: float, radius: float, stretch: float = 1.0) -> Array:
    """An ellipse, wider than high by ``stretch``."""
    rows, columns = grid(size)
    inside: Array = ((rows - row) ** 2 + ((columns - column) / stretch) ** 2) <= radius**2
    return inside


def box(size: int, top: float, left: float, bottom: float, right: float) -> Array:
    rows, columns = grid(size)
    inside: Array = (rows >= top) & (rows < bottom) & (columns >= left) & (columns < right)
    return inside


def as_pixels(picture: Array) -> Array:
    """0 to 1 -> bytes."""
    pixels: Array = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    return pixels

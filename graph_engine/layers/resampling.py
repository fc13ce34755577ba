"""Pictures at other sizes: axis by axis, every new place is a mix of old ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value

Array = npt.NDArray[Any]
INTERPOLATIONS: Final = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")
_SHARP: Final = -0.75  # slope of the cubic that Keras on torch takes where it does not smooth
_SMOOTH: Final = -0.5  # and where it does (Keys, 1981)


def resized(x: Value, sizes: Sequence[int], interpolation: str, antialias: bool = False) -> Value:
    """``x`` (batch, *space, channels) with ``sizes`` in space: a product with a matrix of shares for each axis."""
    for axis, size in enumerate(sizes, start=1):
        if x.shape[axis] == size:
            continue
        last = (*(each for each in range(x.rank) if each != axis), axis)
        turned = ops.transpose(x, last)
        shares = x.program.constant(resampling(x.shape[axis], size, interpolation, antialias), x.dtype)
        mixed = ops.matmul(ops.reshape(turned, (-1, x.shape[axis])), shares)
        x = ops.transpose(ops.reshape(mixed, (*turned.shape[:-1], size)), np.argsort(last).tolist())
    return x


def cropped(x: Value, height: int, width: int) -> Value:
    """The middle of images, no more than there is; where the rest is odd, one more is cut off at the end."""
    for axis, wanted in ((1, height), (2, width)):
        size = max(min(x.shape[axis], wanted), 1)
        start = (x.shape[axis] - size) // 2
        x = ops.slice_axis(x, axis, start, start + size)
    return x


def framed(x: Value, height: int, width: int, value: float) -> Value:
    """Images in the middle of larger ones; where the rest is odd, the frame is one narrower."""
    around = [
        max(0, (wanted - size) // 2) for wanted, size in zip((height, width), x.shape[1:-1], strict=True)
    ]
    return ops.pad(x, ((0, 0), *((each, each) for each in around), (0, 0)), value)


def resampling(old: int, new: int, interpolation: str, antialias: bool = False) -> Array:
    """(old, new): what each old place contributes to each new one. Pixels are squares: their middles are mapped.

    ``antialias`` widens the kernel by the factor by which the picture shrinks, so that no old place is skipped.
    """
    places = (np.arange(new) + 0.5) * old / new - 0.5
    if interpolation == "nearest":
        return _taken(old, np.floor(places + 0.5)[:, None], np.ones((new, 1)))
    if interpolation == "bicubic" and not antialias:
        around = np.floor(places)[:, None] + np.arange(-1, 3)
        return _taken(old, around, _cubic(places[:, None] - around, _SHARP))
    widened = max(1.0, old / new) if antialias else 1.0
    shares: Array = _KERNELS[interpolation]((places - np.arange(old)[:, None]) / widened)
    shares /= shares.sum(axis=0)
    return shares


def _taken(old: int, places: Array, shares: Array) -> Array:
    """(old, new) from (new, taps): what lies beyond the border is taken from the border."""
    table = np.zeros((old, len(places)))
    rows = np.clip(places, 0, old - 1).astype(int)
    np.add.at(table, (rows, np.arange(len(places))[:, None]), shares)
    return table


def _triangle(x: Array) -> Array:
    return np.maximum(0.0, 1.0 - np.abs(x))


def _cubic(x: Array, slope: float = _SMOOTH) -> Array:
    """A cubic on [0, 1], another on [1, 2], which meet with one tangent (Keys, 1981)."""
    x = np.abs(x)
    near = ((slope + 2) * x - (slope + 3)) * x * x + 1
    far = ((slope * x - 5 * slope) * x + 8 * slope) * x - 4 * slope
    return np.where(x < 1, near, np.where(x < 2, far, 0.0))


def _lanczos(radius: int) -> Callable[[Array], Array]:
    """A sinc in the window of a wider one."""
    return lambda x: np.where(np.abs(x) < radius, np.sinc(x) * np.sinc(x / radius), 0.0)


_KERNELS: Final[Mapping[str, Callable[[Array], Array]]] = {
    "bilinear": _triangle,
    "bicubic": _cubic,
    "lanczos3": _lanczos(3),
    "lanczos5": _lanczos(5),
}

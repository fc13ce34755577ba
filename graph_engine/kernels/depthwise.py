"""Convolution where every channel is a group of its own: too thin for matrix products, so tap by tap.

A depthwise kernel has the shape (*window, 1, channels * multiplier). ``term`` is scratch for one tap's
part of the result.
"""

from __future__ import annotations

import numpy as np

from graph_engine.kernels.program import Array
from graph_engine.kernels.windows import Attrs, tap_slices


def forward(y: Array, x: Array, kernel: Array, term: Array, attrs: Attrs) -> None:
    """``x`` is padded."""
    channels = x.shape[-1]
    part, factors = _split(term, channels), _taps(kernel, channels)
    y.fill(0)
    for cut, factor in zip(tap_slices(kernel.shape[:-2], y.shape[1:-1], attrs), factors, strict=True):
        np.multiply(x[cut][..., None], factor, out=part)
        y += term


def gradient_for_input(padded: Array, gradient: Array, kernel: Array, term: Array, attrs: Attrs) -> None:
    channels = padded.shape[-1]
    arriving, part = _split(gradient, channels), _split(term, channels)
    padded.fill(0)
    cuts = tap_slices(kernel.shape[:-2], gradient.shape[1:-1], attrs)
    for cut, factor in zip(cuts, _taps(kernel, channels), strict=True):
        np.multiply(arriving, factor, out=part)
        padded[cut] += part[..., 0] if part.shape[-1] == 1 else part.sum(-1)


def gradient_for_kernel(dk: Array, x: Array, gradient: Array, attrs: Attrs) -> None:
    """``x`` is padded."""
    arriving, result = _split(gradient, x.shape[-1]), _taps(dk, x.shape[-1])
    *places, channel, copy = range(arriving.ndim)
    for index, cut in enumerate(tap_slices(dk.shape[:-2], gradient.shape[1:-1], attrs)):
        seen = [*places, channel]
        np.einsum(x[cut], seen, arriving, [*seen, copy], [channel, copy], out=result[index])


def _split(array: Array, channels: int) -> Array:
    """(..., channels * multiplier) as (..., channels, multiplier)."""
    split: Array = array.reshape(*array.shape[:-1], channels, -1)
    return split


def _taps(kernel: Array, channels: int) -> Array:
    """(taps, channels, multiplier)."""
    return _split(kernel.reshape(-1, kernel.shape[-1]), channels)

"""Functions that numpy lacks, written like its own: ``f(x, out)``, where ``out`` may be ``x``."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from graph_engine.kernels.program import Array


def relu(x: Array, out: Array) -> Array:
    return np.maximum(x, 0, out=out)


def rsqrt(x: Array, out: Array) -> Array:
    np.sqrt(x, out=out)
    return np.reciprocal(out, out=out)


def sigmoid(x: Array, out: Array) -> Array:
    """``1 / (1 + exp(-x))`` as ``(1 + tanh(x / 2)) / 2``, which never overflows."""
    np.multiply(x, 0.5, out=out)
    np.tanh(out, out=out)
    out += 1.0
    out *= 0.5
    return out


def softplus(x: Array, out: Array) -> Array:
    """``log(1 + exp(x))`` as ``max(x, 0) + log(1 + exp(-abs(x)))``, which never overflows."""
    positive = np.maximum(x, 0)
    np.negative(np.absolute(x, out=out), out=out)
    np.log1p(np.exp(out, out=out), out=out)
    out += positive
    return out


def erf(x: Array, out: Array) -> Array:
    """The error function, to the last digits: float64 by the C library, float32 by a rational function."""
    if x.dtype == np.float64:
        out[...] = _precise_erf(x)
        return out
    return _fast_erf(x, out)


def erfinv(x: Array, out: Array) -> Array:
    """What erf takes to ``x``: a first guess (Winitzki, 2008), then Newton's steps in float64."""
    target = x.astype(np.float64)
    log = np.log1p(-target * target)
    half = 2.0 / (math.pi * 0.147) + log / 2.0
    with np.errstate(invalid="ignore"):  # infinite at the ends
        guess = np.copysign(np.sqrt(np.sqrt(half * half - log / 0.147) - half), target)
    inside = np.isfinite(guess)
    for _ in range(3):
        slope = 2.0 / math.sqrt(math.pi) * np.exp(-np.square(guess, where=inside, out=np.zeros_like(guess)))
        np.subtract(guess, (_precise_erf(guess) - target) / slope, out=guess, where=inside)
    out[...] = np.where(np.abs(target) == 1.0, np.copysign(np.inf, target), guess)
    return out


# x * P(x * x) / Q(x * x) over -4 .. 4, beyond which float32 knows only -1 and 1; highest power first.
_NUMERATOR: Final = (
    -2.72614225801306e-10, 2.77068142495902e-08, -2.10102402082508e-06, -5.69250639462346e-05,
    -7.34990630326855e-04, -2.95459980854025e-03, -1.60960333262415e-02,
)  # fmt: skip
_DENOMINATOR: Final = (
    -1.45660718464996e-05, -2.13374055278905e-04, -1.68282697438203e-03, -7.37332916720468e-03,
    -1.42647390514189e-02,
)  # fmt: skip

_precise_erf = np.vectorize(math.erf, otypes=[np.float64])


def _fast_erf(x: Array, out: Array) -> Array:
    near = np.clip(x, -4.0, 4.0)
    square = near * near
    np.multiply(near, _polynomial(square, _NUMERATOR), out=out)
    out /= _polynomial(square, _DENOMINATOR)
    return np.clip(out, -1.0, 1.0, out=out)


def _polynomial(x: Array, coefficients: tuple[float, ...]) -> Array:
    highest, *rest = coefficients
    total = np.full_like(x, highest)
    for coefficient in rest:
        total *= x
        total += coefficient
    return total

"""Functions of one float32 that compile to vector code: polynomials, since the C library's are scalar.

Coefficients are those of the Cephes library (Moshier, 1989) and, for tanh, a rational minimax fit. Errors
are a few units in the last place; NaN and infinities behave as in numpy.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from graph_engine.kernels.native.language import HALF, ONE, ZERO, Float, bits_of_float, float_of_bits, helper

f32: Any = np.float32

_LOG2_E = f32(1.44269504088896341)
_LN2_HIGH, _LN2_LOW = f32(0.693359375), f32(-2.12194440e-4)
_EXP_LOWEST, _EXP_HIGHEST = f32(-104.0), f32(88.8)
_E5, _E4, _E3 = f32(1.9875691500e-4), f32(1.3981999507e-3), f32(8.3334519073e-3)
_E2, _E1, _E0 = f32(4.1665795894e-2), f32(1.6666665459e-1), f32(5.0000001201e-1)


@helper
def exponential(x: Float) -> Float:
    """``exp(x)``: 2 to a whole power times a polynomial; the power in two halves, to reach tiny numbers."""
    clipped = _EXP_LOWEST if x < _EXP_LOWEST else (_EXP_HIGHEST if x > _EXP_HIGHEST else x)
    power = f32(math.floor(clipped * _LOG2_E + HALF))
    rest = clipped - power * _LN2_HIGH
    rest = rest - power * _LN2_LOW
    y = ((((_E5 * rest + _E4) * rest + _E3) * rest + _E2) * rest + _E1) * rest + _E0
    y = y * (rest * rest) + rest + ONE
    whole = np.int32(power)
    half = whole >> np.int32(1)
    first = float_of_bits((half + np.int32(127)) << np.int32(23))
    second = float_of_bits((whole - half + np.int32(127)) << np.int32(23))
    return y * first * second


_ROOT_HALF = f32(0.707106781186547524)
_SMALLEST = f32(1.17549435e-38)
_SHIFT = f32(8388608.0)
_L8, _L7, _L6 = f32(7.0376836292e-2), f32(-1.1514610310e-1), f32(1.1676998740e-1)
_L5, _L4, _L3 = f32(-1.2420140846e-1), f32(1.4249322787e-1), f32(-1.6668057665e-1)
_L2, _L1, _L0 = f32(2.0000714765e-1), f32(-2.4999993993e-1), f32(3.3333331174e-1)
_INFINITY, _NAN = f32(np.inf), f32(np.nan)


@helper
def logarithm(x: Float) -> Float:
    """``log(x)`` from the exponent's bits and a polynomial in the mantissa."""
    tiny = x < _SMALLEST
    scaled = x * _SHIFT if tiny else x
    word = bits_of_float(scaled)
    mantissa = float_of_bits((word & np.int32(0x007FFFFF)) | np.int32(0x3F000000))
    power = f32((word >> np.int32(23)) - np.int32(126)) - (f32(23.0) if tiny else ZERO)
    low = mantissa < _ROOT_HALF
    power = power - ONE if low else power
    z = (mantissa + mantissa if low else mantissa) - ONE
    square = z * z
    y = (((_L8 * z + _L7) * z + _L6) * z + _L5) * z + _L4
    y = (((y * z + _L3) * z + _L2) * z + _L1) * z + _L0
    y = y * z * square + power * _LN2_LOW - HALF * square
    found = z + y + power * _LN2_HIGH
    found = found if x < _INFINITY else x  # infinity, and NaN
    found = found if x > ZERO or x != x else -_INFINITY
    return _NAN if x < ZERO else found


@helper
def logarithm_of_more(x: Float) -> Float:
    """``log(1 + x)``, exact to the last places for small x too."""
    whole = ONE + x
    if whole == ONE:
        return x
    return logarithm(whole) if whole == x else logarithm(whole) * (x / (whole - ONE))


_TANH_LIMIT = f32(7.90531110763549805)
_P13, _P11, _P9 = f32(-2.76076847742355e-16), f32(2.00018790482477e-13), f32(-8.60467152213735e-11)
_P7, _P5, _P3 = f32(5.12229709037114e-08), f32(1.48572235717979e-05), f32(6.37261928875436e-04)
_P1 = f32(4.89352455891786e-03)
_Q6, _Q4, _Q2 = f32(1.19825839466702e-06), f32(1.18534705686654e-04), f32(2.26843463243900e-03)
_Q0 = f32(4.89352518554385e-03)


@helper
def hyperbolic_tangent(x: Float) -> Float:
    near = -_TANH_LIMIT if x < -_TANH_LIMIT else (_TANH_LIMIT if x > _TANH_LIMIT else x)
    square = near * near
    p = ((((_P13 * square + _P11) * square + _P9) * square + _P7) * square + _P5) * square + _P3
    p = (p * square + _P1) * near
    return p / (((_Q6 * square + _Q4) * square + _Q2) * square + _Q0)


@helper
def logistic(x: Float) -> Float:
    """``1 / (1 + exp(-x))``"""
    return HALF * hyperbolic_tangent(HALF * x) + HALF


@helper
def soft_plus(x: Float) -> Float:
    """``log(1 + exp(x))``"""
    positive = x if x > ZERO or x != x else ZERO
    size = -x if x < ZERO else x
    return positive + logarithm_of_more(exponential(-size))


_N6, _N5, _N4 = f32(-2.72614225801306e-10), f32(2.77068142495902e-08), f32(-2.10102402082508e-06)
_N3, _N2, _N1 = f32(-5.69250639462346e-05), f32(-7.34990630326855e-04), f32(-2.95459980854025e-03)
_N0 = f32(-1.60960333262415e-02)
_D4, _D3, _D2 = f32(-1.45660718464996e-05), f32(-2.13374055278905e-04), f32(-1.68282697438203e-03)
_D1, _D0 = f32(-7.37332916720468e-03), f32(-1.42647390514189e-02)
_ERF_LIMIT = f32(4.0)


@helper
def error_function(x: Float) -> Float:
    """The rational function of ``kernels.special``, which float32 takes there too."""
    near = -_ERF_LIMIT if x < -_ERF_LIMIT else (_ERF_LIMIT if x > _ERF_LIMIT else x)
    s = near * near
    n = ((((((_N6 * s + _N5) * s + _N4) * s + _N3) * s + _N2) * s + _N1) * s + _N0) * near
    y = n / ((((_D4 * s + _D3) * s + _D2) * s + _D1) * s + _D0)
    return -ONE if y < -ONE else (ONE if y > ONE else y)


@helper
def square_root_inverse(x: Float) -> Float:
    return ONE / f32(math.sqrt(x))


@helper
def sign_of(x: Float) -> Float:
    return ONE if x > ZERO else (-ONE if x < ZERO else x)


@helper
def is_finite(x: Float) -> Float:
    return ONE if x - x == ZERO else ZERO

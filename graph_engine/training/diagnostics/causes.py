"""Why a step gave a value that is not finite, in words: from what went into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from graph_engine.kernels.program import Array
from graph_engine.runtime.tracing import Break

GROWN: Final = 1e3  # times its first size: a weight that has run away
LARGE: Final = 1e4  # a weight of this size has run away wherever it began

_SLOPE: Final = "Its slope is infinite there: add a small number to what goes in."


@dataclass(frozen=True, slots=True)
class Cause:
    """``words`` say what was computed, ``advice`` what to do; ``code`` names the kind of cause."""

    code: str
    words: str
    advice: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of the training where it broke: the largest weight, then and at the start, and the rate."""

    largest: float
    largest_at_first: float
    learning_rate: float

    @property
    def has_run_away(self) -> bool:
        return self.largest > max(GROWN * self.largest_at_first, LARGE)


def cause_of(found: Break, setting: Setting) -> Cause:
    """Of a step that broke."""
    assert found.step is not None, "feeds and weights have no cause here"
    name = found.step.primitive.name
    return _domain(name, found) or _overflow(name, found.inputs, setting)


def _domain(name: str, found: Break) -> Cause | None:
    """What a function does not take, such as zero by a logarithm."""
    inputs = found.inputs
    above = "Keep what goes in above zero: clip it, or add a small number."
    if name in ("log", "log1p", "sqrt", "rsqrt"):
        low = _lowest(inputs[0]) + (name == "log1p")
        word = "the square root" if "sqrt" in name else "the logarithm"
        if low < 0:
            return Cause("negative", f"takes {word} of a negative number ({_lowest(inputs[0]):.3g})", above)
        if low == 0 and name != "sqrt":
            return Cause("zero", f"takes {'one through ' * (name == 'rsqrt')}{word} of zero", above)
    if name in ("divide", "reciprocal", "floor_divide", "remainder") and (inputs[-1] == 0).any():
        advice = _SLOPE if found.in_gradient else "Add a small number to what it divides by."
        return Cause("division", "divides by zero", advice)
    if name in ("arccos", "arcsin", "arctanh", "erfinv") and np.abs(inputs[0]).max() >= 1:
        return Cause("range", f"gets {_largest(inputs[0]):.3g}, outside of -1 to 1", "Clip what goes in.")
    if name == "power":
        return _power(inputs[0], inputs[1], found.outputs[0])
    return None


def _power(base: Array, exponent: Array, output: Array) -> Cause | None:
    base, exponent = np.broadcast_arrays(base, exponent)
    broken = ~np.isfinite(output)
    if (base[broken] < 0).any():
        low = _lowest(base[broken])
        return Cause(
            "negative", f"takes a fraction as power of a negative number ({low:.3g})", "Keep it above zero."
        )
    if ((base == 0) & (exponent < 0) & broken).any():
        return Cause("zero", "takes a negative power of zero", "Keep what goes in above zero.")
    return None


def _overflow(name: str, inputs: tuple[Array, ...], setting: Setting) -> Cause:
    """Numbers too large; mostly because weights have run away."""
    largest = max((_largest(array) for array in inputs), default=0.0)
    verb = "overflows in exp" if name in ("exp", "expm1", "cosh", "sinh") else "overflows"
    words = f"{verb}: what goes in is as large as {largest:.3g}"
    if setting.has_run_away:
        grown = f"{words}, since weights have grown to {setting.largest:.3g}"
        return Cause("learning_rate", grown, rate_advice(setting))
    advice = "Bring the inputs to a common scale (Standardize), or clip what goes in."
    return Cause("exp" if "exp" in verb else "overflow", words, advice)


def rate_advice(setting: Setting) -> str:
    """For weights that have run away."""
    lower = lower_rate(setting)
    return f"The learning rate ({setting.learning_rate:.3g}) is too high: try {lower:.3g}, or clip gradients."


def lower_rate(setting: Setting) -> float:
    """Worth a try instead."""
    return float(f"{setting.learning_rate / 10:.3g}")


def _lowest(array: Array) -> float:
    return float(array.min())


def _largest(array: Array) -> float:
    return float(np.abs(array).max()) if array.size and array.dtype.kind in "iuf" else 0.0

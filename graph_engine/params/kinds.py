"""The kinds of parameter: what each accepts, its canonical form and its JSON form."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from graph_engine.values import LayerloomError

JSON = Any  # None, bool, int, float, str, list of JSON or dict of str to JSON


class ParamError(LayerloomError):
    """A value does not fit its parameter."""


@dataclass(frozen=True, slots=True)
class Param:
    """What one parameter accepts. ``check`` returns the value in its canonical form or raises ParamError."""

    help: str
    optional: bool = False

    def check(self, value: Any) -> Any:
        if value is None and self.optional:
            return None
        return self.convert(value)

    def convert(self, value: Any) -> Any:
        raise ParamError("this parameter takes no value")

    def encode(self, value: Any) -> JSON:
        """JSON form of a checked value; ``check`` accepts what ``encode`` returns."""
        return list(value) if isinstance(value, tuple) else value

    def describe(self) -> str:
        """What is accepted, in words: for the docs and the inspector's tooltips."""
        return "any value"


@dataclass(frozen=True, slots=True)
class Boolean(Param):
    def convert(self, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        raise ParamError(f"expected true or false, got {value!r}")

    def describe(self) -> str:
        return "true or false"


@dataclass(frozen=True, slots=True)
class Integer(Param):
    minimum: int | None = None
    maximum: int | None = None

    def convert(self, value: Any) -> int:
        whole = _as_integer(value)
        _check_bounds(whole, self.minimum, self.maximum)
        return whole

    def describe(self) -> str:
        return "a whole number" + _bounds_text(self.minimum, self.maximum)


@dataclass(frozen=True, slots=True)
class Number(Param):
    minimum: float | None = None
    maximum: float | None = None

    def convert(self, value: Any) -> float:
        number = _as_number(value)
        _check_bounds(number, self.minimum, self.maximum)
        return number

    def describe(self) -> str:
        return "a number" + _bounds_text(self.minimum, self.maximum)


@dataclass(frozen=True, slots=True)
class Text(Param):
    def convert(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ParamError(f"expected text, got {value!r}")
        return value

    def describe(self) -> str:
        return "text"


@dataclass(frozen=True, slots=True)
class Choice(Param):
    options: tuple[str, ...] = ()

    def convert(self, value: Any) -> str:
        if value not in self.options:
            raise ParamError(f"expected one of {', '.join(self.options)}, got {value!r}")
        return cast("str", value)

    def describe(self) -> str:
        return "one of " + ", ".join(self.options)


@dataclass(frozen=True, slots=True)
class IntTuple(Param):
    """A fixed number of whole numbers, such as a kernel size; one number stands for all of them."""

    size: int = 2
    minimum: int | None = None

    def convert(self, value: Any) -> tuple[int, ...]:
        if isinstance(value, str):
            value = _split_numbers(value)
        values = tuple(value) if isinstance(value, Sequence) else (value,) * self.size
        if len(values) != self.size:
            raise ParamError(f"expected {self.size} whole numbers, got {len(values)}")
        whole = tuple(_as_integer(item) for item in values)
        for item in whole:
            _check_bounds(item, self.minimum, None)
        return whole

    def describe(self) -> str:
        return f"{self.size} whole numbers{_bounds_text(self.minimum, None)}, or one for all"


@dataclass(frozen=True, slots=True)
class Sides(IntTuple):
    """Two whole numbers an axis, before and after: one number for all, one an axis for both its sides, or pairs.

    The canonical form is flat: before and after the first axis, then the second.
    """

    def convert(self, value: Any) -> tuple[int, ...]:
        if isinstance(value, str):
            value = _split_numbers(value)
        if isinstance(value, Sequence) and len(value) == self.size // 2 and (self.size > 2 or _nested(value)):
            value = [
                side for axis in value for side in (axis if isinstance(axis, Sequence) else (axis, axis))
            ]
        return IntTuple.convert(self, value)

    def describe(self) -> str:
        return f"{self.size} whole numbers, before and after each axis; or one an axis, or one for all"


@dataclass(frozen=True, slots=True)
class Numbers(Param):
    """A list of numbers; in text separated by commas or blanks. A single number is a list of one."""

    each: Param = field(default_factory=lambda: Number("one of the numbers"))

    def convert(self, value: Any) -> tuple[Any, ...]:
        if isinstance(value, str):
            value = [part for part in re.split(r"[\s,]+", value) if part]
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = (value,)
        if not isinstance(value, Sequence):
            raise ParamError(f"expected {self.describe()}, got {value!r}")
        return tuple(self.each.convert(item) for item in value)

    def describe(self) -> str:
        if isinstance(self.each, Integer):
            return "a list of whole numbers such as 0, 1"
        return "a list of numbers such as 0.1, 0.01"


@dataclass(frozen=True, slots=True)
class Dims(Param):
    """A shape without its batch axis; ``null`` (``?`` in text) where a size is left open."""

    open_sizes: bool = True  # may a size be unknown?
    inferred: bool = False  # may one size be -1, computed from the rest?

    def convert(self, value: Any) -> tuple[int | None, ...]:
        if isinstance(value, str):
            value = _split_numbers(value)
        if isinstance(value, int):
            value = (value,)
        if not isinstance(value, Sequence):
            raise ParamError(f"expected a list of sizes, got {value!r}")
        return tuple(self._size(item) for item in value)

    def _size(self, item: Any) -> int | None:
        if item in (None, "?", "None") and self.open_sizes:
            return None
        size = _as_integer(item)
        if size < 1 and not (self.inferred and size == -1):
            raise ParamError(f"sizes are at least 1, got {size}")
        return size

    def describe(self) -> str:
        return "a list of sizes such as 8, 8, 1"


def _nested(value: Sequence[Any]) -> bool:
    return any(isinstance(item, Sequence) and not isinstance(item, str) for item in value)


def _as_integer(value: Any) -> int:
    if isinstance(value, str):
        value = _as_number(value)
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole:
        raise ParamError(f"expected a whole number, got {value!r}")
    return int(value)


def _as_number(value: Any) -> float:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            raise ParamError(f"expected a number, got {value!r}") from None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ParamError(f"expected a finite number, got {value!r}")
    return float(value)


def _split_numbers(value: str) -> list[str]:
    return [part for part in re.split(r"[\s,x\u00d7()\[\]]+", value) if part]


def _check_bounds(value: float, minimum: float | None, maximum: float | None) -> None:
    if minimum is not None and value < minimum:
        raise ParamError(f"must be at least {minimum:g}, got {value:g}")
    if maximum is not None and value > maximum:
        raise ParamError(f"must be at most {maximum:g}, got {value:g}")


def _bounds_text(minimum: float | None, maximum: float | None) -> str:
    if minimum is not None and maximum is not None:
        return f" from {minimum:g} to {maximum:g}"
    if minimum is not None:
        return f" of at least {minimum:g}"
    return f" of at most {maximum:g}" if maximum is not None else ""

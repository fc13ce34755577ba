"""Kinds of parameter that training needs: lists of numbers, axes, and parameters that every subclass shares."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph_engine.params import JSON, Integer, Number, Param, ParamError


@dataclass(frozen=True, slots=True)
class Numbers(Param):
    """A list of numbers; in text separated by commas or blanks. A single number is a list of one."""

    each: Param = dataclasses.field(default_factory=lambda: Number("one of the numbers"))

    def convert(self, value: Any) -> tuple[Any, ...]:
        if isinstance(value, str):
            value = [part for part in re.split(r"[\s,]+", value) if part]
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = (value,)
        if not isinstance(value, Sequence):
            raise ParamError(f"expected {self.describe()}, got {value!r}")
        return tuple(self.each.convert(item) for item in value)

    def encode(self, value: Any) -> JSON:
        return None if value is None else list(value)

    def describe(self) -> str:
        return "a list of numbers such as 0.1, 0.01"


@dataclass(frozen=True, slots=True)
class Integers(Numbers):
    """A list of whole numbers."""

    each: Param = dataclasses.field(default_factory=lambda: Integer("one of the numbers"))

    def describe(self) -> str:
        return "a list of whole numbers such as 0, 1"


def numbers(
    default: tuple[float, ...] | None,
    *,
    help: str,
    minimum: float | None = None,
    maximum: float | None = None,
    optional: bool = False,
) -> Any:
    each = Number("one of the numbers", minimum=minimum, maximum=maximum)
    return dataclasses.field(default=default, metadata={"param": Numbers(help, optional, each)})


def integers(default: tuple[int, ...] | None, *, help: str, optional: bool = False) -> Any:
    return dataclasses.field(default=default, metadata={"param": Integers(help, optional)})


def shared(field: Any) -> Any:
    """The field of a base class: given by keyword alone, so that subclasses keep Keras' order of arguments."""
    return dataclasses.field(default=field.default, metadata=field.metadata, kw_only=True)

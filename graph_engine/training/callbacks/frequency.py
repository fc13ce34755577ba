"""How often a callback acts: a parameter of several callbacks."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from graph_engine.params import Integer, Param, ParamError

_BATCHES: Final[Mapping[Any, int]] = {"epoch": 0, "batch": 1, None: 0}


@dataclass(frozen=True, slots=True)
class Frequency(Param):
    """``epoch``, ``batch`` or a number of batches."""

    def convert(self, value: Any) -> str | int:
        if isinstance(value, str) and value in _BATCHES:
            return value
        try:
            return Integer("", minimum=1).convert(value)
        except ParamError:
            raise ParamError(f"expected {self.describe()}, got {value!r}") from None

    def describe(self) -> str:
        return "epoch, batch or a number of batches of at least 1"


def frequency(default: str | int | None, *, help: str, optional: bool = False) -> Any:
    return dataclasses.field(default=default, metadata={"param": Frequency(help, optional)})


def batches(value: str | int | None) -> int:
    """The number of batches after which to act; 0: at the end of each epoch."""
    return int(_BATCHES.get(value, value))  # type: ignore[arg-type]  # a number where it is no word

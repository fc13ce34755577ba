"""Kinds of parameter that stand for what code writes next to a tensor: constants, axes and indices."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graph_engine.params.kinds import JSON, Param, ParamError

_TYPES: Final = ("float32", "float64", "int32", "int64", "bool")
_ITEM: Final = re.compile(r"\s*(?:(?P<word>\.\.\.|None)|(?P<whole>[+-]?\d+)|(?P<cut>[-+\d:\s]+))\s*")


@dataclass(frozen=True, slots=True)
class OneOrMore(Param):
    """One whole number, or several: axes, sizes, repeats. ``True`` and fractions are no whole numbers."""

    def convert(self, value: Any) -> int | tuple[int, ...]:
        if isinstance(value, str):
            parts = [part for part in re.split(r"[\s,()\[\]]+", value) if part]
            several = len(parts) > 1 or any(mark in value for mark in ",([")
            value = parts if several else "".join(parts)
        if isinstance(value, Sequence) and not isinstance(value, str):
            return tuple(_whole(item) for item in value)
        return _whole(value)

    def describe(self) -> str:
        return "a whole number, or several such as 1, 2"


@dataclass(frozen=True, slots=True)
class Constant(Param):
    """A number, or an array: nested lists of numbers, whose dtype is theirs or stands beside them.

    The canonical form is a number (whose dtype gives way to a tensor's, as in Keras) or a mapping of
    ``value`` and ``dtype``. ``words`` are taken as they are.
    """

    words: tuple[str, ...] = ()

    def convert(self, value: Any) -> JSON:
        if isinstance(value, str) and value in self.words:
            return value
        if isinstance(value, str):
            value = _parsed(value)
        if isinstance(value, (bool, int, float)):
            return value
        if hasattr(value, "tolist"):  # numpy's arrays and scalars
            value = {"value": value.tolist(), "dtype": str(value.dtype)}
        if isinstance(value, Mapping) and set(value) == {"value", "dtype"}:
            return {"value": _nested(value["value"]), "dtype": _dtype(value["dtype"])}
        if isinstance(value, Sequence) and not isinstance(value, str):
            nested = _nested(value)
            return {"value": nested, "dtype": _common_dtype(nested)}
        raise ParamError(f"expected a number or lists of numbers, got {value!r}")

    def encode(self, value: Any) -> JSON:
        """Numbers that JSON lacks become text, which ``check`` reads back."""
        if isinstance(value, Mapping):
            return {name: self.encode(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.encode(item) for item in value]
        return str(value) if isinstance(value, float) and not math.isfinite(value) else value

    def describe(self) -> str:
        return "a number, or lists of numbers such as [[1, 2], [3, 4]]"


@dataclass(frozen=True, slots=True)
class Index(Param):
    """What stands between the brackets of ``x[...]``, as text: ``0``, ``:, 1:3``, ``..., None, ::2``."""

    def convert(self, value: Any) -> str:
        return ", ".join(map(_index_text, index_items(value)))

    def describe(self) -> str:
        return "an index such as :, 0 or ..., 1:3"


def index_items(value: Any) -> tuple[Any, ...]:
    """The index as numbers, slices, None and Ellipsis. Raises ParamError with the part it cannot read."""
    if isinstance(value, str):
        return tuple(_index_item(part) for part in value.strip("[] ").split(",") if part.strip())
    items = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    for item in items:
        if isinstance(item, bool) or not (item is None or item is ... or isinstance(item, (int, slice))):
            raise ParamError(f"an index is made of whole numbers, slices, None and ..., got {item!r}")
    return items


def _index_item(part: str) -> Any:
    found = _ITEM.fullmatch(part)
    if found is None:
        raise ParamError(f"cannot read {part.strip()!r} as a part of an index, such as 0, 1:3, ... or None")
    if found["word"]:
        return None if found["word"] == "None" else ...
    if found["whole"]:
        return int(found["whole"])
    ends = [text.strip() for text in found["cut"].split(":")]
    if not 2 <= len(ends) <= 3:
        raise ParamError(f"cannot read {part.strip()!r} as a slice such as 1:3 or ::2")
    return slice(*(_whole(text) if text else None for text in ends))


def _index_text(item: Any) -> str:
    if not isinstance(item, slice):
        return "..." if item is ... else str(item)
    start, stop, step = (
        "" if end is None else str(_whole(end)) for end in (item.start, item.stop, item.step)
    )
    return f"{start}:{stop}" + (f":{step}" if step else "")


def _parsed(text: str) -> Any:
    if _is_odd(text):
        return float(text)
    try:
        return json.loads(text.replace("'", '"').replace("True", "true").replace("False", "false"))
    except ValueError:
        raise ParamError(f"cannot read {text!r} as a number or lists of numbers") from None


def _is_odd(text: str) -> bool:
    return text.strip().lower().lstrip("+-") in ("inf", "nan")


def _nested(value: Any) -> Any:
    """Lists in lists whose rows are equally long."""
    if isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str) and _is_odd(value):
        return float(value)
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ParamError(f"expected numbers in lists, got {value!r}")
    rows = [_nested(item) for item in value]
    if len({_shape(row) for row in rows}) > 1:
        raise ParamError("the rows of an array are equally long")
    return rows


def _shape(nested: Any) -> tuple[int, ...]:
    if not isinstance(nested, list):
        return ()
    return (len(nested), *(_shape(nested[0]) if nested else ()))


def _common_dtype(nested: Any) -> str:
    """As Keras makes a tensor of Python numbers."""
    if isinstance(nested, list):
        found = {_common_dtype(item) for item in nested}
        return next((name for name in ("float32", "int32", "bool") if name in found), "float32")
    return "bool" if isinstance(nested, bool) else "int32" if isinstance(nested, int) else "float32"


def _dtype(name: Any) -> str:
    if name not in _TYPES:
        raise ParamError(f"an array's dtype is one of {', '.join(_TYPES)}, got {name!r}")
    return str(name)


def _whole(value: Any) -> int:
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            raise ParamError(f"expected a whole number, got {value!r}") from None
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise ParamError(f"expected a whole number, got {value!r}")
    return int(value)
